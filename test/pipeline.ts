/** A real pipeline for tests: LMDB in a temporary folder, a network with fixed random weights, the processor. */
import type { TestContext } from 'node:test'
import { alertsInBytes } from '../src/alert/input/alert-files.ts'
import type { Alert, PhotometricPoint } from '../src/alert/alert.ts'
import { UNKNOWN_HOST } from '../src/alert/alert.ts'
import { schemaFolders, SHIPPED_SCHEMAS, type SchemaSource } from '../src/alert/schemas/source.ts'
import { positivePlaces } from '../src/model/classes.ts'
import type { SharesOfObject } from '../src/model/class-shares.ts'
import type { Network } from '../src/model/engine.ts'
import { loadEngine, type EngineChoice } from '../src/model/load-engine.ts'
import type { Model } from '../src/model/model-file.ts'
import { createDeadLetterReplay, type DeadLetterReplay } from '../src/state/dead-letters/replay.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor, type Processor } from '../src/state/processor/processor.ts'
import type { StateStore } from '../src/state/store.ts'
import { generator } from './generator.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { untrainedModel } from './untrained-model.ts'

export { generator, temporaryFolder, untrainedModel }

export interface Pipeline {
  store: StateStore
  processor: Processor
  deadLetterReplay: DeadLetterReplay
  network: Network
  model: Model
  folder: string
  close (): Promise<void>
}

/** Opens a pipeline that the test closes at its end, if it has not done so itself. */
export async function openPipeline (
  t: TestContext, { folder = temporaryFolder(t), model = untrainedModel(), shares, engine = 'wasm', now, schemas = schemaFolders(SHIPPED_SCHEMAS) }:
  { folder?: string, model?: Model, shares?: SharesOfObject, engine?: EngineChoice, now?: () => number, schemas?: SchemaSource } = {}
): Promise<Pipeline> {
  const network = (await loadEngine(engine)).load(model.shape, model.weights, positivePlaces(model.classes))
  const store = openLmdbStore(folder)
  let open = true
  const close = async (): Promise<void> => {
    if (!open) return
    open = false
    await store.close()
    network.dispose()
  }
  t.after(close)
  const processor = createProcessor({ store, network, model, ...shares && { shares }, ...now && { now } })
  const deadLetterReplay = createDeadLetterReplay({ deadLetters: store.deadLetters, processor, decode: (bytes, origin) => alertsInBytes(bytes, origin, { schemas }) })
  return { store, processor, deadLetterReplay, network, model, folder, close }
}

/** A detection with S/N 20 in the r band, with whatever is given instead. */
export const point = (given: Partial<PhotometricPoint> = {}): PhotometricPoint => ({
  midpointMjdTai: 60000, band: 'r', psfFlux: 2000, psfFluxErr: 100, kind: 'detection', visit: null, timeProcessedMjdTai: null, withdrawn: false, ...given
})

/** An alert for a point, at its time. */
export const alertFor = (diaObjectId: string | null, points: PhotometricPoint[], given: Partial<Alert> = {}): Alert => {
  const midpointMjdTai = Math.max(...points.map(({ midpointMjdTai }) => midpointMjdTai))
  return { diaObjectId, diaSourceId: `${diaObjectId ?? ''}${midpointMjdTai}`, midpointMjdTai, ra: 53.1, dec: -27.8, points, omitted: [], host: UNKNOWN_HOST, solarSystem: false, ...given }
}
