import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModelClass } from '../../../src/model/classes.ts'
import { softmax } from '../../../src/model/probabilities.ts'
import { uncalibrated, validationLoss } from '../../../src/training/evaluation/evaluate.ts'
import { fitClassCalibration } from '../../../src/training/evaluation/fit-calibration.ts'
import { spreadFactor } from '../../../src/training/evaluation/head-spread.ts'
import type { PlayedObject } from '../../../src/training/evaluation/playback.ts'
import { SHARE_DETECTIONS, trainingShares } from '../../../src/training/evaluation/training-shares.ts'
import { vectorScaling } from '../../../src/training/evaluation/vector-scaling.ts'
import { seededRandom } from '../../../src/training/data/random.ts'

const CLASSES: ModelClass[] = [{ name: 'Ia', id: 1, positive: true }, { name: 'II', id: 2, positive: false }, { name: 'AGN', id: 3, positive: false }]

function object (snid: number, type: string, outputs: number[][], detections = outputs.map((_, step) => step + 1)): PlayedObject {
  return {
    snid: String(snid), isIa: type === 'Ia', type, times: outputs.map((_, step) => step), outputs: Float32Array.from(outputs.flat()), detections: Uint16Array.from(detections), firstDetection: 0, early: 0
  }
}

/** Objects drawn by the softmax of logits, of which the network says logits·`factor` − `shift`, and a spread of 0. */
function drawn (count: number, steps: number, seed: number, spoil: (epochs: number) => { factor: number, shift: readonly number[] }): PlayedObject[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, k) => {
    const logits = CLASSES.map(() => 1.5 * random.normal())
    let rest = random.uniform()
    const place = softmax(logits).findIndex(probability => (rest -= probability) < 0)
    const outputs = Array.from({ length: steps }, (_, step) => {
      const { factor, shift } = spoil(step + 1)
      return [...logits.map((logit, c) => factor * (logit - shift[c]!)), 0]
    })
    return object(k, CLASSES[Math.max(0, place)]!.name, outputs)
  })
}

test('slope and offsets that spoilt the logits are found again, early and late', () => {
  const shift = [0.6, -0.2, -0.4]
  const { byEpochs, spread } = fitClassCalibration(drawn(6000, 16, 3, epochs => epochs <= 4 ? { factor: 2, shift } : { factor: 1, shift: [0, 0, 0] }), CLASSES)
  assert.deepEqual(byEpochs.map(({ epochs }) => epochs), [1.5, 3, 6, 12])
  const [early, late] = [byEpochs[0]!, byEpochs.at(-1)!]
  assert.ok(Math.abs(early.slope - 0.5) < 0.03, `slope ${early.slope}`)
  early.offsets.forEach((offset, k) => assert.ok(Math.abs(offset - shift[k]!) < 0.1, `offset ${k}: ${offset}`))
  assert.ok(Math.abs(late.slope - 1) < 0.06, `slope ${late.slope}`)
  late.offsets.forEach(offset => assert.ok(Math.abs(offset) < 0.1, `offset ${offset}`))
  assert.equal(spread, 1)
})

test('a few light curves change little, and none nothing', () => {
  const [knot] = fitClassCalibration(drawn(20, 5, 1, () => ({ factor: 3, shift: [0, 0, 0] })), CLASSES).byEpochs
  assert.ok(knot!.slope > 0.4 && knot!.slope < 1, String(knot!.slope))
  assert.deepEqual(fitClassCalibration([], CLASSES), { byEpochs: [{ epochs: 1, slope: 1, offsets: [0, 0, 0] }], spread: 1 })
})

test('at the fitted scaling the classes are as many as the probabilities say', () => {
  // The gradient of the loss in the offsets is that difference; the prior pulls by less than one object.
  const logits = Float64Array.from({ length: 300 }, (_, k) => Math.sin(k * k))
  const truth = Int32Array.from({ length: 100 }, (_, k) => k % 3 === 0 ? 1 : [0, 1, 2].reduce((best, c) => logits[3 * k + c]! > logits[3 * k + best]! ? c : best, 0))
  const { slope, offsets } = vectorScaling({ classes: 3, logits, truth, weights: new Float64Array(100).fill(1) }, 1e-6)
  const sums = [0, 0, 0]
  for (let n = 0; n < 100; n++) softmax(offsets.map((offset, k) => offset + slope * logits[3 * n + k]!)).forEach((p, k) => { sums[k]! += p })
  const counts = [0, 1, 2].map(k => truth.filter(place => place === k).length)
  assert.ok(slope > 0.1, String(slope))
  sums.forEach((sum, k) => assert.ok(Math.abs(sum - counts[k]!) < 1e-3, `${sum} of ${counts[k]}`))
})

test('the factor of the spread is the one that the truths were drawn with', () => {
  const random = seededRandom(8)
  for (const factor of [0.5, 1, 2.5]) {
    const samples = Array.from({ length: 15_000 }, () => {
      const [logit, spread] = [4 * random.normal(), Math.exp(random.normal())]
      return { logit, spread, isIa: random.uniform() < 1 / (1 + Math.exp(-(logit + factor * spread * random.normal()))) }
    })
    const found = spreadFactor(samples)
    assert.ok(Math.abs(Math.log(found / factor)) < 0.2, `${found} instead of ${factor}`)
  }
  assert.equal(spreadFactor([]), 1)
})

test('training shares count each object once at each number of detections that it reaches', () => {
  // 10 pseudo-objects are split 5 : 2 : 1 as (4 Ia, 1 II, no AGN) and one each.
  const played = [1, 2, 2, 9].map((detections, k) => object(k, 'Ia', [[0, 0, 0, 0], [0, 0, 0, 0]], [1, detections])).concat(
    object(9, 'II', [[0, 0, 0, 0]], [3]), object(10, 'TDE', [[0, 0, 0, 0]], [3]), object(11, 'AGN', [], []))
  const { name, detections, shares } = trainingShares(played, CLASSES)
  assert.deepEqual([name, detections], ['training', SHARE_DETECTIONS])
  const close = (row: number, expected: number[]): void => expected.forEach((share, k) => assert.ok(Math.abs(shares[row]![k]! - share) < 1e-12, `row ${row}: ${String(shares[row])}`))
  close(0, [(4 + 6.25) / 15, (1 + 2.5) / 15, 1.25 / 15])
  close(1, [(3 + 6.25) / 14, (1 + 2.5) / 14, 1.25 / 14])
  close(3, [(1 + 6.25) / 11, 2.5 / 11, 1.25 / 11])
  close(9, [0.625, 0.25, 0.125])
  for (const row of shares) assert.ok(Math.abs(row.reduce((a, b) => a + b) - 1) < 1e-12)
})

test('the validation loss of a network with classes is half at the end and half over the steps', () => {
  // P(true class) of the Ia: 1/3, then e²/(e² + 2); of the II: e/(e + 2).
  const played = [object(1, 'Ia', [[0, 0, 0, 9], [2, 0, 0, 9]]), object(2, 'II', [[0, 1, 0, 9]]), object(3, 'TDE', [[0, 1, 0, 9]]), object(4, 'Ia', [])]
  const [first, last, ii] = [1 / 3, Math.exp(2) / (Math.exp(2) + 2), Math.E / (Math.E + 2)].map(p => -Math.log(p))
  assert.ok(Math.abs(validationLoss(played, uncalibrated(CLASSES)) - ((last! + (first! + last!) / 2) / 2 + ii!) / 2) < 1e-6)
})
