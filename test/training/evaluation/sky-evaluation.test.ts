import assert from 'node:assert/strict'
import { test } from 'node:test'
import { againstLines } from '../../../src/training/evaluation/against.ts'
import { typeLines } from '../../../src/training/evaluation/by-type.ts'
import { errorQuintiles } from '../../../src/training/evaluation/error-quintiles.ts'
import { afterDays, END, instancesAt } from '../../../src/training/evaluation/judged.ts'
import { areaUnderCurve, expectedCalibrationError, measure } from '../../../src/training/evaluation/metrics.ts'
import { purityAt, purityCurve, thinned } from '../../../src/training/evaluation/purity-completeness.ts'
import { shareWeights } from '../../../src/training/evaluation/share-weights.ts'
import { evaluateSky } from '../../../src/training/evaluation/sky-evaluation.ts'
import { CLASSES, EVENLY, sketched, type Sketch } from './sketched-objects.ts'

const near = (actual: number | null | undefined, expected: number, off = 1e-6): void =>
  assert.ok(typeof actual === 'number' && Math.abs(actual - expected) < off, `${actual} is not ${expected}`)

/** P(Ia) after each of `count` steps: `before` until step `at` [from 1], then `from` on. */
const rising = (count: number, at: number, before: number, from: number): number[] => Array.from({ length: count }, (_, step) => step + 1 < at ? before : from)

test('the shares by set and type are counted at the end, after 5, 10, 20 epochs and at any epoch', () => {
  const lines = typeLines(sketched([
    { type: 'Ia', probabilities: rising(25, 6, 0.2, 0.95) },
    { type: 'Ia', probabilities: rising(3, 1, 0, 0.6) }, // with fewer epochs: its last counts
    { type: 'Ia', probabilities: [...rising(12, 1, 0, 0.97), 0.1] },
    { type: 'Ia', probabilities: [] }, // never detected: not called Ia
    { type: 'II', label: 'IIn', probabilities: [0.4] },
    { set: 'b', type: 'II', label: 'IIn', probabilities: [0.5] }
  ]))
  assert.deepEqual(lines.map(({ set, label, type, objects, never }) => [set, label, type, objects, never]), [['a', 'Ia', 'Ia', 4, 1], ['a', 'IIn', 'II', 1, 0], ['b', 'IIn', 'II', 1, 0]])
  const [ia, , ofB] = lines
  assert.deepEqual([ia!.end, ia!.after['5'], ia!.after['10'], ia!.after['20'], ia!.ever],
    [{ half: 0.5, sure: 0.25 }, { half: 0.5, sure: 0.25 }, { half: 0.75, sure: 0.5 }, { half: 0.5, sure: 0.25 }, { half: 0.75, sure: 0.5 }])
  near(ia!.median, 0.6)
  // 0.5 exactly is not above it.
  assert.equal(ofB!.end.half, 0)
})

test('Ia of one set are told from the classes of another, and from chosen ones together', () => {
  const judged = sketched([
    { set: 'ia', type: 'Ia', probabilities: [0.3, 0.9] }, { set: 'ia', type: 'Ia', probabilities: [0.7] }, { set: 'ia', type: 'Ia', probabilities: [] },
    { set: 'cc', type: 'II', label: 'IIn', probabilities: [0.8] }, { set: 'cc', type: 'II', probabilities: [0.2] }, { set: 'cc', type: 'AGN', probabilities: [0.75] }
  ])
  const lines = againstLines(judged, EVENLY, [['II', 'AGN'], ['IIn'], ['Ic']])
  assert.deepEqual(lines.map(({ against, typeIa, objects }) => [against, typeIa, objects]), [['all others', 2, 3], ['II+AGN', 2, 3], ['IIn', 2, 1], ['AGN', 2, 1], ['II', 2, 2]])
  // Ia .9 and .7 against .8, .2, .75: 3 + 1 of 6 pairs.
  near(lines[0]!.auc['end'], 4 / 6)
  near(lines[0]!.auc['5 epochs'], 4 / 6)
  near(lines[2]!.auc['end'], 1 / 2)
  near(lines[4]!.auc['end'], 3 / 4)
})

