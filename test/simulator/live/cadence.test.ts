import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BANDS, nJyOfMagnitude } from '../../../src/alert/alert.ts'
import { createCadence, FIELDS, FIVE_SIGMA_MAGNITUDE, moonlight } from '../../../src/simulator/live/cadence.ts'
import { fluxError } from '../../../src/simulator/live/photometry.ts'

const START = 61104
const cadence = createCadence(1, START)
const nights = Array.from({ length: 300 }, (_, night) => cadence.visits(night))
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

test('nJy and 5σ: 31.4 mag is 1 nJy, and a source as bright as the depth has S/N 5', () => {
  assert.ok(Math.abs(nJyOfMagnitude(31.4) - 1) < 1e-12)
  assert.ok(Math.abs(nJyOfMagnitude(23.9) - 1000) < 1e-9)
  assert.ok(Math.abs(700 / fluxError(700, 700) - 5) < 1e-12)
  // the sky alone: √0.039 · 700
  assert.ok(Math.abs(fluxError(0, 700) - 138.2389) < 1e-4)
  assert.equal(fluxError(-50, 700), fluxError(0, 700))
})

test('visits of a night are in order, lie in its dark hours and have the evening\'s date in their number', () => {
  const first = nights.find(visits => visits.length > 0)!
  assert.equal(Math.floor(cadence.visits(0)[0]!.visit / 100_000), 20260305)
  assert.ok(first.every(({ midpointMjdTai }, k) => k === 0 || midpointMjdTai >= first[k - 1]!.midpointMjdTai))
  nights.forEach((visits, night) => visits.forEach(({ midpointMjdTai }) => {
    assert.ok(midpointMjdTai > START + night + 1 && midpointMjdTai < START + night + 1.42)
  }))
})

test('visit numbers are unique and below 2^48', () => {
  const numbers = nights.flat().map(({ visit }) => visit)
  assert.equal(new Set(numbers).size, numbers.length)
  assert.ok(numbers.every(number => Number.isInteger(number) && number < 2 ** 48))
})

test('a field is visited in pairs of neighbouring bands, about every third night', () => {
  const seen = nights.map((_, night) => ({ night, visits: cadence.visitsOf(0, night) })).filter(({ visits }) => visits.length > 0)
  for (const { visits } of seen) {
    assert.equal(visits.length, 2)
    assert.equal(BANDS.indexOf(visits[1]!.band) - BANDS.indexOf(visits[0]!.band), 1)
  }
  assert.equal(median(seen.slice(1).map(({ night }, k) => night - seen[k]!.night)), 3)
})

test('the weather takes some nights', () => {
  const lost = nights.filter(visits => visits.length === 0).length
  assert.ok(lost > 20 && lost < 60, `${lost} of 300`)
})

test('the Moon decides the bands and the depth', () => {
  // New Moon of 2026-02-17 12:01 UT and full Moon of 2026-03-03 11:38 UT
  assert.ok(moonlight(61088.5) < 0.001)
  assert.ok(moonlight(61102.48) > 0.98)
  for (const visits of nights) {
    for (const { band, midpointMjdTai } of visits) {
      const light = moonlight(midpointMjdTai)
      if (light > 0.88) assert.ok(!['u', 'g'].includes(band))
      if (light < 0.4) assert.notEqual(band, 'y')
    }
  }
  const all = nights.flat()
  assert.deepEqual([...new Set(all.map(({ band }) => band))].sort(), [...BANDS].sort())
  for (const [band, loss] of [['i', 0.15], ['z', 0.1]] as const) {
    const depth = median(all.filter(visit => visit.band === band).map(({ fiveSigmaFlux }) => 31.4 - 2.5 * Math.log10(fiveSigmaFlux)))
    assert.ok(Math.abs(depth - FIVE_SIGMA_MAGNITUDE[band] + loss / 2) < 0.1, `${band}: median depth ${depth}`)
  }
})

test('the plan of a night does not depend on which nights were asked before', () => {
  const other = createCadence(1, START)
  assert.deepEqual(other.visits(137), nights[137])
  assert.notDeepEqual(createCadence(2, START).visits(137), nights[137])
  assert.equal(new Set(nights.flat().map(({ field }) => field)).size, FIELDS)
})
