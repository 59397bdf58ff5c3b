/** Errors as RFC 9457 `application/problem+json`, each with a stable `type`. */
import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest, HTTPMethods } from 'fastify'
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CandelaError } from '../../errors.ts'
import { isProblemName, PROBLEM_KINDS, PROBLEM_TYPES, titleOf, type ProblemName } from './types.ts'
import { shownText, shownValue } from '../../shown-value.ts'

export const MEDIA_TYPE = 'application/problem+json'

export const problemSchema = z.object({
  type: z.enum(PROBLEM_TYPES).describe('Stable name of the kind of problem: a path of this API that says what it means. The list only grows'),
  title: z.string().describe('The kind of problem in words'),
  status: z.int().describe('The HTTP status code'),
  detail: z.string().describe('What is wrong with this request'),
  instance: z.string().describe('The path that was asked for'),
  action: z.string().optional().describe('What the caller can do'),
  errors: z.array(z.object({
    parameter: z.string(),
    value: z.unknown().describe('As it came, null where it is missing'),
    expected: z.string()
  })).optional().describe('The parameters at fault'),
  available: z.array(z.string()).optional().describe('Of a `not-acceptable`: what there is')
}).meta({ id: 'Problem' })
export type Problem = z.infer<typeof problemSchema>

/** What a status means in a route's schema. */
const descriptions = {
  400: 'A parameter is wrong; `errors` names it',
  401: 'An API token is missing, or the one that came is not known, expired or revoked',
  403: 'Not allowed from there, or not with this API token',
  404: 'Not known',
  406: 'Accept or Accept-Encoding takes nothing of what there is; `available` lists it',
  409: 'An archive cannot be used; `detail` says why',
  413: 'The body is larger than the limit, or its JSON has more values than are taken; `detail` says which',
  415: 'The Content-Type is not application/json, or the Content-Encoding is none of those that `Accept-Encoding` names',
  429: 'Too many requests; `Retry-After` says when to come back [s]',
  500: 'An error inside Candela; its log says more',
  503: 'Not ready now; `detail` says why'
}

const problemResponse = (status: keyof typeof descriptions) => ({ description: descriptions[status], content: { [MEDIA_TYPE]: { schema: problemSchema } } })

/** The problems that any route can answer with, for its schema. */
export const anyProblem = { 406: problemResponse(406), 500: problemResponse(500) }
export const badRequest = { 400: problemResponse(400) }
export const forbidden = { 403: problemResponse(403) }
export const unauthorised = { 401: problemResponse(401) }
export const tooManyRequests = { 429: problemResponse(429) }
export const bodyTooLarge = { 413: problemResponse(413) }
export const unsupportedMediaType = { 415: problemResponse(415) }
export const notFound = { 404: problemResponse(404) }
export const archiveUnusable = { 409: problemResponse(409) }
export const noForecast = { 409: { ...problemResponse(409), description: 'There is nothing to forecast from; `type` says why' } }
export const unavailable = { 503: problemResponse(503) }

/** Names of Fastify's own errors by status; another 4xx is a bad request. */
const nameOfStatus: Record<number, ProblemName> = {
  403: 'forbidden',
  404: 'route-not-found',
  405: 'method-not-allowed',
  414: 'path-too-long'
}

/** @param request its URL alone is needed; '' where none could be read */
export function problem (name: ProblemName, detail: string, request: { url: string }): Problem {
  const instance = request.url.split('?', 1)[0]!
  return { type: `/problems/${name}`, title: titleOf(name), status: PROBLEM_KINDS[name].status, detail, instance }
}

/** Replaces messages of Fastify that would repeat a whole path. */
const words: Readonly<Record<string, string>> = {
  FST_ERR_BAD_URL: 'The path cannot be decoded: behind a % there are two hexadecimal digits, and the bytes are UTF-8.',
  FST_ERR_MAX_PARAM_LENGTH: 'A part of the path is longer than any name or number here.'
}
const wordsOf = (error: Error): string => ('code' in error ? words[String(error.code)] : undefined) ?? error.message

/** Wrong values that a problem names. */
const MOST_NAMED = 20

type WrongValues = NonNullable<Problem['errors']>

