/** /v1/stream: every new classification as it is committed, over Server-Sent Events. */
import { setTimeout as delay } from 'node:timers/promises'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Candidate, ObjectReader } from '../state/views.ts'
import { ClassificationStream, formatEvent } from './classification-stream.ts'
import { anyProblem, badRequest } from './problems.ts'
import { diaObjectId, probability, query, sequence } from './schemas.ts'

/** Well below the 60 s after which common proxies close an idle connection [ms]. */
const HEARTBEAT = 15_000
/** How long clients may read what waits for them when the server closes [ms]. */
const PARTING = 500

const description = `Events are named \`classification\`; \`data\` is a candidate as in GET /v1/objects and \`id\` is its sequence.
Without a position the stream starts with the next commit. \`Last-Event-ID\` (or \`after\`) resumes it: the log is
compacted, so each object that changed meanwhile is sent once, in its newest state, oldest change first. A client that
reads more slowly than the stream runs gets the same compacted form; one that does not read at all is cut off.
Filters look at the new classification alone: an object that drops below minProbability is not reported again.
A position beyond the newest change belongs to another store: the stream starts from the beginning.`

interface StreamOptions {
  reader: ObjectReader
  /** Time between heartbeats [ms]. */
  heartbeatMs?: number | undefined
}

export const stream: FastifyPluginAsyncZod<StreamOptions> = async (app, { reader, heartbeatMs = HEARTBEAT }) => {
  const clients = new Set<ClassificationStream>()

  const unsubscribe = reader.subscribe(candidates => {
    if (clients.size === 0) return
    const written = new Map<Candidate, string>()
    const format = (candidate: Candidate): string => {
      const text = written.get(candidate) ?? formatEvent(candidate)
      written.set(candidate, text)
      return text
    }
    for (const client of clients) client.follow(candidates, format)
  })
  const heartbeat = setInterval(() => {
    for (const client of clients) client.heartbeat()
  }, heartbeatMs)
  heartbeat.unref()

  app.addHook('preClose', async () => {
    clearInterval(heartbeat)
    unsubscribe()
    const closed = [...clients].map(client => new Promise(resolve => client.once('close', resolve)))
    for (const client of clients) client.finish()
    if (closed.length > 0) await Promise.race([Promise.all(closed), delay(PARTING, undefined, { ref: false })])
    for (const client of clients) client.destroy()
  })

  app.get('/stream', {
    exposeHeadRoute: false,
    schema: {
      summary: 'Classifications as they happen (Server-Sent Events)',
      description,
      tags: ['stream'],
      querystring: query({
        minProbability: probability.optional().describe('Lowest P(Ia)'),
        diaObjectId: z.preprocess(value => typeof value === 'string' ? [value] : value, z.array(diaObjectId).max(1000)).optional()
          .describe('Only these objects; may be repeated'),
        after: sequence.optional().describe('Start after this sequence; Last-Event-ID stands above it')
      }),
      headers: z.object({ 'last-event-id': sequence.optional() }),
      response: {
        200: { description: 'Events until either side closes', content: { 'text/event-stream': { schema: z.string() } } },
        ...badRequest,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { minProbability = 0, diaObjectId: ids } = request.query
    const wanted = ids && new Set(ids)
    const newest = reader.sequence()
    const asked = request.headers['last-event-id'] ?? request.query.after ?? newest
    const client = new ClassificationStream({
      reader,
      after: asked > newest ? 0 : asked,
      wants: candidate => candidate.probabilityIa >= minProbability && (!wanted || wanted.has(candidate.diaObjectId))
    })
    clients.add(client)
    client.once('close', () => clients.delete(client))
    reply.headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close'
    })
    return reply.send(client as never)
  })
}
