import * as tf from '@tensorflow/tfjs-core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { featureLength } from '../../src/light-curve/features.ts'
import { loadTensorflow } from '../../src/model/tensorflow-backend.ts'
import { loadTensorflowEngine } from '../../src/model/tensorflow-engine.ts'
import { dropout } from '../../src/training/dropout.ts'
import { seededRandom } from '../../src/training/random.ts'
import { initialWeights, runningMean, TrainableNetwork, trainableSpecs } from '../../src/training/trainable-network.ts'
import { needs } from '../parts.ts'

const shape = { cell: 'lstm', bands: ['g', 'r', 'i', 'z'], layers: 2, width: 8, headWidth: 6 } as const

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

test('without dropout the trainable network says what the engine says of the same weights', async t => {
  if (!needs(t, 'tensorflow')) return
  const tensorflow = await loadTensorflow()
  const [steps, rows] = [11, 3]
  const network = new TrainableNetwork(tensorflow, shape, 3)
  const weights = initialWeights(trainableSpecs(shape, 3), seededRandom(3))
  network.assign(weights)
  const random = seededRandom(4)
  const features = Float32Array.from({ length: steps * rows * featureLength(shape.bands) }, () => random.normal())
  const { logits } = network.forward(tf.tensor3d(features.slice(), [steps, rows, featureLength(shape.bands)]), 0, 1)
  const played = (await loadTensorflowEngine()).load(shape, weights).sequence(features, steps, rows)
  const pairs = logits.dataSync()
  played.logits.forEach((logit, k) => assert.ok(Math.abs(logit - (pairs[2 * k + 1]! - pairs[2 * k]!)) < 1e-5, `step ${k}`))
})

test('every weight gets a gradient', async t => {
  if (!needs(t, 'tensorflow')) return
  const network = new TrainableNetwork(await loadTensorflow(), shape, 3)
  network.assign(initialWeights(network.specs, seededRandom(3)))
  const { loss, gradients } = network.gradients(() => {
    const { logits, auxiliary } = network.forward(tf.ones([5, 2, featureLength(shape.bands)]), 0.1, 1)
    return tf.add(tf.sum(tf.logSoftmax(logits)), tf.sum(tf.square(auxiliary)))
  })
  assert.ok(Number.isFinite(loss))
  for (const { name, shape } of network.specs) {
    assert.equal(gradients[name]!.length, shape.reduce((a, b) => a * b, 1))
    assert.ok(gradients[name]!.some(value => value !== 0), name)
  }
})
