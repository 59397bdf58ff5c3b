import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL, type Band } from '../../../src/alert/alert.ts'
import { firstContextOf, NO_CONTEXT, sameContext, type FirstContext } from '../../../src/light-curve/features/context.ts'
import { featureSet, knownFeatureVersion, type FeaturePoint } from '../../../src/light-curve/features/features.ts'

const set = featureSet(2)
const UNKNOWN = { redshift: null, redshiftErr: null, mwebv: null }
const bands = ['g', 'r'] as const

/** FLUXCAL to nJy. */
const seen = (midpointMjdTai: number, band: Band, flux: number, error: number): FeaturePoint =>
  ({ midpointMjdTai, band, psfFlux: flux * NJY_PER_FLUXCAL, psfFluxErr: error * NJY_PER_FLUXCAL })

/** Features after each point. */
function played (points: readonly FeaturePoint[], context: FirstContext = NO_CONTEXT): number[][] {
  const accumulator = set.newAccumulator(bands)
  assert.equal(accumulator.length, set.accumulatorLength(bands))
  const fixed = set.fixed({ host: UNKNOWN, context })
  const length = set.length(bands)
  return points.map(point => {
    const out = new Float32Array(length + 2).fill(7)
    set.step(bands, accumulator, point, fixed, out, 1)
    assert.deepEqual([out[0], out.at(-1)], [7, 7], 'it writes its own features alone')
    return [...out.subarray(1, length + 1)]
  })
}

const near = (actual: number | undefined, expected: number, what: string): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= 2e-6, `${what}: ${actual} is not ${expected}`)

test('three points give the features worked out by hand', () => {
  // Noon in Chile lies between 60000.4 and 60001.2: two nights. S/N 2, 6, −4.5.
  const all = played([seen(60000.4, 'g', 10, 5), seen(60001.2, 'r', 60, 10), seen(60003.2, 'r', -45, 10)])
  const { asinh, log, log1p, min } = Math
  const r = { first: asinh(6), second: asinh(-4.5) }
  // The pair of r is 2 d apart: (60 + 45)² over 10² + 10² + (0.03·60)², beyond 100 is 100, here 54.2.
  const chiSquare = 105 ** 2 / (200 + 1.8 ** 2)
  const expected = [
    log1p(2.8 / 10), log1p(2), log1p(2 / 5), log1p(2), log1p(2 / 5),
    r.second / 2, asinh(-1.5), asinh(2), asinh(-1.5), 1,
    log1p(1), log1p(1), log1p(3), log1p(1), log1p(1), log1p(1),
    log1p(chiSquare), r.second - r.first, log1p(0), 0,
    // g: seen 2.8 d ago, S/N 2 is no maximum.
    0, asinh(1) / 2, 0, 1, log1p(1.4), 0, 0, 0, 0, 0,
    // r: maximum two days ago; S/N −4.5 a minimum; slope of asinh flux over 0.1 d.
    1, r.second / 2, log(2) / 2, 1, 0, r.first, log1p(2 / 5), r.second - r.first, r.second, (r.second - r.first) / 20,
    0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0
  ]
  assert.equal(all[2]!.length, expected.length)
  assert.ok(min(chiSquare, 100) === chiSquare)
  expected.forEach((value, k) => near(all[2]![k], value, `feature ${k}`))
  near(all[0]![3], 0, 'time since a detection that has not been')
  near(all[0]![9], 0, 'detected')
})

test('turns are counted where the flux comes back by more than its error, gaps between detections by the longest', () => {
  const saw = [20, 60, 100, 60, 20, 60, 100].map((flux, k) => seen(60000 + 20 * k, 'r', flux, 2))
  const turns = (points: readonly FeaturePoint[]): number => Math.round(Math.expm1(played(points).at(-1)![18]!))
  assert.equal(turns(saw), 2)
  assert.equal(turns(saw.map(point => ({ ...point, psfFluxErr: 40 * NJY_PER_FLUXCAL }))), 0)
  const gaps = played([seen(60000, 'r', 60, 10), seen(60003, 'r', 10, 10), seen(60010, 'g', 60, 10), seen(60012, 'r', 60, 10)]).at(-1)![19]
  near(gaps, Math.log1p(10 / 5), 'gap')
})

test('context goes behind the host, each fact with its flag', () => {
  const context = { templateFlux: 1000, starScore: 0.25, separation: 1, realBogus: 0.5, detections: 9 }
  const [features] = played([seen(60000, 'g', 60, 10)], context)
  const expected = [Math.asinh(1) / 2, 1, 0.25, 1, 0.5, 0.5, 1, Math.log(10), 1]
  expected.forEach((value, k) => near(features!.at(k - 9), value, `context ${k}`))
  const damaged = played([seen(60000, 'g', 60, 10)], { templateFlux: Number.NaN, starScore: 2, separation: -1, realBogus: -1, detections: -4 })
  assert.deepEqual(damaged[0]!.slice(-9), [0, 0, 0, 0, 0, 0, 0, 0, 0])
})

