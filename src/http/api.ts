/** Everything that is served over HTTP, as a Fastify plugin without side effects: whoever registers it listens. */
import type { FastifyInstance, FastifyPluginAsync, HTTPMethods } from 'fastify'
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod'
import { CandelaError } from '../errors.ts'
import type { ArchiveFolder } from '../state/archive-folder.ts'
import type { DeadLetterDiscard } from '../state/dead-letter-discard.ts'
import type { DeadLetterReplay } from '../state/dead-letter-replay.ts'
import type { Rebuild } from '../state/rebuild.ts'
import type { GiveHost } from '../state/given-host.ts'
import type { DeadLetterReader, ObjectReader } from '../state/views.ts'
import { archives } from './archives.ts'
import { alerts, type Submit } from './alerts.ts'
import { classifications } from './classifications.ts'
import { deadLetters } from './dead-letters.ts'
import { dashboard } from './dashboard.ts'
import { health, type Readiness } from './health.ts'
import { host } from './host.ts'
import { metrics } from './metrics.ts'
import { models, type ModelView } from './models.ts'
import { objects } from './objects.ts'
import { openapi } from './openapi.ts'
import { sendProblem, sendRouteNotFound } from './problems.ts'
import { rebuild } from './rebuild.ts'
import { statistics } from './statistics.ts'
import { stream } from './stream.ts'

export { serverOptions } from './problems.ts'
export type { ModelView } from './models.ts'
export type { Readiness } from './health.ts'
export type { Submit } from './alerts.ts'

export interface ApiOptions {
  /** Of Candela. */
  version: string
  reader: ObjectReader
  deadLetters: DeadLetterReader
  /** Does the work of POST /v1/dead-letters/replay; without it there is no such route. */
  replay?: DeadLetterReplay
  /** Does the work of POST /v1/dead-letters/discard and DELETE /v1/dead-letters/{number}; without it there are no such routes. */
  discard?: DeadLetterDiscard
  /** Without it there is no /v1/archives. */
  archives?: ArchiveFolder
  /** The models loaded in this process. */
  models: () => ModelView[]
  ready: () => Readiness
  /** Takes the alerts of POST /v1/alerts; without it there is no such route. */
  submit?: Submit
  /** Takes the redshifts of PUT /v1/objects/{diaObjectId}/host; without it there is no such route. */
  giveHost?: GiveHost
  /** Does the work of POST /v1/rebuild; without it there is no such route. */
  rebuild?: Rebuild
  /** Largest body of POST /v1/alerts [bytes]; 64 MiB where not given. */
  bodyLimit?: number
  /** Time between heartbeats of /v1/stream [ms]; 15 s where not given. */
  heartbeatMs?: number
}

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Remembers the methods of each path that is registered from now on. */
function collectMethods (app: FastifyInstance): Map<string, Set<string>> {
  const methods = new Map<string, Set<string>>()
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set()
    methods.set(url, known)
    for (const name of [method].flat()) known.add(name)
  })
  return methods
}

/** Answers the other methods of a known path with 405 and what is allowed, before a body is read. */
function refuseOtherMethods (app: FastifyInstance, methods: Map<string, Set<string>>): void {
  for (const [url, known] of [...methods]) {
    const others = METHODS.filter(method => !known.has(method))
    if (others.length === 0) continue
    const allow = [...known].sort().join(', ')
    app.route({
      url,
      method: others,
      schema: { hide: true },
      onRequest: async (request, reply) => {
        reply.header('allow', allow)
        throw new CandelaError('method-not-allowed', `${request.method} is not allowed here.`, { action: `Allowed: ${allow}.` })
      },
      handler: sendRouteNotFound
    })
  }
}

/** The HTTP API and the dashboard; what is written goes through the processor. */
export const api: FastifyPluginAsync<ApiOptions> = async (app, options) => {
  const { reader } = options
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler(sendProblem)
  app.setNotFoundHandler(sendRouteNotFound)
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff')
  })
  await openapi(app)
  const methods = collectMethods(app)
  await app.register(async v1 => {
    v1.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store')
    })
    await v1.register(objects, { reader })
    await v1.register(classifications, { reader })
    await v1.register(stream, { reader, heartbeatMs: options.heartbeatMs })
    await v1.register(models, { models: options.models })
    await v1.register(statistics, { reader })
    const { submit, giveHost, bodyLimit = 64 * 2 ** 20 } = options
    if (giveHost) await v1.register(host, { reader, giveHost })
    if (submit) await v1.register(alerts, { submit, bodyLimit })
    if (options.rebuild) await v1.register(rebuild, { rebuild: options.rebuild })
    await v1.register(deadLetters, { reader: options.deadLetters, replay: options.replay, discard: options.discard })
    if (options.archives) await v1.register(archives, { archives: options.archives })
  }, { prefix: '/v1' })
  await app.register(health, { prefix: '/health', ready: options.ready })
  await app.register(metrics, { version: options.version, reader, models: options.models })
  await app.register(dashboard)
  refuseOtherMethods(app, methods)
}
