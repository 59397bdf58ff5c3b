import * as tf from '@tensorflow/tfjs-core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { featureSet } from '../../../src/light-curve/features/features.ts'
import { logVariance } from '../../../src/model/forecast/decoder-scale.ts'
import { dayLength, hiddenStateLength, inputLength, PEAK_VALUES, type NetworkShape } from '../../../src/model/shape.ts'
import { loadTensorflow } from '../../../src/model/tensorflow-backend.ts'
import { loadTensorflowEngine } from '../../../src/model/tensorflow-engine.ts'
import { seededRandom } from '../../../src/training/data/random.ts'
import { initialWeights, TrainableNetwork } from '../../../src/training/network/trainable-network.ts'
import { needs } from '../../parts.ts'

const shape: NetworkShape = {
  cell: 'lstm', bands: ['g', 'r', 'i'], features: 2, layers: 2, width: 8, consensus: 'both', heads: 2, headWidth: 6, classes: 4, decoder: { width: 9, days: 11 }
}

test('without dropout the trainable decoder says from any step what the engine says of the state carried there', async t => {
  if (!needs(t, 'tensorflow')) return
  const [steps, rows] = [7, 3]
  const network = new TrainableNetwork(await loadTensorflow(), shape, 0)
  const weights = initialWeights(network.specs, seededRandom(3))
  network.assign(weights)
  const random = seededRandom(4)
  const normal = (length: number): Float32Array => Float32Array.from({ length }, () => random.normal())
  const features = normal(steps * rows * inputLength(shape))
  const places = Int32Array.of(4, 20, 4, 13)
  const outlook = normal(places.length * featureSet(shape.features).outlookLength(shape.bands))
  const engine = (await loadTensorflowEngine()).load(shape, weights, [0])
  const { hidden, outputs } = engine.sequence(features, steps, rows)
  const length = hiddenStateLength(shape)
  const from = {
    hidden: Float32Array.from([...places].flatMap(place => [...hidden.subarray(place * length, (place + 1) * length)])),
    steps: Float32Array.from(places, place => 1 + Math.floor(place / rows)),
    outlook
  }
  const expected = engine.forecast(from, places.length)
  const { phase, days, peaks } = tf.tidy(() => {
    const { carried, phase } = network.forward(tf.tensor3d(features, [steps, rows, inputLength(shape)]), 0, 1)
    const forecast = network.forecast(carried, places, outlook)
    return { phase: phase!.arraySync() as number[][], days: forecast.days.arraySync(), peaks: forecast.peaks.arraySync() as number[][] }
  })
  const bands = shape.bands.length
  const said = outlook.length / places.length
  const near = (value: number, other: number, what: string): void => assert.ok(Math.abs(value - other) < 1e-5, `${what}: ${value} and ${other}`)
  days.forEach((ofRows, day) => ofRows.forEach((values, row) => values.forEach((value, k) => {
    near(k < bands ? outlook[row * said + k]! + value : logVariance(value), expected.days[(day * places.length + row) * dayLength(shape) + k]!, `day ${day}, row ${row}, value ${k}`)
  })))
  peaks.forEach((values, row) => values.forEach((value, k) => {
    const [band, place] = [Math.floor(k / PEAK_VALUES), k % PEAK_VALUES]
    near(place === 0 ? value : place === 1 ? outlook[row * said + bands + band]! + value : logVariance(value), expected.peaks[row * values.length + k]!, `peaks of row ${row}, value ${k}`)
  }))
  phase.forEach(([value, variance], k) => {
    near(value!, outputs.at((k + 1) * outputs.length / (steps * rows) - 2)!, `phase of step ${k}`)
    near(logVariance(variance!), outputs.at((k + 1) * outputs.length / (steps * rows) - 1)!, `variance of the phase of step ${k}`)
  })
})

test('a forecast teaches every weight of the decoder and of the layers below it', async t => {
  if (!needs(t, 'tensorflow')) return
  const network = new TrainableNetwork(await loadTensorflow(), shape, 0)
  network.assign(initialWeights(network.specs, seededRandom(3)))
  const outlook = new Float32Array(2 * featureSet(shape.features).outlookLength(shape.bands)).fill(0.3)
  const { gradients } = network.gradients(() => {
    const { carried, phase, logits, auxiliary } = network.forward(tf.ones([5, 2, inputLength(shape)]), 0.1, 1)
    const { days, peaks } = network.forecast(carried, Int32Array.of(9, 6), outlook)
    const unused = tf.mul(0, tf.add(tf.sum(logits), tf.sum(auxiliary)))
    return tf.addN([tf.sum(tf.square(days)), tf.sum(tf.square(peaks)), tf.sum(tf.square(phase!)), unused as tf.Scalar])
  })
  const taught = network.specs.map(({ name }) => name).filter(name => gradients[name]!.some(value => value !== 0))
  const others = network.specs.map(({ name }) => name).filter(name => !taught.includes(name))
  assert.deepEqual(others, ['logits/kernel', 'logits/bias', 'auxiliary/kernel', 'auxiliary/bias'])
  assert.ok(Object.values(gradients).every(values => values.every(Number.isFinite)))
})