test('an alert\'s context becomes features by its own names; what it does not say is not known', () => {
  assert.deepEqual(firstContextOf(undefined), NO_CONTEXT)
  const said = firstContextOf({ templateFlux: 3, nearest: { catalogue: 'PS1', starScore: null, separation: 2 }, realBogus: { score: 0.75, name: 'drb' }, detections: 4 })
  assert.deepEqual(said, { templateFlux: 3, starScore: null, separation: 2, realBogus: 0.75, detections: 4 })
  assert.ok(sameContext(said, { ...said }) && !sameContext(said, { ...said, detections: 5 }))
})

test('no feature is beyond ±12 or not finite, whatever the fluxes', () => {
  const wild = [1e-30, -1e30, 1e30, 0, 1e12, -1e12].flatMap((flux, k) => [seen(50000 + 900 * k, 'g', flux, 1e-20), seen(50000 + 900 * k, 'r', -flux, 1e20)])
  for (const features of played(wild)) assert.ok(features.every(value => Number.isFinite(value) && Math.abs(value) <= 12))
})

test('the running values after some points are all that later features need', () => {
  const points = Array.from({ length: 40 }, (_, k) => seen(60000 + 1.7 * k, k % 3 === 0 ? 'g' : 'r', 50 * Math.sin(k / 4), 5 + k % 4))
  const whole = played(points)
  const accumulator = set.newAccumulator(bands)
  const fixed = set.fixed({ host: UNKNOWN, context: NO_CONTEXT })
  const out = new Float32Array(set.length(bands))
  points.forEach((point, k) => {
    const carried = Float64Array.from(accumulator)
    set.step(bands, carried, point, fixed, out, 0)
    assert.deepEqual([...out], whole[k])
    accumulator.set(carried)
  })
  assert.equal(set.detections(accumulator), points.filter(({ psfFlux, psfFluxErr }) => psfFlux > 4 * psfFluxErr).length)
})

test('a version that this Candela does not compute is refused', () => {
  assert.equal(knownFeatureVersion(2), 2)
  assert.throws(() => knownFeatureVersion(3), { code: 'feature-version-unknown' })
  assert.throws(() => set.step(bands, set.newAccumulator(bands), seen(60000, 'y', 1, 1), set.fixed({ host: UNKNOWN, context: NO_CONTEXT }), new Float32Array(80), 0), /band y/)
})

test('the outlook of three points is worked out by hand', () => {
  // As above: g at S/N 2, r at S/N 6 and two days later at −4.5; then of three bands, u never seen.
  const three = ['u', 'g', 'r'] as const
  const accumulator = set.newAccumulator(three)
  for (const point of [seen(60000.4, 'g', 10, 5), seen(60001.2, 'r', 60, 10), seen(60003.2, 'r', -45, 10)]) {
    set.step(three, accumulator, point, set.fixed({ host: UNKNOWN, context: NO_CONTEXT }), new Float32Array(set.length(three)), 0)
  }
  const { asinh, log, log1p } = Math
  const [last, largest] = [asinh(-4.5), asinh(6)]
  const expected = [
    // What a forecast is the change from: u was never seen, and takes what r says. No maximum but that of r.
    last, asinh(1), last, largest, largest, largest,
    log1p(2.8 / 10), log1p(2 / 5), log1p(2), log1p(2 / 5), largest, asinh(2), log1p(1)
  ]
  const outlook = set.outlook(three, accumulator)
  assert.equal(outlook.length, set.outlookLength(three))
  assert.equal(set.outlook(three, set.newAccumulator(three)).every(Number.isFinite), true, 'before the first point')
  const found = [...outlook]
  assert.equal(found.length, 6 + 6 + 18)
  expected.slice(0, 6).forEach((value, k) => near(found[k], value, `reference ${k}`))
  near(found[6 + 3], largest, 'largest flux')
  near(found[6 + 4], asinh(2), 'largest S/N')
  // Each band: seen, ln(error), ln(1 + age), has a maximum, ln(1 + its age), slope.
  ;[[0, 0, 0, 0, 0, 0], [1, 0, log1p(2.8 / 2), 0, 0, 0], [1, log(2) / 2, 0, 1, log1p(2 / 5), (last - largest) / 20]]
    .flat().forEach((value, k) => near(found[12 + k], value, `band value ${k}`))
})
