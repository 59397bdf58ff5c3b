import assert from 'node:assert/strict'
import { test } from 'node:test'
import { featureSet } from '../../../../src/light-curve/features/features.ts'
import { hiddenStateLength, PEAK_VALUES } from '../../../../src/model/shape.ts'
import { loadWasmEngine } from '../../../../src/model/wasm-engine.ts'
import { coverageOf } from '../../../../src/training/evaluation/forecast/figures.ts'
import { factorOf, fitIntervals, INTERVALS, pullsOf, withIntervals } from '../../../../src/training/evaluation/forecast/fit-intervals.ts'
import { seededRandom } from '../../../../src/training/data/random.ts'
import { untrainedModel } from '../../../untrained-model.ts'
import { CLASSES, curve, SLOPE, straight } from './straight.ts'

test('intervals that hold too many or too few are given the factor with which they hold what they say', () => {
  const random = seededRandom(9)
  const gaussian = Array.from({ length: 8000 }, () => random.normal())
  for (const sigma of [0.6, 1, 1.7]) assert.ok(Math.abs(factorOf(gaussian.map(pull => sigma * pull)) / sigma - 1) < 0.04, `${sigma}`)
  // Heavy tails: the root mean square of these is 1, and ±1 holds 79 %.
  const tailed = gaussian.map((pull, k) => pull * (k % 10 === 0 ? 2.6 : 0.6))
  assert.ok(coverageOf(tailed).within68! > 0.8)
  const factor = factorOf(tailed)
  const { within68, within95 } = coverageOf(tailed.map(pull => pull / factor))
  assert.ok(Math.abs(within68! - 0.6827) < 0.07 && Math.abs(within95! - 0.95) < 0.07, `${within68}, ${within95}`)
  assert.equal(factorOf(gaussian.slice(0, 49)), 1, 'too few to tell')
})

test('pulls are those of objects with a peak, of every later point that the decoder reaches', () => {
  const objects = [curve('1', true), curve('2', false), curve('3', true, { type: 'AGN', isIa: false, peakMjd: null })]
  const wide = pullsOf(straight(SLOPE, 0.05), objects, CLASSES)
  assert.ok(wide.flux.length > 100)
  assert.ok(wide.flux.every(pull => Math.abs(pull) < 1e-3), 'a perfect forecast')
  const off = pullsOf(straight(SLOPE, 0.05, 1), objects, CLASSES)
  assert.equal(off.phase.length, 12)
  assert.ok(off.phase.every(pull => pull < -0.5), 'the phase says a day too many')
  assert.deepEqual(fitIntervals(straight(SLOPE, 0.05), [objects[2]!], CLASSES), { flux: 1, peakTime: 1, peakFlux: 1, phase: 1 })
})

test('weights with other intervals say the same, and σ times the factor', async () => {
  const { shape, weights } = untrainedModel({ features: 2, classes: 3, heads: 2, consensus: 'both', decoder: { width: 7, days: 12 } })
  const factors = { flux: 0.8, peakTime: 1.3, peakFlux: 0.6, phase: 1.7 }
  const random = seededRandom(4)
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => random.uniform())
  const engine = await loadWasmEngine()
  const [before, after] = [weights, withIntervals(shape, weights, factors)].map(of => engine.load(shape, of, [0])) as [ReturnType<typeof engine.load>, ReturnType<typeof engine.load>]
  const from = { hidden: values(3 * hiddenStateLength(shape)), steps: Float32Array.of(1, 2, 3), outlook: values(3 * featureSet(2).outlookLength(shape.bands)) }
  const [old, now] = [before.forecast(from, 3), after.forecast(from, 3)]
  const bands = shape.bands.length
  const near = (actual: number, expected: number, what: string): void => assert.ok(Math.abs(actual - expected) < 2e-3, `${what}: ${actual} is not ${expected}`)
  // ln σ² of what lies far above the least variance.
  old.days.forEach((value, k) => near(now.days[k]!, value + (k % (2 * bands) < bands ? 0 : 2 * Math.log(factors.flux)), `value ${k} of the days`))
  old.peaks.forEach((value, k) => near(now.peaks[k]!, value + [0, 0, 2 * Math.log(factors.peakTime), 2 * Math.log(factors.peakFlux)][k % PEAK_VALUES]!, `value ${k} of the peaks`))
  const features = values(4 * featureSet(2).length(shape.bands))
  const [said, saying] = [before.sequence(features, 4, 1), after.sequence(features, 4, 1)]
  assert.deepEqual(saying.hidden, said.hidden)
  const length = said.outputs.length / 4
  said.outputs.forEach((value, k) => near(saying.outputs[k]!, value + (k % length === length - 1 ? 2 * Math.log(factors.phase) : 0), `output ${k}`))
  assert.equal(INTERVALS.length, 4)
})
