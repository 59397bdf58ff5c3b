/** The HTTP API over a real pipeline; answers are checked against the OpenAPI document that the API serves. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import fastify, { type FastifyInstance, type InjectOptions, type LightMyRequestResponse } from 'fastify'
import { api, modelView, serverOptions, type ApiOptions, type ModelView } from '../../src/http/api.ts'
import { hostGiver } from '../../src/state/processor/given-host.ts'
import { submitAlerts } from '../../src/stream/submit.ts'
import { createArchiver } from '../../src/state/archive/archiver.ts'
import { createDeadLetterDiscard } from '../../src/state/dead-letters/discard.ts'
import { openArchiveFolder } from '../../src/state/archive/folder.ts'
import { createRestorer } from '../../src/state/archive/restorer.ts'
import { createReplays } from '../../src/state/processor/replays.ts'
import { createRebuild } from '../../src/state/processor/rebuild.ts'
import { modelKey } from '../../src/model/model-key.ts'
import { serialized } from '../../src/state/processor/serialized.ts'
import { countingSource } from '../fixtures/alert-packets.ts'
import { DescribedApi } from './contract/described.ts'
import { alertFor, openPipeline, point, untrainedModel, type Pipeline } from '../pipeline.ts'

/** The clock of the tests starts here and goes on by a second with each classification. */
export const EPOCH = Date.parse('2026-05-01T00:00:00Z')

export const MODEL: ModelView = {
  name: 'untrained',
  version: '1.0',
  bands: ['g', 'r', 'i', 'z'],
  engine: { name: 'wasm', version: '4.22.0' },
  featureVersion: 1,
  cell: 'lstm',
  layers: 2,
  width: 16,
  calibration: { temperature: 1.5 },
  consensus: 'mean',
  heads: 1,
  card: { trainedOn: 'nothing', limits: ['none of its numbers mean anything'] }
}

export interface Service {
  app: FastifyInstance
  pipeline: Pipeline
  /** Sends a request; the answer must be one that the OpenAPI document describes. */
  ask (request: string | InjectOptions): Promise<LightMyRequestResponse>
  /** Commits one alert with `epochs` nights of an object at once, each night after `firstNight`. */
  observe (diaObjectId: string, epochs: number, options?: { firstNight?: number, flux?: number }): Promise<void>
}

/** Sends requests to an app; each answer must be one that its OpenAPI document describes. */
export function asking (app: FastifyInstance, describe = () => DescribedApi.of(app)): (request: string | InjectOptions) => Promise<LightMyRequestResponse> {
  let described: Promise<DescribedApi> | undefined
  return async request => {
    const { method = 'GET', url } = typeof request === 'string' ? { url: request } : request
    described ??= describe()
    const response = await app.inject(request)
    const api = await described
    api.check(response, method, String(url))
    return response
  }
}

/** What the API serves of a pipeline. */
export function apiOver ({ store, processor: one, deadLetterReplay, network, model, folder }: Pipeline): ApiOptions {
  const { reader, deadLetters } = store
  const parts = { store, processor: serialized(one) }
  const archives = openArchiveFolder({ folder: join(folder, 'archive'), store, archiver: createArchiver(parts), restorer: createRestorer(parts) })
  return { version: '0.0.0', reader, deadLetters, replay: deadLetterReplay, discard: createDeadLetterDiscard(parts), archives, replays: createReplays({ network, model, reader }), models: () => [model.classes === null ? MODEL : modelView(model, MODEL.engine, [])], ready: () => ({ ready: true }) }
}

/** Of the services that no options set apart: their documents are the same, and each takes a tenth of a second to write. */
let plain: Promise<DescribedApi> | undefined

/** @param model that classifies; an untrained one without classes where not given */
export async function openService (t: TestContext, options: Partial<ApiOptions> = {}, model = untrainedModel()): Promise<Service> {
  let clock = EPOCH
  const pipeline = await openPipeline(t, { model, now: () => (clock += 1000) })
  const app = fastify({ ...serverOptions })
  const processor = serialized(pipeline.processor)
  const submit: ApiOptions['submit'] = (bytes, origin, dialect, report, given) => submitAlerts({ bytes, origin, dialect, report, given, processor, schemas: options.schemas ?? countingSource() })
  await app.register(api, { ...apiOver(pipeline), submit, giveHost: hostGiver(processor), rebuild: createRebuild({ store: pipeline.store, processor, key: modelKey(pipeline.model) }), ...options })
  t.after(() => app.close())
  return {
    app,
    pipeline,
    ask: Object.keys(options).length === 0 ? asking(app, () => (plain ??= DescribedApi.of(app))) : asking(app),
    async observe (diaObjectId, epochs, { firstNight = 0, flux = 2000 } = {}) {
      const points = Array.from({ length: epochs }, (_, night) => point({ midpointMjdTai: 60000 + firstNight + night, psfFlux: flux }))
      const [outcome] = await pipeline.processor.process([{ alert: alertFor(diaObjectId, points), origin: 'test' }])
      assert.equal(outcome!.outcome, 'classified')
    }
  }
}
