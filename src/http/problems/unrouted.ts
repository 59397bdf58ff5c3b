/** Answers requests that never reach a route with problems too: those that Node cannot read, does not wait for, or handles itself. */
import { STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest, FastifyServerOptions } from 'fastify'
import type { CandelaError } from '../../errors.ts'
import type { ProblemName } from './types.ts'
import { MEDIA_TYPE, METHODS, methodNotImplemented, problem, sendProblem, type Problem } from './problems.ts'

/** An error of Node's HTTP server, with what of the request could not be read. */
type ClientError = Error & { code?: string, rawPacket?: unknown }

/** A first line whose method alone is not known; what is no HTTP begins otherwise. */
const OTHER_METHOD = /^([A-Z][A-Z0-9_-]{0,39}) [^ ]+ HTTP\/1\.[01]\r?\n/i

const nothing = { url: '' }

function problemOf ({ code, rawPacket }: ClientError): Problem {
  const say = (name: ProblemName, detail: string, action: string): Problem => ({ ...problem(name, detail, nothing), action })
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return say('request-timeout', 'The request did not come to its end in time.', 'Send it again, without pauses.')
  if (code === 'HPE_HEADER_OVERFLOW') return say('head-too-large', 'The path and the headers of the request are larger than what is taken.', 'Send a shorter path, and fewer or shorter headers.')
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return say('body-too-large', 'The chunks of the body say more about themselves than is taken.', 'Send the body without chunk extensions.')
  const method = code === 'HPE_INVALID_METHOD' && Buffer.isBuffer(rawPacket) ? OTHER_METHOD.exec(rawPacket.toString('latin1', 0, 1000))?.[1] : undefined
  if (method !== undefined && !(METHODS as string[]).includes(method)) return fromError(methodNotImplemented(method))
  return say('bad-request', 'What came is no HTTP request, or a damaged one.', 'Send HTTP/1.1; where a proxy is between, look at what it sends.')
}

function fromError ({ code, message, action }: CandelaError): Problem {
  return { ...problem(code as ProblemName, message, nothing), ...action !== undefined && { action } }
}

function answerText (answer: Problem): string {
  const body = JSON.stringify(answer)
  const head = [
    `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status]}`, `Date: ${new Date().toUTCString()}`, 'Connection: close', `Content-Type: ${MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`, 'Cache-Control: no-store', 'X-Content-Type-Options: nosniff'
  ]
  return `${head.join('\r\n')}\r\n\r\n${body}`
}

function answerSocket (socket: Duplex, answer: Problem, error?: Error): void {
  // A problem would continue an answer that has begun.
  const begun = (socket as Duplex & { _httpMessage?: ServerResponse })._httpMessage?.headersSent === true
  if (!socket.writable || begun) socket.destroy(error)
  else socket.end(answerText(answer), () => socket.destroy(error))
}

/** Of a target in absolute form, as a proxy is sent. */
const ABSOLUTE = /^https?:\/\/([^/?#]*)/i

/** Options for `fastify(…)` that a plugin cannot set. */
export const serverOptions: Pick<FastifyServerOptions, 'frameworkErrors' | 'clientErrorHandler' | 'pluginTimeout' | 'rewriteUrl'> = {
  /** Routes wait for nothing outside: a machine under load is slow to register them, and starts all the same. */
  pluginTimeout: 0,
  frameworkErrors: (error, request, reply) => {
    // No hook runs for what has no route.
    reply.headers({ 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' })
    sendProblem(error, request as FastifyRequest, reply as unknown as FastifyReply)
  },
  clientErrorHandler (error, socket) {
    if (error.code === 'ECONNRESET' || socket.destroyed) return
    answerSocket(socket, problemOf(error), error)
  },
  /** The authority of a target in absolute form overrides Host (RFC 9112, sec. 3.2.2); rules for paths and hosts see one form. */
  rewriteUrl ({ url = '/', headers }) {
    const target = ABSOLUTE.exec(url)
    if (!target) return url
    headers.host = target[1]!
    const rest = url.slice(target[0].length)
    return rest.startsWith('/') ? rest : `/${rest}`
  }
}

/** Adds answers to a server that listens: to what Expect asks for beside 100-continue, and to CONNECT. */
export function answerUnrouted (server: Server): void {
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    const { status, ...rest } = problem('expectation-failed', `Nothing is done for Expect: ${String(request.headers.expect).slice(0, 100)}.`, { url: request.url ?? '' })
    const body = JSON.stringify({ ...rest, status, action: 'Send the request without Expect.' })
    response.writeHead(status, { 'content-type': MEDIA_TYPE, 'content-length': Buffer.byteLength(body), 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', connection: 'close' }).end(body)
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => answerSocket(socket, fromError(methodNotImplemented('CONNECT'))))
}
