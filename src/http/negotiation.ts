/** Content negotiation (RFC 9110, sec. 12): the offered form and coding with the greatest weight is sent. */
import { Readable } from 'node:stream'
import * as zlib from 'node:zlib'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Negotiator from 'negotiator'
import { CandelaError } from '../errors.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Media types of the route, with parameters that Accept may name; the first is the default. */
    offers?: readonly string[]
  }
}

/** Elements between the commas of Accept; a comma in quotes does not separate. */
const ELEMENTS = /(?:[^,"]|"(?:\\.|[^"\\])*(?:"|$))+/g
const RANGE = /^\s*(?:\*\/\*|[\w!#$%&'+.^`|~-]+\/(?:\*|[\w!#$%&'+.^`|~-]+))\s*(?:;|$)/
const WRONG_WEIGHT = /;\s*q\s*=\s*(?!(?:0(?:\.\d*)?|\.\d+|1(?:\.0*)?)\s*(?:;|$))/i

/**
 * @param accept of a request; unreadable elements are passed over, and where none is left any form is acceptable
 * @param offers media types with their parameters; the first wins where the client prefers none
 * @returns one of the offers; undefined where none is acceptable
 */
export function preferredForm (accept: string | undefined, offers: readonly string[]): string | undefined {
  const ranges = accept?.match(ELEMENTS)?.filter(element => RANGE.test(element) && !WRONG_WEIGHT.test(element)) ?? []
  return ranges.length === 0 ? offers[0] : new Negotiator({ headers: { accept: ranges.join(',') } }).mediaType(offers)
}

/** Without its parameters. */
export const mediaTypeOf = (offer: string): string => offer.split(';', 1)[0]!.trim()

/** Adds to the names of request headers that the answer depends on. */
export function varyBy (reply: FastifyReply, header: string): void {
  const given = reply.getHeader('vary')
  const names = [given ?? []].flat().join(', ')
  if (!names.toLowerCase().split(/, */).includes(header)) reply.header('vary', names === '' ? header : `${names}, ${header}`)
}

const notAcceptable = (header: string, given: unknown, available: readonly string[]): CandelaError =>
  new CandelaError('not-acceptable', `${header} is ${String(given).slice(0, 200)}: of what there is, that takes nothing.`, { value: available, action: `There is ${available.join(', ')}.` })

/** The media types that a route's schema describes for 200, each without parameters. */
function describedOffers (response: unknown): string[] {
  const content: unknown = (response as { 200?: { content?: object } } | undefined)?.[200]?.content
  return Object.keys(content ?? {})
}

/** Adds its hooks to the instance itself: routes that are registered afterwards answer in an acceptable form, or with 406 before anything is done. */
export function negotiateForms (app: FastifyInstance): void {
  app.addHook('onRoute', route => {
    route.config = { offers: describedOffers(route.schema?.response), ...route.config }
  })
  app.addHook('onRequest', (request, reply, done) => {
    const { offers = [] } = request.routeOptions.config
    if (offers.length === 0) return done()
    varyBy(reply, 'accept')
    const { accept } = request.headers
    const acceptable = accept === undefined || isChosen(request) || preferredForm(accept, offers) !== undefined
    done(acceptable ? undefined : notAcceptable('Accept', accept, [...new Set(offers.map(mediaTypeOf))]))
  })
}

/** `format` overrides Accept; an invalid value is another error. */
const isChosen = ({ query }: FastifyRequest): boolean => typeof query === 'object' && query !== null && 'format' in query

/** In the order in which they are preferred where a client takes several alike. */
const CODINGS = [...'createZstdCompress' in zlib ? ['zstd'] : [], 'br', 'gzip', 'deflate', 'identity']

/** An option of the library that its types lack. */
interface CodingNegotiator {
  encoding: (available: readonly string[], options: { preferred: readonly string[] }) => string | undefined
}

/**
 * Adds its hooks to the instance itself: Accept-Encoding is read here, and the plugin that compresses is given the one
 * coding that was chosen, since it takes `*` for one that was excluded. Registered before that plugin.
 */
export function negotiateCodings (app: FastifyInstance): void {
  const compressed = new WeakSet<FastifyRequest>()
  app.addHook('onRequest', (request, _reply, done) => {
    const { headers } = request.raw
    const asked = headers['accept-encoding']
    if (asked === undefined) return done()
    const given = String(asked).toLowerCase().replaceAll('x-gzip', 'gzip')
    const negotiator = new Negotiator({ headers: { 'accept-encoding': given } })
    const coding = (negotiator as unknown as CodingNegotiator).encoding(CODINGS, { preferred: CODINGS })
    // The problem itself goes out as it is.
    headers['accept-encoding'] = coding ?? 'identity'
    if (coding === undefined) return done(notAcceptable('Accept-Encoding', asked, CODINGS))
    if (!negotiator.encodings(CODINGS).includes('identity')) compressed.add(request)
    done()
  })
  app.addHook('onRoute', route => {
    if (route.compress === false) return
    // What is short is sent as it is, unless the client excludes that: as a stream it has no length that could be short.
    route.onSend = [(request, reply, payload, done) => {
      varyBy(reply, 'accept-encoding')
      done(null, compressed.has(request) && typeof payload === 'string' && payload !== '' ? Readable.from([payload]) : payload)
    }, ...[route.onSend ?? []].flat()]
  })
}
