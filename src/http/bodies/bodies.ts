/** Bodies of requests, for every route alike: content codings are decoded, and JSON is parsed in turns, so that no document blocks other requests. */
import type { FastifyInstance, FastifyReply, FastifyRequest, RequestPayload } from 'fastify'
import { Readable } from 'node:stream'
import { parsePatiently } from '../../alert/json/patient-json.ts'
import { CandelaError } from '../../errors.ts'
import { CODINGS, codingsOf, decoded } from './codings.ts'
import { received } from './pieces.ts'

/** Objects and lists within each other: no route has ten. */
const MOST_LEVELS = 64
/** The longest lists are of a thousand ids; routes that take more parse their bodies themselves. */
const MOST_VALUES = 20_000
const MOST_NAMES = 10_000

/** Adds its hook and parser to the instance itself, for the routes that are registered afterwards. */
export function requestBodies (app: FastifyInstance): void {
  app.addHook('preParsing', async (request, reply, payload) => await withoutCodings(request, reply, payload))
  app.removeContentTypeParser('application/json')
  const standard = app.getDefaultJsonParser('error', 'error')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) => {
    const parse = (piece: Buffer): unknown => {
      let answer: { error: Error | null, value?: unknown } = { error: null }
      // It answers at once.
      standard(request, piece.toString(), (error, value) => { answer = { error, value } })
      if (answer.error !== null) throw answer.error
      return answer.value
    }
    try {
      return await parsePatiently(body, { levels: MOST_LEVELS, values: MOST_VALUES, names: MOST_NAMES }, parse)
    } catch (error) {
      if (!(error instanceof CandelaError) || error.code !== 'json-invalid') throw error
      throw new CandelaError('bad-request', `The body is ${error.message}.`, { action: 'Send one JSON document.' })
    }
  })
}

/** A body without its content codings. */
async function withoutCodings (request: FastifyRequest, reply: FastifyReply, payload: RequestPayload): Promise<RequestPayload> {
  const header = request.headers['content-encoding']
  if (header === undefined || !hasBody(request)) return payload
  let codings: string[]
  try {
    codings = codingsOf(header)
  } catch (error) {
    // RFC 9110, sec. 15.5.16.
    reply.header('accept-encoding', CODINGS).header('connection', 'close')
    throw error
  }
  if (codings.length === 0) return payload
  const limit = request.routeOptions.bodyLimit
  try {
    const encoded = await received(payload, limit)
    const body = await decoded(encoded.pieces, codings, limit)
    return Object.assign(Readable.from(body), { receivedEncodedLength: encoded.length })
  } catch (error) {
    // The rest of the body is not read.
    reply.header('connection', 'close')
    throw error
  }
}

const hasBody = ({ headers }: FastifyRequest): boolean => headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0
