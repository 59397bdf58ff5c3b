import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FLUX_SCALE } from '../../../../src/light-curve/features/version-2.ts'
import { bandPeaks } from '../../../../src/training/data/band-peaks.ts'
import { seededRandom } from '../../../../src/training/data/random.ts'
import { fluxError, pullOf } from '../../../../src/training/evaluation/forecast/comparisons.ts'
import { evaluateForecast } from '../../../../src/training/evaluation/forecast/evaluate-forecast.ts'
import { coverageOf, quantile } from '../../../../src/training/evaluation/forecast/figures.ts'
import { saidAt } from '../../../../src/training/evaluation/forecast/forecasts.ts'
import { groupOf } from '../../../../src/training/evaluation/forecast/groups.ts'
import { chosenSteps } from '../../../../src/training/evaluation/forecast/steps.ts'
import { forecastMarkdown } from '../../../../src/training/evaluation/forecast/tables.ts'
import { peakOf } from '../../../../src/training/evaluation/forecast/truth.ts'
import { asked, CLASSES, curve, SHAPE, SLOPE, straight } from './straight.ts'

const near = (value: number | null | undefined, expected: number, within = 1e-6): void => assert.ok(Math.abs(value! - expected) <= within, `${value} is not ${expected}`)

test('a perfect forecast has no error at any horizon, and what comes lies within its intervals', () => {
  const { lines, peaks, objects, forecasts } = evaluateForecast(straight(SLOPE, 0.05), [curve('1', true), curve('2', false)], asked)!
  assert.deepEqual([objects, forecasts], [2, 12])
  assert.deepEqual([...new Set(lines.map(({ from }) => from))], [-10, -5, 0, 5, 10, 20, 'all'])
  assert.deepEqual(lines.filter(({ truth, from }) => truth === 'measured' && from === 0).map(({ horizon, points }) => [horizon, points]), [[1, 1], [3, 3], [7, 5], [14, 10], [30, 11]])
  for (const { errors: { forecast, carried }, horizon, within68, within95, from, truth } of lines) {
    near(forecast.sigma, 0, 1e-4)
    near(forecast.magnitudes, 0, 1e-5)
    near(forecast.asinh, 0, 1e-5)
    assert.deepEqual([within68, within95], [1, 1])
    // One day on, the flux of the other band is two days old.
    if (horizon === 1 && from === 0 && truth === 'noise-free') near(carried.asinh, -2 * SLOPE, 1e-6)
  }
  for (const { days68, within2Days, within95 } of peaks.filter(({ of }) => of === 'phase')) {
    near(days68, 0, 1e-4)
    assert.deepEqual([within2Days, within95], [1, 1])
  }
})

test('a forecast that falls too slowly is wrong by what it says, and its intervals are too narrow', () => {
  // Off by 0.02 a day: after 1 d within σ = 0.05, after 14 d (10 to 19) by 0.29 on average, beyond 1.96 σ.
  const { lines } = evaluateForecast(straight(SLOPE + 0.02, 0.05), [curve('1', true)], asked)!
  const at = (days: number) => lines.find(({ from, horizon }) => from === 0 && horizon === days)!
  near(at(1).errors.forecast.asinh, 0.02)
  assert.deepEqual([at(1).within68, at(1).within95], [1, 1])
  // 2, 3, 4 d: 0.04, 0.06, 0.08 of 0.05.
  near(at(3).errors.forecast.asinh, 0.06)
  assert.deepEqual([at(3).within68, at(3).within95], [1 / 3, 1])
  near(at(14).errors.forecast.asinh, 0.29)
  assert.deepEqual([at(14).within68, at(14).within95], [0, 0])
  // The median of 7 d: 0.14 in asinh; of bright fluxes that is 1.0857 mag for each, and e^0.14 − 1 of the flux in errors of 2 %.
  near(at(7).errors.forecast.magnitudes, 1.0857 * 0.14, 2e-3)
  near(at(7).errors.forecast.sigma, (Math.exp(0.14) - 1) / 0.02, 0.05)
})

test('a phase that is a day too large puts the peak a day too early', () => {
  const line = evaluateForecast(straight(SLOPE, 0.05, 1), [curve('1', true)], asked)!.peaks.find(({ of, from }) => of === 'phase' && from === -5)!
  near(line.bias, -1, 1e-4)
  near(line.days68, 1, 1e-4)
  assert.deepEqual([line.within2Days, line.peaks], [1, 1])
})

test('what varies is forecast from six steps by chance, the same each time, and has no peak', () => {
  const objects = [curve('1', true, { type: 'AGN', isIa: false, peakMjd: null })]
  const first = evaluateForecast(straight(SLOPE, 0.05), objects, asked)!
  assert.deepEqual([first.forecasts, first.peaks], [6, []])
  assert.ok(first.lines.every(({ group, from }) => group === 'varies' && from === null))
  assert.deepEqual(evaluateForecast(straight(SLOPE, 0.05), objects, asked), first)
})