test('days count from the first detection, and an object that was never detected is not looked at', () => {
  const judged = sketched([{ type: 'Ia', probabilities: [0.1, 0.2, 0.3, 0.4], times: [95, 100, 104, 120] }, { type: 'II', probabilities: [] }])
  const at = (days: number): number[] => instancesAt(judged, afterDays(days), EVENLY).map(({ probabilities }) => Number(probabilities.probabilityIa.toFixed(4)))
  assert.deepEqual([at(0), at(3.9), at(4), at(64)], [[0.2], [0.2], [0.3], [0.4]])
})

test('objects weigh as their class does in the sky, and what no object stands for is told', () => {
  const judged = sketched([
    { type: 'Ia', probabilities: [0.9] }, { type: 'Ia', probabilities: [0.8] }, { type: 'Ia', probabilities: [0.4] }, { type: 'II', probabilities: [0.6] }, { type: 'Ia-91T', probabilities: [0.9] }
  ])
  // Of Ia there are 3 of 4, and 0.2 in the sky; of II 1 of 4, and 0.5; the classes of 0.7 of the sky are there. Weights ∝ 4/15 and 2.
  const shares = { name: 'sky', detections: [1, 10], shares: [[0.2, 0.5, 0.3], [0.9, 0.05, 0.05]] }
  const { weights, effectiveObjects, coverage } = shareWeights(instancesAt(judged, END, EVENLY), CLASSES, shares)
  const unit = 4 / (3 * 4 / 15 + 2)
  weights.forEach((weight, k) => near(weight, [4 / 15 * unit, 4 / 15 * unit, 4 / 15 * unit, 2 * unit, 0][k]!))
  near(effectiveObjects, 16 / weights.reduce((sum, weight) => sum + weight * weight, 0))
  near(coverage, 0.7)
})

test('the weights of a sky of as many detections are those of its row', () => {
  const sketches = (count: number): Sketch[] => [...Array.from({ length: 30 }, (): Sketch => ({ type: 'Ia', probabilities: [0.5], detections: [count] })),
    ...Array.from({ length: 10 }, (): Sketch => ({ type: 'AGN', probabilities: [0.5], detections: [count] }))]
  const shares = { name: 'sky', detections: [1, 100], shares: [[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]] }
  for (const [count, ia, agn] of [[1, 0.5, 0.25], [100, 0.1, 0.8], [4000, 0.1, 0.8]] as const) {
    const { weights } = shareWeights(instancesAt(sketched(sketches(count)), END, EVENLY), CLASSES, shares)
    near(30 * weights[0]! / (10 * weights[30]!), ia / agn)
  }
})

test('a weight counts as that many objects', () => {
  const outcomes = [{ probabilityIa: 0.9, isIa: true, weight: 2 }, { probabilityIa: 0.7, isIa: false, weight: 3 }, { probabilityIa: 0.2, isIa: true }, { probabilityIa: 0.1, isIa: false, weight: 4 }]
  const many = outcomes.flatMap(({ weight = 1, ...one }) => Array.from({ length: weight }, () => one))
  near(areaUnderCurve(outcomes), areaUnderCurve(many)!)
  near(expectedCalibrationError(outcomes), expectedCalibrationError(many)!)
  const [weighted, counted] = [measure(outcomes), measure(many)]
  for (const figure of ['accuracy', 'completeness', 'purity', 'figureOfMerit'] as const) near(weighted[figure], counted[figure]!)
})

test('purity and completeness follow the list from the largest P(Ia) down', () => {
  const curve = purityCurve([{ probabilityIa: 0.9, isIa: true }, { probabilityIa: 0.8, isIa: false }, { probabilityIa: 0.8, isIa: true }, { probabilityIa: 0.3, isIa: true, weight: 2 }, { probabilityIa: 0.1, isIa: false }])
  assert.deepEqual(curve.map(({ completeness, purity }) => [completeness, purity]), [[1 / 4, 1], [2 / 4, 2 / 3], [1, 4 / 5], [1, 4 / 6]])
  assert.deepEqual([purityAt(curve, 0.25), purityAt(curve, 0.5), purityAt(curve, 1), purityAt([], 0.5)], [1, 4 / 5, 4 / 5, null])
  assert.deepEqual(thinned(curve, 2), [curve[0], curve[3]])
  assert.deepEqual(purityCurve([{ probabilityIa: 0.9, isIa: false }]), [])
})

