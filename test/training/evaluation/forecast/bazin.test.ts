import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Band } from '../../../../src/alert/alert.ts'
import type { FeaturePoint } from '../../../../src/light-curve/features/features.ts'
import { baselinesOf, fittedFlux, fittedPeak } from '../../../../src/training/evaluation/forecast/baselines.ts'
import { bazin, bazinPeak, fitBazin, type Bazin } from '../../../../src/training/evaluation/forecast/bazin.ts'

const TRUE: Bazin = { amplitude: 1000, t0: 18, rise: 4, fall: 25, offset: 0 }
const times = Array.from({ length: 15 }, (_, k) => 4 * k)

const near = (value: number, expected: number, part: number): void => assert.ok(Math.abs(value - expected) <= part * Math.abs(expected), `${value} is not ${expected}`)

// numpy 2: A*exp(-(t-t0)/f)/(1+exp(-(t-t0)/r))
test('the function is that of the paper, far from t0, too', () => {
  near(bazin(10, TRUE), 164.15765351, 1e-9)
  near(bazin(20, TRUE), 574.60238359, 1e-9)
  near(bazin(70, TRUE), 124.92992982, 1e-9)
  assert.deepEqual([bazin(-1e5, TRUE), bazin(1e5, TRUE)], [0, 0])
  near(bazinPeak(TRUE)!, 24.63291230641413, 1e-12)
  assert.equal(bazinPeak({ ...TRUE, fall: 3 }), null)
})

test('the fit finds the parameters that the points were made with', () => {
  const fit = fitBazin(times.map(time => ({ time, flux: bazin(time, TRUE), error: 10, place: 0 })), 1, true)!
  near(fit.amplitudes[0]!, 1000, 1e-3)
  near(fit.t0, 18, 1e-3)
  near(fit.rise, 4, 1e-3)
  near(fit.fall, 25, 1e-3)
  assert.ok(Math.abs(fit.offset) < 1 && fit.chiSquare < 1e-3)
})

// The same points with a fixed disturbance of up to 20 and errors of 20 and 40 by turns; scipy.optimize.curve_fit (SciPy 1.17.1) gives
// A, t0, τrise, τfall, B = 1054.80628028, 18.35765036, 4.5404146, 24.74935258, -17.51437084, χ² = 2.5335140425 and the maximum at 25.13697.
test('the fit of disturbed points with unequal errors is that of SciPy', () => {
  const fluxes = [22.572, 71.149, 123.049, 239.843, 426.57, 554.681, 623.164, 639.448, 572.768, 471.292, 420.028, 332.979, 296.192, 236.851, 222.496]
  const fit = fitBazin(times.map((time, k) => ({ time, flux: fluxes[k]!, error: k % 2 === 0 ? 20 : 40, place: 0 })), 1, true)!
  near(fit.chiSquare, 2.5335140425, 1e-4)
  near(fit.amplitudes[0]!, 1054.806, 5e-3)
  near(fit.t0, 18.3577, 5e-3)
  near(fit.rise, 4.54041, 5e-3)
  near(fit.fall, 24.7494, 5e-3)
  near(bazinPeak(fit)!, 25.13697, 1e-3)
})

test('points that do not exceed the parameters, or are all negative, are not fitted', () => {
  const points = times.slice(0, 5).map(time => ({ time, flux: bazin(time, TRUE), error: 10, place: 0 }))
  assert.equal(fitBazin(points, 1, true), null)
  assert.notEqual(fitBazin(points, 1, false), null)
  assert.equal(fitBazin(times.map(time => ({ time, flux: -5, error: 10, place: 0 })), 1, true), null)
})

const pointsOf = (band: Band, at: readonly number[], factor = 1): FeaturePoint[] =>
  at.map(time => ({ midpointMjdTai: time, band, psfFlux: factor * bazin(time, TRUE), psfFluxErr: 10 }))
const ordered = (...points: FeaturePoint[]): FeaturePoint[] => points.sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)

test('a band with few points takes the shape of another, one without any the last flux', () => {
  const [g, r, i] = baselinesOf(ordered(...pointsOf('r', times.slice(0, 10)), ...pointsOf('g', [10, 20], 0.5)), ['g', 'r', 'i'])
  assert.deepEqual([g!.kind, r!.kind, i!.kind], ['shared', 'own', 'carried'])
  near(fittedFlux(g!, 50), 0.5 * bazin(50, TRUE), 0.02)
  near(fittedFlux(r!, 50), bazin(50, TRUE), 0.02)
  near(fittedPeak(r!)!.time, 24.6329, 1e-2)
  near(g!.carried, 0.5 * bazin(20, TRUE), 1e-12)
  near(i!.carried, bazin(36, TRUE), 1e-12)
  assert.deepEqual([fittedFlux(i!, 50), fittedPeak(i!)], [i!.carried, null])
})

test('where no band has enough points all are fitted together, and two points in all are carried forward', () => {
  const points = ordered(...pointsOf('g', [8, 16, 24, 34], 2), ...pointsOf('r', [10, 20, 28, 40]))
  assert.deepEqual(baselinesOf(points, ['g', 'r', 'i']).map(({ kind }) => kind), ['together', 'together', 'carried'])
  near(fittedFlux(baselinesOf(points, ['g', 'r'])[0]!, 50), 2 * bazin(50, TRUE), 0.05)
  assert.deepEqual(baselinesOf(points.slice(0, 2), ['g', 'r']).map(({ kind, fit }) => [kind, fit]), [['carried', null], ['carried', null]])
})