test('as many objects of each set and class as asked, and the lines of each set', () => {
  const objects = Array.from({ length: 12 }, (_, k) => curve(String(k), true, { source: k < 8 ? 'a' : 'b' }))
  const { objects: count, sets } = evaluateForecast(straight(SLOPE, 0.05), objects, { ...asked, most: 5 })!
  assert.deepEqual([count, sets.map(({ set, objects }) => [set, objects])], [9, [['a', 5], ['b', 4]]])
})

test('a network without a decoder is not measured', () => {
  assert.equal(evaluateForecast({ ...straight(0, 1), shape: { ...SHAPE, decoder: null } }, [curve('1', true)], asked), null)
})

test('errors of a flux are in photometric errors, magnitudes and asinh flux', () => {
  const { sigma, magnitudes, asinh } = fluxError(90, 100, 5)
  near(sigma, -2)
  near(magnitudes, 0.114394)
  near(asinh, Math.asinh(90 / FLUX_SCALE) - Math.asinh(100 / FLUX_SCALE))
  assert.equal(fluxError(-1, 100, 5).magnitudes, Infinity)
  assert.equal(fluxError(90, 100, 20).magnitudes, null)
})

test('coverage counts what lies within ±1 and ±1.96 σ; the photometric error adds to σ', () => {
  assert.deepEqual(coverageOf([0.5, -0.9, 1.5, -2.5, null]), { within68: 0.5, within95: 0.75 })
  assert.deepEqual(coverageOf([]), { within68: null, within95: null })
  near(pullOf({ mean: 1, sigma: 3 }, 6, 16), 1)
  assert.deepEqual([quantile([4, 1, 3, 2], 0.5), quantile([1, Infinity, Infinity], 0.5), quantile([], 0.5)], [2.5, Infinity, null])
})

test('between two days a forecast is interpolated, beyond the last one it stays', () => {
  // Two bands, three days: mean in g 0, 1, 2; in r 10, 20, 40; σ = 1.
  const days = Float32Array.from([0, 10, 0, 0, 1, 20, 0, 0, 2, 40, 0, 0])
  assert.deepEqual([0, 0.5, 1.25, 2, 9].map(ahead => saidAt({ days }, 1, 2, ahead).mean), [10, 15, 25, 40, 40])
})

test('steps stand for a phase when they are at most 3 d before it, and not before the first detection', () => {
  const random = seededRandom(1)
  assert.deepEqual(chosenSteps([90, 94, 96.9, 99, 100, 105.5, 109], 94, 100, random), [{ step: 1, from: -5 }, { step: 4, from: 0 }, { step: 6, from: 10 }])
  assert.deepEqual(chosenSteps([90, 92, 95], 91, null, random), [{ step: 1, from: null }, { step: 2, from: null }])
})

test('the maximum of a band is the vertex of a parabola through three fluxes', () => {
  const parabola = (time: number): number => 100 - (time - 10.3) ** 2
  const at = (times: readonly number[]) => bandPeaks({ points: times.map(time => ({ midpointMjdTai: time, band: 'g', psfFlux: 0, psfFluxErr: 1 })), noiseFree: Float64Array.from(times, parabola) }).get('g')
  near(at([1, 6, 9, 12, 15])!.time, 10.3, 1e-9)
  near(at([1, 6, 9, 12, 15])!.flux, 100, 1e-9)
  // Points of the same night are no neighbours, and 7 d away is too far.
  near(at([6, 9, 9.1, 12])!.time, 10.3, 1e-9)
  assert.deepEqual([at([2, 9, 12]), at([9, 10]), at([])], [undefined, undefined, undefined])
})

test('a measured light curve has its peak at its brightest detection, where both sides were seen', () => {
  const points = [[100, 60], [104, 90], [109, 80], [130, 70]].map(([time, flux]) => ({ midpointMjdTai: time!, band: 'g' as const, psfFlux: flux!, psfFluxErr: 5 }))
  assert.equal(peakOf({ points, peakMjd: null }, 'Ia'), 104)
  assert.equal(peakOf({ points: points.slice(1), peakMjd: null }, 'Ia'), null)
  assert.deepEqual([peakOf({ points, peakMjd: 101 }, 'Ia'), peakOf({ points, peakMjd: 101 }, 'varies')], [101, null])
})

test('groups follow the ids of the classes', () => {
  const classes = [...CLASSES, { name: 'II', id: 2224, positive: false }, { name: 'TDE', id: 2243, positive: false }, { name: 'CV', id: 2234, positive: false }]
  const of = (type: string, peakMjd: number | null = null) => groupOf({ type, isIa: type === 'Ia', peakMjd }, classes)
  assert.deepEqual([of('Ia'), of('II'), of('TDE'), of('CV', 100), of('AGN'), of('other', 100), of('other')],
    ['Ia', 'other supernovae', 'SLSN and TDE', 'varies', 'varies', 'other supernovae', 'varies'])
})

test('the document has a row for each class and horizon', () => {
  const text = forecastMarkdown(evaluateForecast(straight(SLOPE, 0.05), [curve('1', true)], asked)!)
  assert.match(text, /^\| truth \| class \| days ahead \| objects \| points \| σ: forecast \| last flux \| Bazin \|/)
  assert.match(text, /\n\| noise-free \| Ia \| 30 \| 1 \| 63 \| 0\.00 \| /)
})
