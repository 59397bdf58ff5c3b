/** Everything that is served over HTTP, as a Fastify plugin without side effects: the caller listens. */
import type { FastifyPluginAsync } from 'fastify'
import { schemaFolders, SHIPPED_SCHEMAS, type SchemaSource } from '../alert/schemas/source.ts'
import type { ArchiveFolder } from '../state/archive/folder.ts'
import type { DeadLetterDiscard } from '../state/dead-letters/discard.ts'
import type { DeadLetterReplay } from '../state/dead-letters/replay.ts'
import type { Rebuild } from '../state/processor/rebuild.ts'
import type { Replays } from '../state/processor/replays.ts'
import type { GiveHost } from '../state/processor/given-host.ts'
import type { DeadLetterReader, ObjectReader } from '../state/views.ts'
import { archives } from './operation/archives.ts'
import { alerts, type Submit } from './alerts/alerts.ts'
import { classify } from './classify/classify.ts'
import { classifications } from './objects/classifications.ts'
import { conditionalRequests } from './conditional-requests.ts'
import { deadLetters } from './alerts/dead-letters.ts'
import { dashboard } from './dashboard.ts'
import { httpApp, underV1 } from './http-app.ts'
import { forecast } from './objects/forecast.ts'
import { host } from './objects/host.ts'
import { lightCurve } from './objects/light-curve.ts'
import { objects } from './objects/objects.ts'
import { operationRoutes, type OperationOptions } from './operation/operation.ts'
import { rebuild } from './operation/rebuild.ts'
import { stream } from './stream/stream.ts'

export { answerUnrouted, serverOptions } from './problems/unrouted.ts'
export { modelView, type ModelView } from './operation/models.ts'
export type { Readiness } from './operation/health.ts'
export type { StreamMeasures, StreamStatistics } from './stream/measures.ts'
export type { Submit } from './alerts/alerts.ts'

export interface ApiOptions extends OperationOptions {
  reader: ObjectReader
  deadLetters: DeadLetterReader
  /** Does the work of POST /v1/dead-letters/replay; without it there is no such route. */
  replay?: DeadLetterReplay
  /** Does the work of POST /v1/dead-letters/discard and DELETE /v1/dead-letters/{number}; without it there are no such routes. */
  discard?: DeadLetterDiscard
  /** Without it there is no /v1/archives. */
  archives?: ArchiveFolder
  /** Takes the alerts of POST /v1/alerts; without it there is no such route. */
  submit?: Submit
  /** Takes the redshifts of PUT /v1/objects/{diaObjectId}/host; without it there is no such route. */
  giveHost?: GiveHost
  /** Does the work of POST /v1/rebuild; without it there is no such route. */
  rebuild?: Rebuild
  /** Plays the light curves of GET /v1/objects/{diaObjectId}/light-curve and POST /v1/classify, and forecasts; without it there are no such routes. */
  replays?: Replays
  /** Schemas of framed alerts in POST /v1/classify; those that come with Candela where not given. */
  schemas?: SchemaSource
  /** Largest body of POST /v1/alerts [bytes]; 64 MiB where not given. */
  bodyLimit?: number
  /** Pages that may show /embed/objects/{diaObjectId} in a frame, as a CSP's source list; those of the same origin where not given. */
  frameAncestors?: string
  /** Time between heartbeats of /v1/stream [ms]; 15 s where not given. */
  heartbeatMs?: number
  /** Classifications that /v1/stream can give exactly to a client that reconnects; 10,000 where not given. */
  streamLog?: number
  /** Live streams at a time, 0 for any number; 64 of an address and 2,000 in all where not given. */
  mostStreams?: { address: number, all: number }
}

/** The HTTP API and the dashboard; every change goes through the processor. */
export const api: FastifyPluginAsync<ApiOptions> = (app, options) => httpApp(app, options, async measured => {
  const { reader, submit, giveHost, bodyLimit = 64 * 2 ** 20, models } = options
  await underV1(app, async v1 => {
    await v1.register(async kept => {
      conditionalRequests(kept)
      await kept.register(objects, { reader, models })
      await kept.register(classifications, { reader, models })
      if (options.replays) await kept.register(lightCurve, { replays: options.replays, models })
      if (options.replays) await kept.register(forecast, { replays: options.replays })
    })
    await v1.register(stream, { reader, heartbeatMs: options.heartbeatMs, logLength: options.streamLog, mostStreams: options.mostStreams, measured })
    if (options.replays) await v1.register(classify, { replays: options.replays, schemas: options.schemas ?? schemaFolders(SHIPPED_SCHEMAS) })
    if (giveHost) await v1.register(host, { reader, giveHost })
    if (submit) await v1.register(alerts, { submit, bodyLimit })
    if (options.rebuild) await v1.register(rebuild, { rebuild: options.rebuild })
    await v1.register(deadLetters, { reader: options.deadLetters, replay: options.replay, discard: options.discard })
    if (options.archives) await v1.register(archives, { archives: options.archives })
  })
  await operationRoutes(app, options, measured)
  await app.register(dashboard, { frameAncestors: options.frameAncestors })
})
