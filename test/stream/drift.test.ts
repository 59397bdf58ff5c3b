import assert from 'node:assert/strict'
import test from 'node:test'
import { EPOCH_RANGES, PROBABILITY_BINS, referenceOf, type DistributionCounts } from '../../src/model/reference-distribution.ts'
import { loadModel } from '../../src/model/model-file.ts'
import { Drift, stabilityIndex } from '../../src/stream/drift.ts'

/** 10,000 classifications in each range of epochs: young light curves all in the fifth bin, old ones half in the first, half in the last. */
const counts: DistributionCounts = EPOCH_RANGES.map(from => Array.from({ length: PROBABILITY_BINS }, (_, bin) =>
  from < 12 ? (bin === 4 ? 10_000 : 0) : bin === 0 || bin === 9 ? 5000 : 0))
const reference = { photoZKnown: counts, photoZUnknown: counts.map(bins => bins.toReversed()) }

const give = (drift: Drift, times: number, classifications: ReadonlyArray<readonly [probabilityIa: number, epochs: number]>): void => {
  for (let k = 0; k < times; k++) for (const [probabilityIa, epochs] of classifications) drift.add(probabilityIa, epochs)
}

test('the index is that of a worked example', () => {
  // numpy: ((a - e) * np.log(a / e)).sum() for a = [.2, .3, .5], e = [.25, .25, .5]
  assert.ok(Math.abs(stabilityIndex([0.2, 0.3, 0.5], [0.25, 0.25, 0.5]) - 0.0202732554) < 1e-9)
  assert.equal(stabilityIndex([0.5, 0.5], [0.5, 0.5]), 0)
})

test('without enough classifications there is no index', () => {
  const drift = new Drift(reference, { window: 200, fewest: 100 })
  give(drift, 99, [[0.45, 1]])
  assert.equal(drift.indices(), null)
  drift.add(0.45, 1)
  assert.ok(drift.indices() !== null, 'an index with the hundredth')
})

test('a stream as in the card has none, whatever its mixture of young and old light curves', () => {
  for (const [young, old] of [[1, 0], [0, 1], [9, 1], [1, 3]] as const) {
    const drift = new Drift(reference, { fewest: 100 })
    give(drift, young * 1000, [[0.45, 1], [0.4, 6]])
    give(drift, old * 1000, [[0.03, 12], [1, 200]])
    assert.ok(drift.indices()!.known < 0.005, `${young}:${old} ${drift.indices()!.known}`)
  }
})

test('another distribution is a drift, and photo-z known is held against its own', () => {
  const drift = new Drift(reference, { window: 2000, fewest: 100 })
  give(drift, 1000, [[0.45, 3], [0.45, 5]])
  const { known, unknown } = drift.indices()!
  assert.ok(known < 0.005 && unknown > 5, `${known}, ${unknown}`)
  give(drift, 500, [[0.75, 3], [0.45, 5]])
  assert.ok(drift.indices()!.known > 0.25, `half of the window: ${drift.indices()!.known}`)
})

test('what has left the window counts no more', () => {
  const drift = new Drift(reference, { window: 1000, fewest: 100 })
  give(drift, 1000, [[0.99, 1]])
  assert.ok(drift.indices()!.known > 5, String(drift.indices()!.known))
  give(drift, 1000, [[0.45, 1]])
  assert.equal(drift.classifications, 1000)
  assert.ok(drift.indices()!.known < 0.02, String(drift.indices()!.known))
})

test('the shipped model has a distribution; one in other bins is none', () => {
  const { card } = loadModel('spcc/1.2')
  const found = referenceOf(card)!
  const all = found.photoZKnown.flat().reduce((sum, count) => sum + count, 0)
  assert.equal(all, found.photoZUnknown.flat().reduce((sum, count) => sum + count, 0))
  assert.ok(all > 10_000, `${all} classifications`)
  assert.equal(referenceOf({}), null)
  assert.equal(referenceOf({ ...card, publishedProbabilityIa: { ...found, fromEpochs: [1, 2, 3] } }), null)
  assert.equal(referenceOf({ ...card, publishedProbabilityIa: { fromEpochs: EPOCH_RANGES, photoZKnown: [[1]], photoZUnknown: [[1]] } }), null)
})
