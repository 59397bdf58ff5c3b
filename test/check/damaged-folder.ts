/** A data folder of some size, and damage to its file as a disk does it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { open } from 'lmdb'
import type { Alert } from '../../src/alert/alert.ts'
import { CandelaError } from '../../src/errors.ts'
import { loadEngine } from '../../src/model/load-engine.ts'
import { loadClassShares } from '../../src/model/class-shares.ts'
import { positivePlaces } from '../../src/model/classes.ts'
import { loadModel } from '../../src/model/model-file.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import { createProcessor } from '../../src/state/processor/processor.ts'
import { alertFor, generator, point } from '../pipeline.ts'

/** Alerts of a commit. */
const BATCH = 256

/** Makes a data folder without free pages: most objects have 6 points of one alert, every tenth has 24 in one alert a point; dead letters between them. */
export async function fillFolder (folder: string, objects: number): Promise<void> {
  const loose = join(folder, 'loose')
  await fill(loose, objects)
  const root = open({ path: loose, maxDbs: 8, encoding: 'binary' })
  await root.backup(folder, true)
  await root.close()
  rmSync(loose, { recursive: true })
}

async function fill (folder: string, objects: number): Promise<void> {
  const model = loadModel('sky')
  const network = (await loadEngine('wasm')).load(model.shape, model.weights, positivePlaces(model.classes))
  const store = openLmdbStore(folder)
  const processor = createProcessor({ store, network, model, shares: loadClassShares('survey', model) })
  const random = generator(3)
  const points = (k: number, length: number): Alert['points'] => Array.from({ length }, (_, n) => point({
    midpointMjdTai: 60000 + Math.floor(n / 3) * 2 + random() / 4, band: (['g', 'r', 'i', 'z', 'y'] as const)[n % 5]!, psfFlux: 500 + 3000 * random(), psfFluxErr: 60 + 40 * random(), visit: 100 * k + n
  }))
  const alerts = Array.from({ length: objects }, (_, k) => {
    const [alerts, each] = k % 10 === 0 ? [24, 1] : [1, 6]
    const all = points(k, alerts * each)
    return Array.from({ length: alerts }, (_, n) => alertFor(String(313000000000000000n + BigInt(k) * 977n), all.slice(n * each, (n + 1) * each)))
  }).flat().sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)
  const error = new CandelaError('schema-unknown', 'no schema 99')
  for (let k = 0; k < alerts.length; k += BATCH) {
    const letter = { error, bytes: Uint8Array.from({ length: 2000 }, (_, n) => n % 251), origin: `file ${k}` }
    await processor.process([...alerts.slice(k, k + BATCH).map(alert => ({ alert, origin: 'test' })), letter], { file: { offset: k } })
  }
  await store.close()
  network.dispose()
}

const PAGE = 4096

/** Damages a data file at one place. @returns what was done to it */
export function damageFile (folder: string, random: () => number): string {
  const path = join(folder, 'data.mdb')
  const bytes = readFileSync(path)
  const page = Math.floor(random() * bytes.length / PAGE)
  const kind = random()
  let what: string
  if (kind < 0.1) {
    bytes.fill(0, page * PAGE, (page + 1) * PAGE)
    what = `page ${page} emptied`
  } else if (kind < 0.2) {
    const other = Math.floor(random() * bytes.length / PAGE)
    bytes.copy(bytes, page * PAGE, other * PAGE, (other + 1) * PAGE)
    what = `page ${page} overwritten with page ${other}`
  } else {
    // The head of a page, with the places of what it holds, or anywhere.
    const at = page * PAGE + Math.floor(random() * (kind < 0.6 ? 64 : PAGE))
    bytes[at]! ^= 1 + Math.floor(random() * 255)
    what = `byte ${at % PAGE} of page ${page}`
  }
  writeFileSync(path, bytes)
  return what
}
