import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL, UNKNOWN_HOST, type Band } from '../../../src/alert/alert.ts'
import { featureSet, type FeaturePoint } from '../../../src/light-curve/features/features.ts'
import type { Network } from '../../../src/model/engine.ts'
import { evaluate, fitTemperature, UNDETECTED_PROBABILITY, worstCalibrated, type EpochMetrics } from '../../../src/training/evaluation/evaluate.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { outputsAt, playObjects, type PlayedObject } from '../../../src/training/evaluation/playback.ts'
import { seededRandom } from '../../../src/training/data/random.ts'

const bands = ['g', 'r', 'i', 'z'] as const
const { length: lengthOf } = featureSet(1)
const photoZKnown = lengthOf(bands) - 2
const known = { photoZ: 'known', context: 'known' } as const
const unknown = { photoZ: 'unknown', context: 'unknown' } as const

/** A network whose logit is the number of the step, plus 1000 where the photo-z is known. */
const counting: Network = {
  engine: 'wasm',
  shape: { cell: 'lstm', bands, features: 1, layers: 1, width: 1, consensus: 'mean', heads: 1, headWidth: 1, classes: null, decoder: null },
  sequence: (features, steps, rows) => ({
    outputs: Float32Array.from({ length: steps * rows }, (_, k) => Math.floor(k / rows) + 1000 * features[k * lengthOf(bands) + photoZKnown]!),
    hidden: new Float32Array(0),
    weights: null
  }),
  forecast: () => { throw new Error('no decoder') },
  dispose: () => {}
}

const point = (midpointMjdTai: number, snr: number, band: Band = 'g'): FeaturePoint =>
  ({ midpointMjdTai, band, psfFlux: 10 * snr * NJY_PER_FLUXCAL, psfFluxErr: 10 * NJY_PER_FLUXCAL })
const object = (snid: string, points: FeaturePoint[], type = 'Ia'): LabelledObject =>
  ({ snid, points, noiseFree: null, type, isIa: type === 'Ia', host: { ...UNKNOWN_HOST, redshift: 0.3 }, redshift: null, peakMjd: null })

const AS_IT_IS = { classes: null, calibration: { temperature: 1 } } as const

/** An object of which the network said these logits. */
const said = (snid: string, isIa: boolean, logits: Float32Array): PlayedObject => ({
  snid, isIa, type: isIa ? 'Ia' : 'II', times: Array.from(logits, (_, step) => step), outputs: logits, detections: new Uint16Array(logits.length), firstDetection: 0, early: 0
})

test('objects of different length keep their place and their number of steps', () => {
  const lengths = [3, 70, 1, 12]
  const objects = lengths.map((length, k) => object(String(k), Array.from({ length }, (_, step) => point(100 + step, 6))))
  const played = playObjects(counting, objects, unknown)
  assert.deepEqual(played.map(({ snid }) => snid), ['0', '1', '2', '3'])
  assert.deepEqual(played.map(({ outputs }) => [...outputs].at(-1)), lengths.map(length => length - 1))
})

test('a photo-z that is to be unknown does not reach the network', () => {
  const objects = [object('1', [point(100, 6)])]
  assert.deepEqual([...playObjects(counting, objects, unknown)[0]!.outputs], [0])
  assert.deepEqual([...playObjects(counting, objects, known)[0]!.outputs], [1000])
})

test('early is the end of the night of the sixth observation with S/N > 4', () => {
  // S/N > 4 at steps 2, 3, 4, 6, 7 and 8; steps 9 and 10 are of the same night as step 8, step 11 of the next.
  const points = [point(90, 1), point(95, 4), point(100, 6), point(100.1, 5), point(101, 4.1), point(102, 3.9), point(102.1, 9), point(105, 9),
    point(106.1, 9), point(106.2, 2), point(106.35, 9), point(107.1, 9)]
  const [played] = playObjects(counting, [object('1', points)], known)
  assert.deepEqual([played!.firstDetection, played!.early, played!.outputs.length], [100, 10, 12])
})

test('with fewer than six such observations early is the end', () => {
  const [played] = playObjects(counting, [object('1', [point(100, 6), point(101, 6), point(102, 1)])], known)
  assert.equal(played!.early, 2)
})

test('an object that is detected in a band without steps is detected all the same', () => {
  const [played] = playObjects(counting, [object('1', [point(98, 3), point(99, 9, 'y'), point(100, 3)])], known)
  assert.deepEqual([played!.outputs.length, played!.firstDetection], [2, 99])
})

