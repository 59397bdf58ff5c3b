import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL, type Band } from '../../../src/alert/alert.ts'
import { NO_CONTEXT } from '../../../src/light-curve/features/context.ts'
import { featureSet, type FeaturePoint } from '../../../src/light-curve/features/features.ts'
import type { Variant } from '../../../src/training/data/augmentation.ts'
import { bandPeaks } from '../../../src/training/data/band-peaks.ts'
import { makeBatch, type BatchItem } from '../../../src/training/data/batch.ts'
import { ForecastTargets } from '../../../src/training/data/forecast-targets.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { seededRandom } from '../../../src/training/data/random.ts'

const shape = { bands: ['g', 'r'] as const, features: 2 as const, decoder: { width: 4, days: 10 } }
const HOST = { redshift: null, redshiftErr: null, mwebv: null }
const PEAK = 60010

/** Noise-free flux: a parabola of time in each band, r two days later [nJy]. */
const flux = (time: number, band: Band): number => (300 - (time - PEAK - (band === 'r' ? 2 : 0)) ** 2) * NJY_PER_FLUXCAL
const visits: ReadonlyArray<[number, Band]> = [
  [60000.25, 'g'], [60003.5, 'r'], [60005, 'g'], [60007.5, 'r'], [60009.1, 'g'], [60011, 'r'], [60012.9, 'g'], [60014.75, 'r'], [60018, 'g'], [60018.01, 'r'], [60030, 'g']
]

function object (simulated: boolean, peakMjd: number | null = PEAK): LabelledObject {
  const points = visits.map(([midpointMjdTai, band], k): FeaturePoint => ({ midpointMjdTai, band, psfFlux: flux(midpointMjdTai, band) + (k % 3 - 1) * 40, psfFluxErr: 50 }))
  return {
    snid: '1', points, noiseFree: simulated ? Float64Array.from(visits, ([time, band]) => flux(time, band)) : null, host: HOST, type: 'Ia', isIa: true, redshift: 0.1, peakMjd
  }
}

/** The light curve as the network sees it: cut after `steps` points, its fluxes `brightness` times the object's. */
function item (of: LabelledObject, steps: number, brightness: number | null): BatchItem {
  const factor = brightness ?? 1
  const points = of.points.slice(0, steps).map(point => ({ ...point, psfFlux: factor * point.psfFlux, psfFluxErr: factor * point.psfFluxErr }))
  const variant: Variant = { points, host: HOST, context: NO_CONTEXT, redshift: null, brightness }
  return { object: of, variant }
}

function targetsOf (items: readonly BatchItem[], epochs = 1): ForecastTargets {
  const targets = new ForecastTargets(items, shape, epochs, seededRandom(7))
  makeBatch(items, shape, ['Ia'], 0.5, targets.onStep)
  return targets
}

/** The outlook after a step, by playing the points anew. */
function outlookAfter (points: readonly FeaturePoint[], step: number): Float32Array {
  const set = featureSet(2)
  const accumulator = set.newAccumulator(shape.bands)
  const fixed = set.fixed({ host: HOST, context: NO_CONTEXT })
  for (const point of points.slice(0, step + 1)) set.step(shape.bands, accumulator, point, fixed, new Float32Array(set.length(shape.bands)), 0)
  return set.outlook(shape.bands, accumulator)
}

const asinhFlux = (nJy: number): number => Math.asinh(nJy / (10 * NJY_PER_FLUXCAL))
const near = (actual: number, expected: number, what: string): void => assert.ok(Math.abs(actual - expected) < 1e-5, `${what}: ${actual} is not ${expected}`)

for (const simulated of [true, false]) {
  test(`every point of the next days is a target, ${simulated ? 'noise-free' : 'as measured, with its error'}, beyond the cut, at the brightness that the network is shown`, () => {
    const [of, brightness] = [object(simulated), 1.7]
    const [cut, before] = [item(of, 4, brightness), item(of, 1, 1)]
    const targets = targetsOf([before, cut], 6)
    assert.equal(targets.rows, 12)
    for (let row = 0; row < targets.rows; row++) {
      const [step, column] = [Math.floor(targets.places[row]! / 2), targets.places[row]! % 2]
      const { variant } = [before, cut][column]!
      const outlook = outlookAfter(variant.points, step)
      assert.deepEqual(targets.outlook.subarray(row * outlook.length, (row + 1) * outlook.length), outlook)
      const time = variant.points[step]!.midpointMjdTai
      const expected = of.points.flatMap((point, k) => {
        const ahead = point.midpointMjdTai - time
        return ahead > 0 && ahead < 10 ? [{ ...point, ahead, flux: variant.brightness! * (simulated ? flux(point.midpointMjdTai, point.band) : of.points[k]!.psfFlux) }] : []
      })
      assert.ok(expected.length > 0)
      let weights = 0
      for (const { ahead, band, flux } of expected) {
        const place = shape.bands.indexOf(band as 'g' | 'r')
        const cell = (Math.floor(ahead) * targets.rows + row) * 2 + place
        near(targets.fraction[cell]!, ahead % 1, 'fraction of a day')
        near(targets.flux[cell]! + outlook[place]!, asinhFlux(flux), 'flux')
        // d asinh(f/s) = df/√(s² + f²)
        near(targets.variance[cell]!, simulated ? 0 : (variant.brightness! * 50) ** 2 / ((10 * NJY_PER_FLUXCAL) ** 2 + flux ** 2), 'variance')
        near(targets.weight[cell]!, 1 / (expected.length * targets.rows), 'weight')
        weights += targets.weight[cell]!
      }
      near(weights, 1 / targets.rows, 'all targets of a step together')
    }
    near(targets.weight.reduce((sum, weight) => sum + weight, 0), 1, 'all targets')
  })
}

test('the peak of each band is a target where the data are simulated and it is between points', () => {
  const targets = targetsOf([item(object(true), 5, 2)])
  const time = visits[targets.places[0]!]![0]
  for (const [place, peak] of [PEAK, PEAK + 2].entries()) {
    near(targets.peakTime[place]!, Math.asinh((time - peak) / 10), 'days since the peak')
    near(targets.peakFlux[place]! + targets.outlook[2 + place]!, asinhFlux(2 * 300 * NJY_PER_FLUXCAL), 'flux at the peak')
    assert.equal(targets.peakWeight[place], 0.5)
  }
  for (const without of [object(false), object(true, null)]) assert.ok(targetsOf([item(without, 5, 1)]).peakWeight.every(weight => weight === 0))
})

test('a light curve seen at other times than its own, or never detected, teaches no forecast', () => {
  const faint = object(true)
  const dark = { ...faint, points: faint.points.map(point => ({ ...point, psfFlux: 0 })) }
  const targets = targetsOf([item(faint, 5, null), item(dark, 5, 1)], 3)
  assert.equal(targets.rows, 1)
  assert.ok([...targets.weight, ...targets.peakWeight].every(weight => weight === 0))
})

test('the maximum of a band is the vertex of the parabola through it and its neighbours, within six days on both sides', () => {
  const peaks = bandPeaks(object(true))
  near(peaks.get('g')!.time, PEAK, 'time of g')
  near(peaks.get('r')!.time, PEAK + 2, 'time of r')
  near(peaks.get('r')!.flux / NJY_PER_FLUXCAL, 300, 'flux of r')
  const [of] = [object(true)]
  const rising = { points: of.points.slice(0, 5), noiseFree: of.noiseFree!.slice(0, 5) }
  assert.deepEqual([...bandPeaks(rising).keys()], [], 'the last point of a rise is no maximum')
  assert.equal(bandPeaks(object(false)).size, 0)
})
