/** The routes for operation, which every process serves; the roles ingest and classify serve nothing else. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { ObjectReader } from '../../state/views.ts'
import { httpApp, underV1, type HttpAppOptions } from '../http-app.ts'
import { health, type Readiness } from './health.ts'
import { metrics, type DiskUse, type Measured } from './metrics.ts'
import { problemKinds } from '../problems/kinds.ts'
import { models, type ModelView } from './models.ts'
import { statistics } from './statistics.ts'
import type { StreamMeasures } from '../stream/measures.ts'

export interface OperationOptions extends HttpAppOptions {
  /** Of Candela. */
  version: string
  /** Where the accounting is; without it there is none in /metrics and /v1/statistics. */
  reader?: Pick<ObjectReader, 'statistics'> | undefined
  /** The models loaded in this process. */
  models: () => ModelView[]
  ready: () => Readiness
  /** Of the stream of alerts; without it /metrics and /v1/statistics have none. */
  measures?: StreamMeasures | undefined
  /** What the state stores take on disk; without it /metrics does not say. */
  diskUse?: (() => Promise<DiskUse>) | undefined
  /** Between two counts of GET /v1/statistics/recent [ms]; 2 s where not given. */
  countEveryMs?: number | undefined
  /** Of the process itself, for /metrics. */
  process?: Measured | undefined
}

/** @param http the metrics of HTTP */
export async function operationRoutes (app: FastifyInstance, { version, reader, models: loaded, ready, measures, diskUse, countEveryMs, process }: OperationOptions, http: Measured): Promise<void> {
  await underV1(app, async v1 => {
    await v1.register(models, { models: loaded })
    await v1.register(statistics, { reader, measures, countEveryMs })
  })
  await app.register(health, { prefix: '/health', ready })
  await app.register(problemKinds)
  await app.register(metrics, { version, reader, models: loaded, measures, diskUse, others: [http, ...process ? [process] : []] })
}

export type OperationApiOptions = OperationOptions & { measures: StreamMeasures }

/** The HTTP API of a process that has no objects to serve. */
export const operationApi: FastifyPluginAsync<OperationApiOptions> = (app, options) => httpApp(app, options, measured => operationRoutes(app, options, measured))
