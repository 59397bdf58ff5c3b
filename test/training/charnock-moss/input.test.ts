import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL, type Band } from '../../../src/alert/alert.ts'
import type { FeaturePoint } from '../../../src/light-curve/features/features.ts'
import { filledColumn } from '../../../src/training/charnock-moss/filling.ts'
import { groupPoints } from '../../../src/training/charnock-moss/grouping.ts'
import { inputLength, INPUT_SCALES, makeReferenceBatch, referenceObject, type InputSettings } from '../../../src/training/charnock-moss/input.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { seededRandom, type Random } from '../../../src/training/data/random.ts'

const BANDS = ['g', 'r', 'i', 'z'] as const
const point = (midpointMjdTai: number, band: Band, flux: number, error: number): FeaturePoint =>
  ({ midpointMjdTai, band, psfFlux: flux * NJY_PER_FLUXCAL, psfFluxErr: error * NJY_PER_FLUXCAL })
/** Always halfway. */
const middle: Random = { uniform: () => 0.5, normal: () => 0, integer: () => 0 }

function assertClose (actual: Iterable<number>, expected: readonly number[], tolerance = 1e-9): void {
  const values = [...actual]
  assert.equal(values.length, expected.length)
  values.forEach((value, k) => assert.ok(Number.isNaN(expected[k]!) ? Number.isNaN(value) : Math.abs(value - expected[k]!) <= tolerance, `element ${k}: ${value} is not ${expected[k]}`))
}

test('the points of a day are one vector at their mean time, in FLUXCAL, gaps left open', () => {
  const { times, fluxes, errors } = groupPoints([
    point(100.25, 'g', 1, 0.1), point(100.35, 'r', 2, 0.2), point(100.75, 'z', 3, 0.3),
    point(101.50, 'i', 4, 0.4), point(108.25, 'g', 5, 0.5)
  ], BANDS)
  assertClose(times, [0.2, 1.25, 8])
  const gap = Number.NaN
  assertClose(fluxes, [1, 2, gap, 3, gap, gap, 4, gap, 5, gap, gap, gap])
  assertClose(errors, [0.1, 0.2, gap, 0.3, gap, gap, 0.4, gap, 0.5, gap, gap, gap])
})

test('where a band is there twice in a bin, all bins of the light curve are made finer by tenths of a bin a day', () => {
  // Bins of 1/1.2 day = 0.8333 d are the first that part the two g: 0 and 0.85. They part r and i of the last night too.
  const points = [point(50, 'g', 1, 1), point(50.85, 'g', 2, 1), point(52.45, 'r', 3, 1), point(52.55, 'i', 4, 1)]
  const { times, fluxes } = groupPoints(points, BANDS)
  assertClose(times, [0, 0.85, 2.45, 2.55], 1e-6)
  assertClose(fluxes.filter(Number.isFinite), [1, 2, 3, 4])
  assertClose(groupPoints(points.with(1, point(50.85, 'z', 2, 1)), BANDS).times, [0.425, 2.5], 1e-6)
})

test('points of a band within seconds are told apart, and those at the very same time end the search', () => {
  assertClose(groupPoints([point(60_000, 'r', 1, 1), point(60_000 + 2 / 86_400, 'r', 2, 1)], BANDS).times, [0, 2 / 86_400], 1e-6)
  const same = groupPoints([point(60_000, 'r', 1, 1), point(60_000, 'r', 2, 1)], BANDS)
  assertClose(same.fluxes, [Number.NaN, 2, Number.NaN, Number.NaN])
})

test('points in other bands do not count, not even as the first observation', () => {
  const { times } = groupPoints([point(10, 'u', 9, 1), point(12, 'g', 1, 1), point(15, 'r', 1, 1)], BANDS)
  assertClose(times, [0, 3])
  assert.equal(groupPoints([point(10, 'y', 9, 1)], BANDS).times.length, 0)
})

test('a gap gets values between its ends, each drawn anew; the ends are carried outwards; a band without any is 0', () => {
  const gap = Number.NaN
  const column = Float64Array.of(gap, 4, gap, gap, 8, gap)
  assertClose(filledColumn(column, 1, 0, middle), [4, 4, 6, 6, 8, 8])
  assertClose(filledColumn(Float64Array.of(gap, gap), 1, 0, middle), [0, 0])
  assertClose(filledColumn(Float64Array.of(1, gap, gap, 5, 3, 7), 2, 1, middle), [5, 5, 7])
  const random = seededRandom(1)
  const drawn = Array.from({ length: 2000 }, () => [...filledColumn(column, 1, 0, random)].slice(2, 4)).flat()
  assert.ok(drawn.every(value => value >= 4 && value < 8))
  assert.ok(Math.abs(drawn.reduce((sum, value) => sum + value) / drawn.length - 6) < 0.1)
  assert.ok(Math.max(...drawn) > 7.9 && Math.min(...drawn) < 4.1)
})

const object: LabelledObject = {
  snid: '1',
  type: 'Ia',
  isIa: true,
  points: [point(100, 'g', 10, 1), point(100.5, 'r', 20, 2), point(103, 'g', 30, 3), point(106, 'g', 50, 5), point(106, 'r', 60, 6)],
  host: { redshift: 0.35, redshiftErr: 0.05, mwebv: 0.02 },
  ra: 30.5,
  dec: -12.25,
  redshift: null,
  peakMjd: null
}
const settings: InputSettings = { bands: BANDS.slice(), photoZ: 'known', scaling: 'none' }

test('a step holds time, fluxes, errors, position, extinction and the photo-z; batches are padded with zeros at the end', () => {
  const short = { ...object, snid: '2', type: 'II', isIa: false, points: [point(7, 'z', -1, 4)] }
  const batch = makeReferenceBatch([object, short].map(each => referenceObject(each, settings)), settings, middle)
  const fixed = [30.5, -12.25, 0.02, 0.35]
  const expected = [
    [0.25, 10, 20, 0, 0, 1, 2, 0, 0, ...fixed], [0, 0, 0, 0, -1, 0, 0, 0, 4, ...fixed],
    [3, 30, 40, 0, 0, 3, 4, 0, 0, ...fixed], new Array<number>(13).fill(0),
    [6, 50, 60, 0, 0, 5, 6, 0, 0, ...fixed], new Array<number>(13).fill(0)
  ]
  assert.deepEqual([batch.steps, batch.rows, [...batch.lengths], [...batch.isIa]], [3, 2, [3, 1], [1, 0]])
  assertClose(batch.inputs, expected.flat(), 1e-5)
})

test('without photo-z a step is one shorter; constant scales divide', () => {
  const without: InputSettings = { ...settings, photoZ: 'unknown', scaling: 'constant' }
  assert.equal(inputLength(without), 12)
  const { inputs } = makeReferenceBatch([referenceObject(object, without)], without, middle)
  const { time, flux, position, extinction } = INPUT_SCALES
  assertClose(inputs.slice(24), [6 / time, 50 / flux, 60 / flux, 0, 0, 5 / flux, 6 / flux, 0, 0, 30.5 / position, -12.25 / position, 0.02 / extinction], 1e-6)
})
