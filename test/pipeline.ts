/** A real pipeline for tests: LMDB in a temporary folder, a network with fixed random weights, the processor. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { alertsInBytes } from '../src/alert/input/alert-files.ts'
import type { Alert, PhotometricPoint } from '../src/alert/alert.ts'
import { UNKNOWN_HOST } from '../src/alert/alert.ts'
import { schemaFolders, SHIPPED_SCHEMAS, type SchemaSource } from '../src/alert/schemas/source.ts'
import type { Network } from '../src/model/engine.ts'
import { loadEngine, type EngineChoice } from '../src/model/load-engine.ts'
import type { Model } from '../src/model/model-file.ts'
import { weightSpecs, type NetworkShape } from '../src/model/shape.ts'
import { createDeadLetterReplay, type DeadLetterReplay } from '../src/state/dead-letters/replay.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor, type Processor } from '../src/state/processor/processor.ts'
import type { StateStore } from '../src/state/store.ts'
import { generator } from './generator.ts'

export { generator }

/** A network that was never trained: every weight from a fixed seed. */
export function untrainedModel (given: Partial<NetworkShape> = {}, seed = 11): Model {
  const shape: NetworkShape = { cell: 'lstm', bands: ['g', 'r', 'i', 'z'], layers: 2, width: 16, headWidth: 8, ...given }
  const random = generator(seed)
  const weights = Object.fromEntries(weightSpecs(shape).map(({ name, shape }) =>
    [name, Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => (random() - 0.5) * 0.6)]))
  return { name: 'untrained', version: '1.0', shape, calibration: { temperature: 1.5 }, weights, card: {} }
}

export function temporaryFolder (_t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'candela-test-'))
  folders.push(folder)
  return folder
}

/**
 * They go with the process: hooks of a test run in the order in which they were made, so that one of the folder's would
 * come before those that end what still writes there, which then hangs.
 */
const folders: string[] = []
process.on('exit', () => { for (const folder of folders) rmSync(folder, { recursive: true, force: true }) })

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
  t: TestContext, { folder = temporaryFolder(t), model = untrainedModel(), engine = 'wasm', now, schemas = schemaFolders(SHIPPED_SCHEMAS) }:
  { folder?: string, model?: Model, engine?: EngineChoice, now?: () => number, schemas?: SchemaSource } = {}
): Promise<Pipeline> {
  const network = (await loadEngine(engine)).load(model.shape, model.weights)
  const store = openLmdbStore(folder)
  let open = true
  const close = async (): Promise<void> => {
    if (!open) return
    open = false
    await store.close()
    network.dispose()
  }
  t.after(close)
  const processor = createProcessor({ store, network, model, ...now && { now } })
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
