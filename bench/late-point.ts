/**
 * What does a late point cost? 64 objects of 300 points, with visits every night: an alert of the newest night, in
 * order, against forced photometry of the night before, which rewinds; and against one of 100 nights before, which
 * replays most of the light curve.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UNKNOWN_HOST, type Alert, type PhotometricPoint } from '../src/alert/alert.ts'
import { positivePlaces } from '../src/model/classes.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor } from '../src/state/processor/processor.ts'
import { BRIEF, compare, inAlternation } from './comparison.ts'

const OBJECTS = 64
const NIGHTS = BRIEF ? 60 : 150
const ROUNDS = BRIEF ? 20 : 60
const BANDS = ['g', 'r', 'i', 'z'] as const

function alertAt (object: number, midpointMjdTai: number, kind: PhotometricPoint['kind']): Alert {
  const place = Math.round(midpointMjdTai * 100)
  const point: PhotometricPoint = { midpointMjdTai, band: BANDS[place % 4]!, psfFlux: 2000 + place % 300, psfFluxErr: 100, kind, visit: place, timeProcessedMjdTai: null, withdrawn: false }
  return { diaObjectId: `o${object}`, diaSourceId: String(place), midpointMjdTai, ra: 150, dec: 2, points: [point], omitted: [], host: UNKNOWN_HOST, solarSystem: false }
}

const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const model = loadModel(process.env['CANDELA_MODEL'] ?? 'spcc')
const engine = await loadEngine('auto')
const store = openLmdbStore(folder)
const processor = createProcessor({ store, network: engine.load(model.shape, model.weights, positivePlaces(model.classes)), model })
const give = async (midpointMjdTai: number, kind: PhotometricPoint['kind'] = 'detection'): Promise<void> => {
  const outcomes = await processor.process(Array.from({ length: OBJECTS }, (_, object) => ({ alert: alertAt(object, midpointMjdTai, kind), origin: 'bench' })))
  if (outcomes.some(({ outcome }) => outcome !== 'classified')) throw new Error('a point was not classified')
}
try {
  for (let night = 0; night < NIGHTS; night++) {
    await give(60000 + night)
    await give(60000.03 + night)
  }
  let night = NIGHTS
  const [late, inOrder] = await inAlternation([
    { name: 'late by a night', run: async () => { await give(60000.01 + night - 2, 'forced') } },
    { name: 'in order', run: async () => { await give(60000 + night++) } }
  ], ROUNDS, 6)
  compare(`a point of ${OBJECTS} objects with ${2 * NIGHTS} points and more (engine ${engine.name}, model ${model.name}/${model.version})`, [late!, inOrder!], { aim: { atMost: 3 }, guard: { atMost: 5 } })
  if (!BRIEF) {
    const [veryLate, ordinary] = await inAlternation([
      { name: 'late by 100 nights', run: async () => { await give(60000.02 + night - 100, 'forced') } },
      { name: 'in order', run: async () => { await give(60000 + night++) } }
    ], 10, 1)
    compare('the same, with a replay from the beginning', [veryLate!, ordinary!], {})
  }
} finally {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}