test('the confusion matrix has true classes that the model does not know, and F1 of those that it does', () => {
  // Called Ia, II, II, Ia, and AGN never: II has three quarters of what is not Ia.
  const { moments, shares } = evaluateSky(sketched([
    { type: 'Ia', probabilities: [0.9] }, { type: 'Ia', probabilities: [0.1] }, { type: 'II', probabilities: [0.2] }, { type: 'Ia-91T', probabilities: [0.8] }
  ]), EVENLY)
  const { classes } = moments.at(-1)!
  assert.equal(shares, 'training')
  assert.deepEqual(classes!.confusion, { truth: ['Ia', 'II', 'Ia-91T'], called: ['Ia', 'II', 'AGN'], counts: [[1, 1, 0], [0, 1, 0], [1, 0, 0]] })
  const [ia, ii, agn] = classes!.classes
  assert.deepEqual([ia!.completeness, ia!.purity, ia!.f1, ii!.completeness, ii!.purity], [0.5, 0.5, 0.5, 1, 0.5])
  near(ii!.f1, 2 / 3)
  assert.deepEqual(agn, { name: 'AGN', objects: 0, called: 0, completeness: null, purity: null, f1: null, auc: null })
  near(classes!.macroF1, (1 / 2 + 2 / 3) / 2)
  // P(II) is .6 of II, and .075, .675, .15 of the others: 2 of 3 pairs.
  near(ii!.auc, 2 / 3)
  near(classes!.accuracy, 50)
})

test('of a model without classes there are no classes, and all else', () => {
  const asked = { calibrated: { classes: null, calibration: { temperature: 1 } }, shares: null } as const
  const evaluation = evaluateSky(sketched([{ type: 'Ia', probabilities: [0.9] }, { type: 'II', probabilities: [0.2] }], asked), asked)
  assert.deepEqual([evaluation.shares, evaluation.errors, evaluation.moments.length, evaluation.moments[0]!.classes], [null, [], 8, null])
  assert.equal(evaluation.types.length, 2)
})

test('probabilities under other shares rule the table, the lists and the weights alike', () => {
  // Ten times as many AGN in the sky as in the training: P(Ia) = .6 becomes .6/(.6 + .3 + .1·10) = .316.
  const shares = { name: 'nuclei', detections: [1], shares: [[1 / 12, 1 / 12, 10 / 12]] }
  const evaluation = evaluateSky(sketched([{ type: 'Ia', probabilities: [0.6] }, { type: 'AGN', probabilities: [0.1] }], { ...EVENLY, shares }), { ...EVENLY, shares })
  near(evaluation.types[0]!.median, 0.6 / 1.9)
  assert.equal(evaluation.types[0]!.end.half, 0)
  const { ia } = evaluation.moments.at(-1)!
  // The two weigh 1 : 10, and together stand for 11 of 12 objects.
  near(ia.coverage, 11 / 12)
  near(ia.effectiveObjects, 11 ** 2 / 101)
  assert.equal(evaluation.shares, 'nuclei')
})

test('five parts by the error hold as many objects each, with what went wrong in them', () => {
  // Spread 1 … 10: P(Ia) = .8 of ten Ia and not Ia; the last two are wrong.
  const judged = sketched(Array.from({ length: 10 }, (_, k): Sketch => ({ type: k < 8 ? 'Ia' : 'II', probabilities: [0.8], spread: k + 1 })))
  const parts = errorQuintiles(instancesAt(judged, END, EVENLY)).filter(({ by }) => by === 'probabilityIaErr')
  assert.deepEqual(parts.map(({ quintile, objects, wrong }) => [quintile, objects, wrong]), [[1, 2, 0], [2, 2, 0], [3, 2, 0], [4, 2, 0], [5, 2, 1]])
  near(parts[0]!.from, 0.16)
  near(parts[4]!.to, 1.6)
  near(parts[4]!.brier, 0.64)
  near(parts[4]!.brierExpected, 0.16)
  near(parts[4]!.wrongExpected, 0.2)
  assert.deepEqual(errorQuintiles(instancesAt(sketched([{ type: 'Ia', probabilities: [0.8] }]), END, EVENLY)), [])
})
