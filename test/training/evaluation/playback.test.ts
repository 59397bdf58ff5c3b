import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL, UNKNOWN_HOST, type Band } from '../../../src/alert/alert.ts'
import { featureLength, type FeaturePoint } from '../../../src/light-curve/features.ts'
import type { Network } from '../../../src/model/engine.ts'
import { evaluate, fitTemperature, UNDETECTED_PROBABILITY, worstCalibrated, type EpochMetrics } from '../../../src/training/evaluation/evaluate.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { playObjects, type PlayedObject } from '../../../src/training/evaluation/playback.ts'
import { seededRandom } from '../../../src/training/data/random.ts'

const bands = ['g', 'r', 'i', 'z'] as const
const photoZKnown = featureLength(bands) - 2

/** A network whose logit is the number of the step, plus 1000 where the photo-z is known. */
const counting: Network = {
  engine: 'wasm',
  shape: { cell: 'lstm', bands, layers: 1, width: 1, headWidth: 1 },
  sequence: (features, steps, rows) => ({
    logits: Float32Array.from({ length: steps * rows }, (_, k) => Math.floor(k / rows) + 1000 * features[k * featureLength(bands) + photoZKnown]!),
    hidden: new Float32Array(0)
  }),
  dispose: () => {}
}

const point = (midpointMjdTai: number, snr: number, band: Band = 'g'): FeaturePoint =>
  ({ midpointMjdTai, band, psfFlux: 10 * snr * NJY_PER_FLUXCAL, psfFluxErr: 10 * NJY_PER_FLUXCAL })
const object = (snid: string, points: FeaturePoint[], type = 'Ia'): LabelledObject =>
  ({ snid, points, noiseFree: null, type, isIa: type === 'Ia', host: { ...UNKNOWN_HOST, redshift: 0.3 }, redshift: null, peakMjd: null })

test('objects of different length keep their place and their number of steps', () => {
  const lengths = [3, 70, 1, 12]
  const objects = lengths.map((length, k) => object(String(k), Array.from({ length }, (_, step) => point(100 + step, 6))))
  const played = playObjects(counting, objects, 'unknown')
  assert.deepEqual(played.map(({ snid }) => snid), ['0', '1', '2', '3'])
  assert.deepEqual(played.map(({ logits }) => [...logits].at(-1)), lengths.map(length => length - 1))
})

test('a photo-z that is to be unknown does not reach the network', () => {
  const objects = [object('1', [point(100, 6)])]
  assert.deepEqual([...playObjects(counting, objects, 'unknown')[0]!.logits], [0])
  assert.deepEqual([...playObjects(counting, objects, 'known')[0]!.logits], [1000])
})

test('early is the end of the night of the sixth observation with S/N > 4', () => {
  // S/N > 4 at steps 2, 3, 4, 6, 7 and 8; steps 9 and 10 are of the same night as step 8, step 11 of the next.
  const points = [point(90, 1), point(95, 4), point(100, 6), point(100.1, 5), point(101, 4.1), point(102, 3.9), point(102.1, 9), point(105, 9),
    point(106.1, 9), point(106.2, 2), point(106.35, 9), point(107.1, 9)]
  const [played] = playObjects(counting, [object('1', points)], 'known')
  assert.deepEqual([played!.firstDetection, played!.early, played!.logits.length], [100, 10, 12])
})

test('with fewer than six such observations early is the end', () => {
  const [played] = playObjects(counting, [object('1', [point(100, 6), point(101, 6), point(102, 1)])], 'known')
  assert.equal(played!.early, 2)
})

test('an object that is detected in a band without steps is detected all the same', () => {
  const [played] = playObjects(counting, [object('1', [point(98, 3), point(99, 9, 'y'), point(100, 3)])], 'known')
  assert.deepEqual([played!.logits.length, played!.firstDetection], [2, 99])
})

test('an object that was never detected has no steps and counts as not Ia', () => {
  const played = playObjects(counting, [object('1', [point(100, 4.9)]), object('2', [point(100, 6)], 'II')], 'known')
  assert.deepEqual([played[0]!.logits.length, played[0]!.firstDetection], [0, null])
  const { objects, typeIa, final, early } = evaluate(played, { temperature: 1 })
  assert.deepEqual([objects, typeIa, final.completeness, early.completeness, UNDETECTED_PROBABILITY], [2, 1, 0, 0, 0.5])
})

test('the table by epochs counts the objects that have so many', () => {
  const played = Array.from({ length: 60 }, (_, k): PlayedObject => ({
    snid: String(k), isIa: k % 2 === 0, times: [], logits: new Float32Array(k < 30 ? 5 : 11).fill(k % 2 === 0 ? 1 : -1), firstDetection: 0, early: 0
  }))
  const { byEpochs } = evaluate(played, { temperature: 1 })
  assert.deepEqual(byEpochs.map(({ epochs, objects, typeIa, accuracy, auc, completeness, purity }) => [epochs, objects, typeIa, accuracy, auc, completeness, purity]),
    Array.from({ length: 11 }, (_, k) => [k + 1, k < 5 ? 60 : 30, k < 5 ? 30 : 15, 100, 1, 1, 1]))
})

test('the calibration is judged from 3 epochs on, with at least 500 objects', () => {
  const { byEpochs } = evaluate(Array.from({ length: 40 }, (_, k): PlayedObject => ({
    snid: String(k), isIa: k % 2 === 0, times: [], logits: new Float32Array(5), firstDetection: 0, early: 0
  })), { temperature: 1 })
  const line = (epochs: number, objects: number, ece: number): EpochMetrics => ({ ...byEpochs[0]!, epochs, objects, ece })
  assert.equal(worstCalibrated(byEpochs), null)
  assert.equal(worstCalibrated([line(2, 900, 0.5), line(3, 800, 0.01), line(4, 700, 0.03), line(5, 500, 0.02), line(6, 499, 0.4)])?.epochs, 4)
})

test('the temperature that spoilt the logits is found again', () => {
  const random = seededRandom(5)
  const played = Array.from({ length: 20_000 }, (_, k): PlayedObject => {
    const logit = 3 * random.normal()
    const isIa = random.uniform() < 1 / (1 + Math.exp(-logit))
    return { snid: String(k), isIa, times: [0], logits: Float32Array.of(1.7 * logit), firstDetection: 0, early: 0 }
  })
  const { temperature } = fitTemperature(played)
  assert.ok(Math.abs(temperature - 1.7) < 0.08, String(temperature))
})
