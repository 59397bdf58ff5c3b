import * as tf from '@tensorflow/tfjs-core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CELL_NAMES } from '../../../src/model/cells/layout.ts'
import { CONSENSUSES, inputLength, outputLength, type NetworkShape } from '../../../src/model/shape.ts'
import { loadTensorflow } from '../../../src/model/tensorflow-backend.ts'
import { loadTensorflowEngine } from '../../../src/model/tensorflow-engine.ts'
import { dropout } from '../../../src/training/network/dropout.ts'
import { seededRandom } from '../../../src/training/data/random.ts'
import { initialWeights, runningMean, TrainableNetwork, trainableSpecs } from '../../../src/training/network/trainable-network.ts'
import { needs } from '../../parts.ts'

const twoLogits = { bands: ['g', 'r', 'i', 'z'], features: 1, layers: 2, width: 8, consensus: 'mean', heads: 1, headWidth: 6, classes: null, decoder: null } as const
const withClasses = { ...twoLogits, features: 2, heads: 3, classes: 4 } as const
const SHAPES: ReadonlyArray<[string, NetworkShape]> = [
  ...CELL_NAMES.map((cell): [string, NetworkShape] => [cell, { ...twoLogits, cell }]),
  ...CONSENSUSES.map((consensus): [string, NetworkShape] => [`lstm with classes, consensus ${consensus}`, { ...withClasses, cell: 'lstm', consensus }])
]

test('the running mean and its gradient are those of a triangular matrix product', async t => {
  if (!needs(t, 'tensorflow')) return
  await loadTensorflow()
  // Equal sizes of all axes: a gradient along the wrong axis would not show in the shape.
  const values = Array.from({ length: 27 }, (_, k) => Math.sin(k))
  const weights = tf.tensor3d(values.toReversed(), [3, 3, 3])
  const triangle = tf.tensor2d([1, 0, 0, 1 / 2, 1 / 2, 0, 1 / 3, 1 / 3, 1 / 3], [3, 3])
  const byMatrix = (h: tf.Tensor3D): tf.Tensor3D => tf.reshape(tf.matMul(triangle, tf.reshape(h, [3, 9])), [3, 3, 3])
  const both = [runningMean, byMatrix].map(mean => {
    const loss = (h: tf.Tensor): tf.Tensor => tf.sum(tf.mul(mean(h as tf.Tensor3D), weights))
    const h = tf.tensor3d(values, [3, 3, 3])
    return [...mean(h).dataSync(), ...tf.grad(loss)(h).dataSync()]
  }) as [number[], number[]]
  both[0].forEach((value, k) => assert.ok(Math.abs(value - both[1][k]!) < 1e-6, `element ${k}`))
})

test('with chunks the running mean stays, and gradients do not go back beyond a chunk\'s start', async t => {
  if (!needs(t, 'tensorflow')) return
  await loadTensorflow()
  const h = tf.tensor3d(Array.from({ length: 5 }, (_, k) => Math.cos(k)), [5, 1, 1])
  assert.deepEqual(runningMean(h, 2).dataSync(), runningMean(h).dataSync())
  // Chunks of steps 1-2, 3-4 and 5: h of step 1 counts in the means of steps 1 and 2, that of step 3 in 3 and 4.
  const gradient = tf.grad(h => tf.sum(runningMean(h as tf.Tensor3D, 2)))(h).dataSync()
  ;[1 + 1 / 2, 1 / 2, 1 / 3 + 1 / 4, 1 / 4, 1 / 5].forEach((value, k) => assert.ok(Math.abs(gradient[k]! - value) < 1e-6, `step ${k + 1}`))
})

test('dropout sets its share to zero, keeps the mean, and repeats with the seed', async t => {
  if (!needs(t, 'tensorflow')) return
  const tensorflow = await loadTensorflow()
  const ones = tf.ones([100, 100])
  const [first, again, other] = [[7, 0], [7, 0], [7, 1]].map(seed =>
    [...dropout(tensorflow, ones, 0.2, seed as [number, number]).dataSync()]) as [number[], number[], number[]]
  assert.ok(first.every(value => value === 0 || value === 1.25))
  assert.ok(Math.abs(first.filter(value => value === 0).length / 1e4 - 0.2) < 0.02)
  assert.deepEqual(again, first)
  assert.notDeepEqual(other, first)
})

