/**
 * Pages of candidates from a store of many objects against one of few, in each order and around a place; and what the
 * orders add to the cost of a commit.
 *
 *   npm run bench -- candidate-lists            200,000 against 10,000
 *   CANDIDATE_LISTS_OBJECTS=1000000 npm run bench -- candidate-lists
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare, inAlternation, type Measured } from './comparison.ts'
import { fill } from './peers/made-objects.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import type { StateStore } from '../src/state/store.ts'
import type { CandidateQuery } from '../src/state/views.ts'

const FEW = 10_000
const MANY = Number(process.env['CANDIDATE_LISTS_OBJECTS'] ?? 200_000)
const BATCH = 500
/** Of a store that is only to be full. */
const TOGETHER = 5000
const PAGES = 41

const folders: string[] = []

function openStore (options: { orders?: boolean } = {}): StateStore {
  const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
  folders.push(folder)
  return openLmdbStore(folder, options)
}

const lists: ReadonlyArray<[name: string, query: Omit<CandidateQuery, 'limit'>]> = [
  ['newest change first', {}],
  ['greatest P(Ia) first', { sort: 'probability' }],
  ['greatest P(Ia) first, at least 20 epochs', { sort: 'probability', minEpochs: 20 }],
  ['greatest rise first', { sort: 'rise' }],
  ['a degree around a place, nearest first', { sort: 'separation', cone: { ra: 53.1, dec: -27.8, radius: 1 } }],
  ['a degree around a place, greatest P(Ia) first', { sort: 'probability', cone: { ra: 53.1, dec: -27.8, radius: 1 } }],
  ['all of the sky, nearest to a pole first', { sort: 'separation', cone: { ra: 0, dec: -90, radius: 180 } }]
]

const pageOf = (store: StateStore, query: Omit<CandidateQuery, 'limit'>) => async (): Promise<void> => { store.reader.candidates({ ...query, limit: 50 }) }

async function filled (options: { orders: boolean }): Promise<void> {
  const store = openStore(options)
  await fill(store, FEW, BATCH)
  await store.close()
}

try {
  const [ordered, plain] = await inAlternation([{ name: 'with orders', run: () => filled({ orders: true }) }, { name: 'without', run: () => filled({ orders: false }) }], 7) as [Measured, Measured]
  compare(`${FEW} objects written in commits of ${BATCH}, nothing classified`, [ordered, plain], { aim: { atMost: 2 } })
  const few = openStore()
  await fill(few, FEW, TOGETHER)
  const many = openStore()
  await fill(many, MANY, TOGETHER)
  for (const [name, query] of lists) {
    const measured = await inAlternation([{ name: `${MANY} objects`, run: pageOf(many, query) }, { name: `${FEW} objects`, run: pageOf(few, query) }], PAGES) as [Measured, Measured]
    compare(`a page of 50 candidates: ${name}`, measured, {})
  }
  await few.close()
  await many.close()
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
}