test('an object that was never detected has no steps and counts as not Ia', () => {
  const played = playObjects(counting, [object('1', [point(100, 4.9)]), object('2', [point(100, 6)], 'II')], known)
  assert.deepEqual([played[0]!.outputs.length, played[0]!.firstDetection], [0, null])
  const { objects, typeIa, final, early } = evaluate(played, AS_IT_IS)
  assert.deepEqual([objects, typeIa, final.completeness, early.completeness, UNDETECTED_PROBABILITY], [2, 1, 0, 0, 0.5])
})

test('the table by epochs counts the objects that have so many', () => {
  const played = Array.from({ length: 60 }, (_, k) => said(String(k), k % 2 === 0, new Float32Array(k < 30 ? 5 : 11).fill(k % 2 === 0 ? 1 : -1)))
  const { byEpochs } = evaluate(played, AS_IT_IS)
  assert.deepEqual(byEpochs.map(({ epochs, objects, typeIa, accuracy, auc, completeness, purity }) => [epochs, objects, typeIa, accuracy, auc, completeness, purity]),
    Array.from({ length: 11 }, (_, k) => [k + 1, k < 5 ? 60 : 30, k < 5 ? 30 : 15, 100, 1, 1, 1]))
})

test('the calibration is judged from 3 epochs on, with at least 500 objects', () => {
  const { byEpochs } = evaluate(Array.from({ length: 40 }, (_, k) => said(String(k), k % 2 === 0, new Float32Array(5))), AS_IT_IS)
  const line = (epochs: number, objects: number, ece: number): EpochMetrics => ({ ...byEpochs[0]!, epochs, objects, ece })
  assert.equal(worstCalibrated(byEpochs), null)
  assert.equal(worstCalibrated([line(2, 900, 0.5), line(3, 800, 0.01), line(4, 700, 0.03), line(5, 500, 0.02), line(6, 499, 0.4)])?.epochs, 4)
})

test('the temperature that spoilt the logits is found again', () => {
  const random = seededRandom(5)
  const played = Array.from({ length: 20_000 }, (_, k) => {
    const logit = 3 * random.normal()
    const isIa = random.uniform() < 1 / (1 + Math.exp(-logit))
    return said(String(k), isIa, Float32Array.of(1.7 * logit))
  })
  const { temperature } = fitTemperature(played)
  assert.ok(Math.abs(temperature - 1.7) < 0.08, String(temperature))
})

/** Two classes, and after them the template's features: version 2 with the context. */
const ofClasses: Network = {
  engine: 'wasm',
  shape: { cell: 'lstm', bands, features: 2, layers: 1, width: 1, consensus: 'both', heads: 4, headWidth: 1, classes: 2, decoder: null },
  sequence: (features, steps, rows) => {
    const length = featureSet(2).length(bands)
    const context = length - 9
    const outputs = Float32Array.from({ length: steps * rows * 3 }, (_, k) => {
      const at = Math.floor(k / 3)
      return k % 3 === 0 ? Math.floor(at / rows) : k % 3 === 1 ? features[at * length + context]! : -1
    })
    return { outputs, hidden: new Float32Array(0), weights: new Float32Array(0) }
  },
  forecast: () => { throw new Error('no decoder') },
  dispose: () => {}
}

test('of a network with classes every output of a step is kept, and the context reaches it only where it is to be known', () => {
  const seen = { ...object('1', [point(100, 6), point(101, 6), point(102, 6)]), context: { templateFlux: 1000 * Math.sinh(2), starScore: null, separation: null, realBogus: null, detections: null } }
  const objects = [seen, object('2', [point(100, 6)])]
  const outputsOf = (told: typeof known | typeof unknown): number[][] => playObjects(ofClasses, objects, told).map(({ outputs }) => [...outputs])
  assert.deepEqual(outputsOf(known), [[0, 1, -1, 1, 1, -1, 2, 1, -1], [0, 0, -1]])
  assert.deepEqual(outputsOf(unknown), [[0, 0, -1, 1, 0, -1, 2, 0, -1], [0, 0, -1]])
  assert.deepEqual([...outputsAt(playObjects(ofClasses, objects, known)[0]!, 1)!], [1, 1, -1])
  assert.equal(outputsAt(playObjects(ofClasses, objects, known)[0]!, 3), null)
})

test('detections are those so far with S/N > 4', () => {
  for (const network of [counting, ofClasses]) {
    const [played] = playObjects(network, [object('1', [point(99, 3), point(100, 6), point(101, 3.9), point(102, 4.1), point(103, -9)])], known)
    assert.deepEqual([...played!.detections], [0, 1, 1, 2, 2])
  }
})