for (const [name, shape] of SHAPES) {
  test(`${name}: without dropout the trainable network says what the engine says of the same weights, truncated or not`, async t => {
    if (!needs(t, 'tensorflow')) return
    const tensorflow = await loadTensorflow()
    const [steps, rows] = [11, 3]
    const network = new TrainableNetwork(tensorflow, shape, 3)
    const weights = initialWeights(trainableSpecs(shape, 3), seededRandom(3))
    network.assign(weights)
    const random = seededRandom(4)
    const features = Float32Array.from({ length: steps * rows * inputLength(shape) }, () => random.normal())
    const { outputs } = (await loadTensorflowEngine()).load(shape, weights, [1]).sequence(features, steps, rows)
    const length = outputLength(shape)
    for (const truncate of [null, 4]) {
      const { logits } = network.forward(tf.tensor3d(features.slice(), [steps, rows, inputLength(shape)]), 0, 1, truncate)
      const [heads, count, columns] = logits.shape
      const mean = tf.mean(logits, 0).dataSync()
      assert.deepEqual([heads, count], [shape.heads, steps * rows])
      for (let k = 0; k < count; k++) {
        const said = outputs.subarray(k * length, (k + 1) * length)
        const trained = mean.subarray(k * columns, (k + 1) * columns)
        const expected = shape.classes === null ? [trained[1]! - trained[0]!] : [...trained]
        expected.forEach((value, place) => assert.ok(Math.abs(said[place]! - value) < 1e-5, `step ${k}, output ${place}`))
      }
    }
  })

  test(`${name}: every weight gets a gradient`, async t => {
    if (!needs(t, 'tensorflow')) return
    const network = new TrainableNetwork(await loadTensorflow(), shape, 3)
    network.assign(initialWeights(network.specs, seededRandom(3)))
    const { loss, gradients } = network.gradients(() => {
      const { logits, auxiliary } = network.forward(tf.ones([5, 2, inputLength(shape)]), 0.1, 1)
      return tf.add(tf.sum(tf.logSoftmax(logits)), tf.sum(tf.square(auxiliary)))
    })
    assert.ok(Number.isFinite(loss))
    for (const { name, shape } of network.specs) {
      assert.equal(gradients[name]!.length, shape.reduce((a, b) => a * b, 1))
      assert.ok(gradients[name]!.some(value => value !== 0), name)
    }
  })

  test(`${name}: the loss of the last step reaches every input, and with chunks those of its own chunk`, async t => {
    if (!needs(t, 'tensorflow')) return
    const network = new TrainableNetwork(await loadTensorflow(), shape, 3)
    network.assign(initialWeights(network.specs, seededRandom(3)))
    const [steps, rows, inputs] = [11, 2, inputLength(shape)]
    const random = seededRandom(4)
    const features = tf.tensor3d(Array.from({ length: steps * rows * inputs }, () => random.normal()), [steps, rows, inputs])
    const gradientWith = (truncate: number | null): number[] => [...tf.tidy(() => tf.grad(x =>
      tf.sum(tf.slice(tf.logSoftmax(network.forward(x as tf.Tensor3D, 0.1, 1, truncate).logits), [0, (steps - 1) * rows, 0], [1, rows, 1])))(features)).dataSync()]
    const reached = (truncate: number | null): number[] => {
      const gradient = gradientWith(truncate)
      return Array.from({ length: steps }, (_, step) => step).filter(step => gradient.slice(step * rows * inputs, (step + 1) * rows * inputs).some(value => value !== 0))
    }
    const every = Array.from({ length: steps }, (_, step) => step)
    assert.deepEqual(reached(null), every)
    // Chunks of 4 steps: 0-3, 4-7, 8-10.
    assert.deepEqual(reached(4), [8, 9, 10])
    assert.deepEqual(reached(1), [10])
    for (const truncate of [steps, 1000]) assert.deepEqual(gradientWith(truncate), gradientWith(null))
  })

  test(`${name}: no tensor stays behind after a batch`, async t => {
    if (!needs(t, 'tensorflow')) return
    const network = new TrainableNetwork(await loadTensorflow(), shape, 3)
    network.assign(initialWeights(network.specs, seededRandom(3)))
    const tensorsAfter = (truncate: number | null): number => {
      network.gradients(() => {
        const { logits, auxiliary } = network.forward(tf.ones([9, 2, inputLength(shape)]), 0.1, 1, truncate)
        return tf.add(tf.sum(logits), tf.sum(auxiliary))
      })
      return tf.memory().numTensors
    }
    const first = tensorsAfter(null)
    assert.deepEqual([tensorsAfter(null), tensorsAfter(4), tensorsAfter(4)], [first, first, first])
  })
}
