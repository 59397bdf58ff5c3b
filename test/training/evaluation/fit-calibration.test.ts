import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probabilityIa } from '../../../src/model/calibration.ts'
import { fitCalibration } from '../../../src/training/evaluation/fit-calibration.ts'
import type { PlayedObject } from '../../../src/training/evaluation/playback.ts'
import { seededRandom } from '../../../src/training/data/random.ts'

/** Objects whose chance of being Ia is known at every step, under logits that were spoilt by `spoil`. */
function spoilt (count: number, steps: number, seed: number, spoil: (logit: number, epochs: number) => number): { played: PlayedObject[], truth: number[] } {
  const random = seededRandom(seed)
  const truth: number[] = []
  const played = Array.from({ length: count }, (_, k) => {
    const logit = 2 * random.normal() - 0.5
    truth.push(1 / (1 + Math.exp(-logit)))
    return {
      snid: String(k),
      isIa: random.uniform() < truth[k]!,
      type: '',
      times: Array.from({ length: steps }, (_, step) => step),
      outputs: Float32Array.from({ length: steps }, (_, step) => spoil(logit, step + 1)),
      detections: new Uint16Array(steps),
      firstDetection: 0,
      early: Math.floor(steps / 2)
    }
  })
  return { played, truth }
}

test('what was spoilt early in the light curve only is mended there and left alone later', () => {
  const spoil = (logit: number, epochs: number): number => epochs <= 8 ? 2 * logit + 1 : logit
  const calibration = fitCalibration(spoilt(4000, 48, 1, spoil).played, 0.408)
  const { played, truth } = spoilt(2000, 48, 2, spoil)
  for (const epochs of [2, 4, 20, 40]) {
    const differences = played.map(({ outputs }, k) => probabilityIa(outputs[epochs - 1]!, epochs, calibration) - truth[k]!)
    const mean = differences.reduce((a, b) => a + b) / differences.length
    const size = differences.reduce((a, b) => a + Math.abs(b), 0) / differences.length
    assert.ok(Math.abs(mean) < 0.02, `bias ${mean} at ${epochs} epochs`)
    assert.ok(size < 0.03, `difference ${size} at ${epochs} epochs`)
  }
})

test('too few light curves leave the temperature alone', () => {
  assert.equal(fitCalibration(spoilt(200, 10, 1, logit => logit).played, 0.4).byEpochs, undefined)
})

test('a validation part with too many Ia by chance does not make early probabilities too high', () => {
  const { played, truth } = spoilt(3000, 24, 5, logit => logit)
  const share = truth.reduce((a, b) => a + b) / truth.length
  const lopsided = played.filter(({ isIa }, k) => isIa || k % 3 !== 0)
  const bias = (calibration: ReturnType<typeof fitCalibration>): number =>
    played.reduce((sum, { outputs }, k) => sum + probabilityIa(outputs[2]!, 3, calibration) - truth[k]!, 0) / played.length
  const found = lopsided.filter(({ isIa }) => isIa).length / lopsided.length
  assert.ok(found > share + 0.05)
  assert.ok(Math.abs(bias(fitCalibration(lopsided, share))) < 0.012, String(bias(fitCalibration(lopsided, share))))
  assert.ok(bias(fitCalibration(lopsided, found)) > 0.03)
})

test('a network that is far too sure of itself keeps telling the types apart', () => {
  const random = seededRandom(9)
  const { played } = spoilt(1000, 48, 9, logit => logit)
  // Ia: uniform in -90 … 510, the others mirrored.
  for (const object of played) object.outputs = object.outputs.map(() => (object.isIa ? 300 : -300) * (2 * random.uniform() - 0.3))
  const calibration = fitCalibration(played, 0.4)
  for (const epochs of [1, 5, 20, 48]) {
    const right = played.filter(({ outputs, isIa }) => (probabilityIa(outputs[epochs - 1]!, epochs, calibration) > 0.5) === isIa).length
    assert.ok(right / played.length > 0.8, `${right} of ${played.length} right at ${epochs} epochs`)
  }
})
