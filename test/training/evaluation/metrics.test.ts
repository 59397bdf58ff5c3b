import assert from 'node:assert/strict'
import { test } from 'node:test'
import { areaUnderCurve, calibrationNoise, expectedCalibrationError, measure, reliabilityBins, type Outcome } from '../../../src/training/evaluation/metrics.ts'
import { seededRandom } from '../../../src/training/data/random.ts'

const outcomes = (probabilities: number[], truth: number[]): Outcome[] =>
  probabilities.map((probabilityIa, k) => ({ probabilityIa, isIa: truth[k] === 1 }))

const close = (actual: number | null, expected: number): void => {
  assert.ok(actual !== null && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`)
}

test('AUC of the four-point example of scikit-learn\'s roc_auc_score is 0.75', () => {
  close(areaUnderCurve(outcomes([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1])), 0.75)
})

test('ties count half in the AUC', () => {
  // Pairs (Ia, not): (0.5, 0.5) ½, (0.5, 0.2) 1, (0.9, 0.5) 1, (0.9, 0.2) 1: 3.5 of 4.
  close(areaUnderCurve(outcomes([0.5, 0.9, 0.5, 0.2], [1, 1, 0, 0])), 3.5 / 4)
  close(areaUnderCurve(outcomes([0.3, 0.3, 0.3], [1, 0, 0])), 0.5)
})

test('AUC does not exist for one class', () => {
  assert.equal(areaUnderCurve(outcomes([0.1, 0.9], [1, 1])), null)
  assert.equal(areaUnderCurve([]), null)
})

test('accuracy, completeness, purity and figure of merit follow from the confusion matrix', () => {
  // 3 true positives, 1 false positive, 1 false negative, 5 true negatives; 0.5 exactly is not called Ia.
  const measured = measure(outcomes([0.9, 0.8, 0.6, 0.7, 0.5, 0.1, 0.2, 0.3, 0.4, 0.05], [1, 1, 1, 0, 1, 0, 0, 0, 0, 0]))
  close(measured.accuracy, 80)
  close(measured.completeness, 3 / 4)
  close(measured.purity, 3 / 4)
  close(measured.figureOfMerit, 3 / 4 * 3 / (3 + 3 * 1))
})

test('nothing called Ia has no purity, and a figure of merit of zero', () => {
  const measured = measure(outcomes([0.1, 0.2], [1, 0]))
  assert.deepEqual([measured.purity, measured.completeness, measured.figureOfMerit, measured.accuracy], [null, 0, 0, 50])
})

test('calibration error is the weighted gap between mean P(Ia) and share of Ia in 15 bins', () => {
  // Bin 14 [14/15, 1]: 0.95 and 1.0, one of them Ia: gap 0.475 each. Bin 3 [0.2, 0.2667): 0.25, no Ia: gap 0.25.
  close(expectedCalibrationError(outcomes([0.95, 1, 0.25], [1, 0, 0])), (2 * 0.475 + 0.25) / 3)
  close(expectedCalibrationError(outcomes([1, 0], [1, 0])), 0)
  assert.equal(expectedCalibrationError([]), null)
})

test('the bins of the reliability diagram share out all objects', () => {
  const bins = reliabilityBins(outcomes([0, 0.05, 0.5, 1], [0, 1, 1, 1]))
  assert.equal(bins.length, 15)
  assert.deepEqual(bins.flatMap(({ objects, typeIa }, k) => objects > 0 ? [[k, objects, typeIa]] : []), [[0, 2, 1], [7, 1, 1], [14, 1, 1]])
  close(bins[0]!.probabilitySum, 0.05)
})

test('chance alone gives the calibration error that drawn objects have on average', () => {
  // 2,000 draws of 90 objects whose P(Ia) is right, against the formula.
  const random = seededRandom(8)
  const probabilities = Array.from({ length: 90 }, (_, k) => 0.02 + 0.96 * (k % 9) / 8)
  let sum = 0
  for (let draw = 0; draw < 2000; draw++) sum += expectedCalibrationError(outcomes(probabilities, probabilities.map(p => random.uniform() < p ? 1 : 0)))!
  const noise = calibrationNoise(outcomes(probabilities, probabilities.map(() => 0)))!
  assert.ok(Math.abs(sum / 2000 / noise - 1) < 0.05, `${sum / 2000} drawn, ${noise} by the formula`)
  assert.equal(calibrationNoise(outcomes([1, 0], [1, 0])), 0)
})