const wrongInWords = (errors: WrongValues): string => errors.map(({ parameter, value, expected }) => `${parameter} is ${JSON.stringify(value)}, expected ${expected}`).join('; ')

/** @param errors with values as shownValue gives them */
export const wrongValues = (errors: WrongValues, request: FastifyRequest): Problem => ({ ...problem('invalid-parameter', wrongInWords(errors), request), errors })

/** Parameters that a route's schema takes and the model in use does not. @param errors with values as shownValue gives them */
export const wrongParameters = (errors: WrongValues): CandelaError => new CandelaError('invalid-parameter', wrongInWords(errors), { value: errors })

function invalidParameters (error: FastifyError, request: FastifyRequest): Problem {
  const given = (error.validationContext === 'querystring' ? request.query : request[error.validationContext as 'params' | 'headers' | 'body']) as Record<string, unknown> | null
  return wrongValues((error.validation ?? []).slice(0, MOST_NAMED).flatMap(issue => {
    const unknown = issue.keyword === 'unrecognized_keys' ? issue.params['keys'] as string[] : undefined
    const name = issue.instancePath.split('/')[1] ?? ''
    if (name === '' && !unknown) return [{ parameter: error.validationContext ?? '', value: shownValue(given), expected: issue.message ?? '' }]
    return (unknown ?? [name]).slice(0, MOST_NAMED).map(parameter => ({ parameter: shownText(parameter), value: shownValue(given?.[parameter]), expected: issue.message ?? '' }))
  }).slice(0, MOST_NAMED), request)
}

/** The problem that answers an error. Of an internal error it tells only that it happened. */
export function describeProblem (error: unknown, request: FastifyRequest): Problem {
  if (hasZodFastifySchemaValidationErrors(error)) return invalidParameters(error as FastifyError, request)
  if (error instanceof CandelaError) {
    if (isProblemName(error.code)) {
      return { ...problem(error.code, error.message, request), ...error.action !== undefined && { action: error.action }, ...error.code === 'not-acceptable' && { available: error.value as string[] }, ...error.code === 'invalid-parameter' && { errors: error.value as WrongValues } }
    }
  } else if (error instanceof Error && 'statusCode' in error) {
    const status = Number(error.statusCode)
    if (status === 413) {
      return { ...problem('body-too-large', `The body is larger than ${request.routeOptions.bodyLimit} bytes, the most that is taken here.`, request), action: 'Send it in several parts.' }
    }
    if (status === 415) {
      const { 'content-type': given = 'missing' } = request.headers
      return { ...problem('media-type-not-supported', `The Content-Type is ${given}.`, request), action: 'Send JSON with Content-Type: application/json.' }
    }
    if (status >= 400 && status < 500) return problem(nameOfStatus[status] ?? 'bad-request', wordsOf(error), request)
    if (status === 503) return problem('shutting-down', error.message, request)
  }
  return problem('internal-error', `${STATUS_CODES[500]}: see the log of Candela for request ${request.id}.`, request)
}

export const methodNotImplemented = (method: string): CandelaError =>
  new CandelaError('method-not-implemented', `Nothing here takes the method ${method.slice(0, 40)}.`, { value: method.slice(0, 40), action: 'GET /docs lists what is served.' })

/** Answers a request with the problem of an error, and logs what is Candela's own fault. */
export function sendProblem (error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const answer = describeProblem(error, request)
  if (answer.status === 500 || answer.type === '/problems/commit-failed') request.log.error({ err: error }, 'request failed')
  return reply.code(answer.status).type(MEDIA_TYPE).serializer(JSON.stringify).send(answer)
}

/** Methods that some path takes, or refuses with a 405. */
export const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY']

/** Answers a path that is not served, or a method that is served at no path. */
export function sendRouteNotFound (request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (!(METHODS as string[]).includes(request.method)) return sendProblem(methodNotImplemented(request.method), request, reply)
  const answer = problem('route-not-found', `Nothing is served at ${request.method} ${request.url.split('?', 1)[0]}.`, request)
  return reply.code(404).type(MEDIA_TYPE).serializer(JSON.stringify).send({ ...answer, action: 'GET /docs lists what is served.' })
}
