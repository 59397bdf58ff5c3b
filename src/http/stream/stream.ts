/** /v1/stream: every new classification as it is committed, over Server-Sent Events. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Counter, Gauge, type Registry } from 'prom-client'
import { z } from 'zod'
import type { ObjectReader } from '../../state/views.ts'
import { ClassificationLog } from './classification-log.ts'
import { ClassificationStream } from './classification-stream.ts'
import { anyProblem, badRequest, tooManyRequests, unavailable } from '../problems/problems.ts'
import { query, sequence } from '../schemas.ts'
import { StreamFeed, type MostStreams } from './feed.ts'
import { checkFilter, streamFilter, filterOf } from './filter.ts'

/** Well below the 60 s after which common proxies close an idle connection [ms]. */
const HEARTBEAT = 15_000
const MOST_STREAMS: MostStreams = { address: 64, all: 2000 }
/** Retry-After of a refused stream [s]. */
const RETRY_AFTER = 10
/** How long clients may read their backlog when the server closes [ms]. */
const PARTING = 500
/** Classifications that a client that reconnects gets exactly: about 10 MB. */
const LOG_LENGTH = 10_000

const description = `Events are named \`classification\`; \`data\` is a candidate as in GET /v1/objects and \`id\` is its sequence.
An event \`withdrawn\` tells that an object has no classification any more, as when its last detection was withdrawn: \`data\` is
\`{"diaObjectId", "ra", "dec", "reason", "revision", "publishedAt", "sequence"}\`, its \`reason\` one of those of \`declined\` in
GET /v1/objects/{diaObjectId}, its \`revision\` that of the last classification, and \`id\` its sequence.
Without a position the stream starts with the next commit. \`Last-Event-ID\` (or \`after\`) resumes it with every classification
since, in order, from a log of the newest ${LOG_LENGTH.toLocaleString('en')} and more that the process keeps in memory. Where that log does not reach
back so far, an event \`gap\` comes first: \`{"reason", "after", "until"}\`. From \`after\` to \`until\` the stream is compacted, that is,
each object that has not changed since is given once, in its newest state, oldest change first; behind \`until\` it is
complete again. The reason is \`too-old\`, or \`unknown-position\` where the position is beyond the newest change: it belongs to
another store, and the stream starts from the beginning. A gap has no \`id\`.

A comment comes every 15 s (\`: heartbeat\`), with an \`id\`, so that a filtered client resumes behind what it did not want. A client
that reads more slowly than the stream runs gets a \`gap\` once the log has gone on beyond it; one that reads nothing between
two heartbeats is cut off. Filters combine, and look at the new classification alone: an object that drops below
minProbability is not reported again. \`withdrawn\` has no probability and no epochs: of the filters, diaObjectId and the cone hold for it.`

interface StreamOptions {
  reader: ObjectReader
  /** Time between heartbeats [ms]. */
  heartbeatMs?: number | undefined
  /** Classifications in the log. */
  logLength?: number | undefined
  /** Streams at a time; 64 of an address and 2,000 in all where not given. */
  mostStreams?: MostStreams | undefined
  /** Where its clients are counted. */
  measured: Registry
}

/** @returns a function that counts a client that was cut off */
function measureClients (feed: StreamFeed, measured: Registry): () => void {
  const registers = [measured]
  const connected: Gauge = new Gauge({ name: 'candela_stream_clients', help: 'Clients of /v1/stream that are connected.', registers, collect: () => connected.set(feed.size) })
  const cutOff = new Counter({ name: 'candela_stream_clients_cut_off_total', help: 'Clients of /v1/stream that were cut off, as they read nothing between two heartbeats.', registers })
  return () => cutOff.inc()
}

export const stream: FastifyPluginAsyncZod<StreamOptions> = async (app, { reader, heartbeatMs = HEARTBEAT, logLength = LOG_LENGTH, mostStreams = MOST_STREAMS, measured }) => {
  const feed = new StreamFeed(mostStreams)
  const onCutOff = measureClients(feed, measured)
  const log = new ClassificationLog(reader.sequence(), logLength)
  const unsubscribe = reader.subscribe(changes => {
    log.add(changes)
    feed.announce()
  })
  const heartbeat = setInterval(() => feed.heartbeat(), heartbeatMs)
  heartbeat.unref()

  app.addHook('preClose', async () => {
    clearInterval(heartbeat)
    unsubscribe()
    await feed.close(PARTING)
  })

  app.get('/stream', {
    exposeHeadRoute: false,
    schema: {
      summary: 'Classifications as they happen (Server-Sent Events)',
      description,
      tags: ['stream'],
      querystring: query({
        ...streamFilter,
        after: sequence.optional().describe('Start after this sequence; Last-Event-ID stands above it')
      }).check(checkFilter),
      headers: z.object({ 'last-event-id': sequence.optional() }),
      response: {
        200: { description: 'Events until either side closes', content: { 'text/event-stream': { schema: z.string() } } },
        ...badRequest,
        ...tooManyRequests,
        ...unavailable,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    try {
      feed.refuseTooMany(request.ip)
    } catch (error) {
      reply.header('retry-after', String(RETRY_AFTER))
      throw error
    }
    const newest = reader.sequence()
    const asked = request.headers['last-event-id'] ?? request.query.after ?? newest
    const unknownPosition = asked > newest
    const client = new ClassificationStream({ log, reader, after: unknownPosition ? 0 : asked, unknownPosition, wants: filterOf(request.query), onCutOff })
    feed.add(client, request.ip)
    reply.headers({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      connection: 'close'
    })
    return reply.send(client as never)
  })
}
