import assert from 'node:assert/strict'
import test from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import { riseOf } from '../../../src/state/record/classification.ts'
import { BLOCK_LENGTH, closedBlocks, newRecord, type ObjectRecord, type Publication } from '../../../src/state/record/record.ts'
import { isCandidate } from '../../../src/state/views.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

/** [time, P(Ia)] of a history, oldest first. */
type History = ReadonlyArray<readonly [midpointMjdTai: number, probabilityIa: number]>

function recorded (history: History): { record: ObjectRecord, blockOf: (diaObjectId: string, block: number) => Publication[] } {
  const publications = history.map(([midpointMjdTai, probabilityIa], k): Publication => ({ publishedAt: k, probabilityIa, epochs: k + 1, midpointMjdTai, revision: 0, model: 'a/1.0' }))
  const closed = closedBlocks(publications.length)
  const record = { ...newRecord('1', 'a/1.0'), publications: publications.slice(closed * BLOCK_LENGTH), closedPublicationBlocks: closed }
  return { record, blockOf: (_, block) => publications.slice(block * BLOCK_LENGTH, (block + 1) * BLOCK_LENGTH) }
}
function rise (history: History): number | null {
  const { record, blockOf } = recorded(history)
  return riseOf(record, blockOf)
}
const sameNight = (count: number): History => Array.from({ length: count }, (_, k) => [60010 + k / 10_000, 0.6 + k / 1e7] as const)

test('the rise is against the last classification whose newest point is at least a day older', () => {
  assert.equal(rise([]), null)
  assert.equal(rise([[60000, 0.3]]), null)
  assert.equal(rise([[60000, 0.3], [60000.99, 0.9]]), null)
  assert.equal(rise([[60000, 0.3], [60001, 0.9]]), 0.6)
  assert.equal(rise([[60000, 0.9], [60001, 0.3]]), -0.6)
  assert.equal(rise([[60000, 0.1], [60003, 0.2], [60003.5, 0.3], [60004.2, 0.5]]), 0.3)
  // A late point revised what was said before: what stood when the newest came counts.
  assert.equal(rise([[60000, 0.1], [60003, 0.2], [60003, 0.4], [60007, 0.5]]), 0.1)
  assert.equal(rise([[60000, 0.1000001], [60009, 0.3]]), 0.1999999, 'to seven decimals')
})

test('it is found in closed blocks of the history, among the newest hundred', () => {
  assert.equal(rise([[60000, 0.1], ...sameNight(60)]), Math.round((0.6 + 59 / 1e7 - 0.1) * 1e7) / 1e7)
  assert.equal(rise([[60000, 0.1], ...sameNight(99)]), Math.round((0.6 + 98 / 1e7 - 0.1) * 1e7) / 1e7)
  assert.equal(rise([[60000, 0.1], ...sameNight(100)]), null)
})

test('a part of the history that cannot be read costs the rise, not the classification', () => {
  const { record } = recorded([[60000, 0.1], ...sameNight(60)])
  assert.equal(riseOf(record, () => { throw new CandelaError('record-damaged', 'no') }), null)
  assert.throws(() => riseOf(record, () => { throw new Error('no') }), /no/)
})

test('candidates have the rise of their history, also where blocks close in the same batch', async t => {
  const { store, processor } = await openPipeline(t)
  const times = [0, ...Array.from({ length: 40 }, (_, k) => 10 + k / 100)]
  const told: Array<number | null> = []
  store.reader.subscribe(candidates => told.push(...candidates.filter(isCandidate).map(({ rise }) => rise)))
  await processor.process(times.map(time => ({ alert: alertFor('1', [point({ midpointMjdTai: 60000 + time })]), origin: 'test' })))
  const history = store.reader.classifications('1')!.map(({ probabilityIa }) => probabilityIa)
  const expected = history.map((one, k) => k === 0 ? null : Math.round((one - history[0]!) * 1e7) / 1e7)
  assert.deepEqual(told, expected)
  assert.equal(store.reader.candidates({ limit: 1, sort: 'rise' }).candidates[0]!.rise, expected.at(-1))
})
