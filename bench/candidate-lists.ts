/**
 * Pages of candidates from a store of many objects against one of few, in each order and around a place; and what the
 * orders add to the cost of a commit.
 *
 *   npm run bench -- candidate-lists                           1,000,000 against 10,000
 *   CANDIDATE_LISTS_OBJECTS=100000 npm run bench -- candidate-lists
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, inAlternation, type Measured } from './comparison.ts'
import { candidateOf } from '../src/state/classification.ts'
import { openLmdbStore } from '../src/state/lmdb-store.ts'
import { newRecord, publishedProbability, type ObjectRecord } from '../src/state/record.ts'
import { NOTHING, type StateStore } from '../src/state/store.ts'
import type { CandidateQuery } from '../src/state/views.ts'
import { randomFrom } from '../src/simulator/random.ts'

const FEW = 10_000
const MANY = Number(process.env['CANDIDATE_LISTS_OBJECTS'] ?? 1_000_000)
const BATCH = 500
const PAGES = 41
/** As a hidden state of width 64 is: it decides how many objects lie on a page of LMDB. */
const STATE_BYTES = 1500

const folders: string[] = []

function openStore (options: { orders?: boolean } = {}): StateStore {
  const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
  folders.push(folder)
  return openLmdbStore(folder, options)
}

/** All over the sky, at any P(Ia). */
function recordOf (number: number, random: () => number): ObjectRecord {
  const midpointMjdTai = 61_000 + 100 * random()
  const steps = 1 + Math.floor(60 * random())
  const publication = (time: number) => ({ publishedAt: 1.8e12 + number, probabilityIa: publishedProbability(random()), epochs: steps, midpointMjdTai: time, revision: 0, model: 'made/1.0' })
  return {
    ...newRecord(String(313_000_000_000_000_000n + BigInt(number)), 'made/1.0'),
    ra: 360 * random(),
    dec: Math.asin(2 * random() - 1) * 180 / Math.PI,
    firstDetectionMjdTai: midpointMjdTai - 30,
    tip: { steps, midpointMjdTai, logit: 0, accumulator: new Float64Array(8), network: new Float32Array(STATE_BYTES / 4) },
    publications: [publication(midpointMjdTai - 3), publication(midpointMjdTai)]
  }
}

async function fill (store: StateStore, objects: number): Promise<void> {
  const random = randomFrom(7, 1)
  for (let first = 0; first < objects; first += BATCH) {
    const records = Array.from({ length: BATCH }, (_, k) => recordOf(first + k, random))
    await store.commit({
      ...NOTHING,
      changes: records.map(record => ({ record, pointBlocks: new Map(), publicationBlocks: new Map() })),
      classifications: records.map(record => candidateOf(record, () => [])!)
    })
  }
}

const lists: ReadonlyArray<[name: string, query: Omit<CandidateQuery, 'limit'>]> = [
  ['newest change first', {}],
  ['greatest P(Ia) first', { sort: 'probability' }],
  ['the same, at least 20 epochs', { sort: 'probability', minEpochs: 20 }],
  ['greatest rise first', { sort: 'rise' }],
  ['a degree around a place, nearest first', { sort: 'separation', cone: { ra: 53.1, dec: -27.8, radius: 1 } }],
  ['the same, greatest P(Ia) first', { sort: 'probability', cone: { ra: 53.1, dec: -27.8, radius: 1 } }],
  ['all of the sky, nearest to a pole first', { sort: 'separation', cone: { ra: 0, dec: -90, radius: 180 } }]
]

/** Median time of a page of 50 [ms]. */
function pageTime (store: StateStore, query: Omit<CandidateQuery, 'limit'>): number {
  const times = Array.from({ length: PAGES }, () => {
    const started = performance.now()
    store.reader.candidates({ ...query, limit: 50 })
    return performance.now() - started
  })
  return times.sort((a, b) => a - b)[PAGES >> 1]!
}

async function filled (options: { orders: boolean }): Promise<void> {
  const store = openStore(options)
  await fill(store, FEW)
  await store.close()
}

try {
  const [ordered, plain] = await inAlternation([{ name: 'with orders', run: () => filled({ orders: true }) }, { name: 'without', run: () => filled({ orders: false }) }], 7) as [Measured, Measured]
  compare(`${FEW} objects written in commits of ${BATCH}, nothing classified`, [ordered, plain], { aim: { atMost: 2 } })
  const few = openStore()
  await fill(few, FEW)
  const many = openStore()
  await fill(many, MANY)
  for (const [name, query] of lists) {
    const [short, long] = [pageTime(few, query), pageTime(many, query)]
    console.log(`${name}: a page of ${MANY} objects takes ${(long / short).toFixed(2)} of the time of one of ${FEW} (${long.toFixed(2)} ms against ${short.toFixed(2)} ms)`)
  }
  await few.close()
  await many.close()
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}
