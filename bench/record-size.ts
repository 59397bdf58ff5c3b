/**
 * Bytes an object at 10, 40 and 300 points: what its record, its blocks and its hidden states take at rest, and what
 * LMDB takes for them. Objects are followed as a survey would: an alert for each detection, forced photometry of the
 * other visits with the next alert.
 *
 *   npm run bench -- record-size             3,000 objects each, of 300 points a tenth
 *   RECORD_SIZE_OBJECTS=100000 npm run bench -- record-size
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { open, type RootDatabase } from 'lmdb'
import { UNKNOWN_HOST, type Alert, type PhotometricPoint } from '../src/alert/alert.ts'
import { positivePlaces } from '../src/model/classes.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { packRecord } from '../src/state/record/packed-record.ts'
import { createProcessor } from '../src/state/processor/processor.ts'
import { randomFrom } from '../src/simulator/random.ts'
import { BRIEF, tell } from './comparison.ts'

const OBJECTS = Number(process.env['RECORD_SIZE_OBJECTS'] ?? (BRIEF ? 300 : 3000))
/** Of a point: time, band, flux and error, and what tells it from others. */
const POINT_BYTES = 13
const TOGETHER = 1000
const BANDS = ['g', 'r', 'i', 'z', 'y', 'u'] as const

/** 10 and 40 points come with two visits every third night, as in the wide survey; 300 with four a night, as in a deep field. */
const SIZES = [
  { points: 10, nights: 3, visits: 2, objects: OBJECTS },
  { points: 40, nights: 3, visits: 2, objects: OBJECTS },
  { points: 300, nights: 1, visits: 4, objects: Math.ceil(OBJECTS / 10) }
]
/** Whose size has an aim. */
const AIMED = 40

/** Rubin's: the date, then the number in the night. */
const visitOf = (mjd: number, number: number): number =>
  Number(new Date((Math.floor(mjd) - 40587) * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '')) * 100_000 + number

/** The alerts of an object whose light curve ends with a number of points. */
function alertsOf (seed: number, { points, nights, visits }: Pick<typeof SIZES[number], 'points' | 'nights' | 'visits'>): Alert[] {
  const random = randomFrom(seed, points)
  const diaObjectId = String(313_000_000_000_000_000n + BigInt(seed))
  const begin = 61_000 + Math.floor(random() * 1000)
  const peak = begin + points * nights / visits / 3
  const width = points * nights / visits / 6
  const brightness = 1000 + 20_000 * random() ** 3
  const position = { ra: 360 * random(), dec: 90 * random() - 60 }
  const alerts: Alert[] = []
  let waiting: PhotometricPoint[] = []
  for (let k = 0; k < points; k++) {
    const midpointMjdTai = begin + Math.floor(k / visits) * nights + 0.05 + 0.02 * (k % visits) + 0.01 * random()
    const psfFluxErr = Math.fround(120 + 200 * random())
    const shape = Math.exp(-0.5 * ((midpointMjdTai - peak) / (midpointMjdTai < peak ? width / 2 : width)) ** 2)
    const psfFlux = Math.fround(brightness * shape + psfFluxErr * (random() + random() - 1) * 2.4)
    const detected = psfFlux > 5 * psfFluxErr
    const point: PhotometricPoint = {
      midpointMjdTai,
      band: BANDS[Math.floor(random() * 5.3)]!,
      psfFlux,
      psfFluxErr,
      kind: detected ? 'detection' : 'forced',
      visit: visitOf(midpointMjdTai, Math.floor(100 + 800 * random())),
      timeProcessedMjdTai: midpointMjdTai + (detected ? 75 + 30 * random() : 100_000 + 40_000 * random()) / 86_400,
      withdrawn: false
    }
    waiting.push(point)
    if (!detected && k < points - 1) continue
    alerts.push({ diaObjectId, diaSourceId: String(k), midpointMjdTai, ...position, points: waiting, omitted: [], host: UNKNOWN_HOST, solarSystem: false })
    waiting = []
  }
  return alerts
}

interface TableStats { treeBranchPageCount: number, treeLeafPageCount: number, overflowPages: number, pageSize: number }

function pagesOf (root: RootDatabase, name: string): number {
  const { treeBranchPageCount, treeLeafPageCount, overflowPages, pageSize } = root.openDB({ name, encoding: 'binary' }).getStats() as TableStats
  return (treeBranchPageCount + treeLeafPageCount + overflowPages) * pageSize
}

const model = loadModel(process.env['CANDELA_MODEL'] ?? 'spcc')
const engine = await loadEngine('auto')
const network = engine.load(model.shape, model.weights, positivePlaces(model.classes))

async function measure (size: typeof SIZES[number]): Promise<void> {
  const { points, objects } = size
  const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
  const sum = { alerts: 0, publications: 0, record: 0, pointBlocks: 0, publicationBlocks: 0, states: 0 }
  try {
    const store = openLmdbStore(folder)
    const processor = createProcessor({ store, network, model })
    for (let first = 0; first < objects; first += TOGETHER) {
      const alerts = Array.from({ length: Math.min(TOGETHER, objects - first) }, (_, k) => alertsOf(first + k, size)).flat()
      sum.alerts += alerts.length
      await processor.process(alerts.map(alert => ({ alert, origin: 'bench' })))
    }
    for (const id of store.objects.ids()) {
      const record = store.objects.get(id)!
      const whole = packRecord(record).length
      const withoutState = packRecord({ ...record, tip: null }).length
      sum.record += withoutState
      sum.states += whole - withoutState
      sum.publications += store.reader.classifications(id)!.length
    }
    await store.close()
    const root = open({ path: folder, maxDbs: 8, encoding: 'binary', readOnly: true })
    for (const { key, value } of root.openDB<Uint8Array, string>({ name: 'blocks', encoding: 'binary' }).getRange()) {
      const kind = key.at(key.lastIndexOf('/') + 1)
      sum[kind === 'l' ? 'pointBlocks' : kind === 'p' ? 'publicationBlocks' : 'states'] += value.length
    }
    const pages = pagesOf(root, 'objects') + pagesOf(root, 'blocks')
    await root.close()
    const each = (bytes: number): string => (bytes / objects).toFixed(0)
    const kept = sum.record + sum.pointBlocks + sum.publicationBlocks
    console.log(`${points} points, ${objects} objects with ${(sum.publications / objects).toFixed(1)} publications in the mean; bytes an object: record ${each(sum.record)} + blocks of points ${each(sum.pointBlocks)} + of history ${each(sum.publicationBlocks)} = ${each(kept)}, hidden states ${each(sum.states)}, pages of LMDB ${each(pages)}, data.mdb ${each(statSync(join(folder, 'data.mdb')).size)}`)
    const least = points * POINT_BYTES * objects + sum.states
    const question = `bytes an object at ${points} points`
    const reference = `${points} × ${POINT_BYTES} bytes + hidden states: ${each(least)}`
    const bounds = points === AIMED ? { aim: { atMost: 1.5 }, guard: { atMost: 1.3 } } : {}
    tell({ question, measured: `record, blocks and hidden states: ${each(kept + sum.states)}`, reference, ratios: [(kept + sum.states) / least], ...bounds })
    if (points === AIMED) tell({ question: `${question}, on disk`, measured: `pages of LMDB: ${each(pages)}`, reference, ratios: [pages / least] })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

console.log(`model ${model.name}/${model.version} (width ${model.shape.width})`)
for (const size of SIZES) if (!BRIEF || size.points === AIMED) await measure(size)
