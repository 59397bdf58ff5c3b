import * as tf from '@tensorflow/tfjs-core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadTensorflow } from '../../../src/model/tensorflow-backend.ts'
import type { ReferenceBatch } from '../../../src/training/charnock-moss/input.ts'
import { ReferenceNetwork, referenceSpecs, type ReferenceShape } from '../../../src/training/charnock-moss/network.ts'
import { reversalIndex, reverseSteps } from '../../../src/training/charnock-moss/reversal.ts'
import { seededRandom } from '../../../src/training/data/random.ts'
import { initialWeights } from '../../../src/training/network/trainable-network.ts'
import { needs } from '../../parts.ts'

const INPUTS = 3
const near = (actual: number, expected: number, tolerance = 1e-6): void => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)

/** Rows of the given light curves; `padding` stands in what is beyond their ends. */
function batchOf (curves: readonly number[][][], padding = 0, extraSteps = 0): ReferenceBatch {
  const rows = curves.length
  const steps = Math.max(...curves.map(curve => curve.length)) + extraSteps
  const inputs = new Float32Array(steps * rows * INPUTS).fill(padding)
  curves.forEach((curve, row) => curve.forEach((values, step) => inputs.set(values, (step * rows + row) * INPUTS)))
  return { steps, rows, inputs, lengths: Int32Array.from(curves, curve => curve.length), isIa: Uint8Array.from(curves, (_, row) => row % 2) }
}

function drawnCurves (...lengths: number[]): number[][][] {
  const random = seededRandom(11)
  return lengths.map(length => Array.from({ length }, () => Array.from({ length: INPUTS }, () => 2 * random.uniform() - 1)))
}

async function networkOf (shape: Partial<ReferenceShape>): Promise<ReferenceNetwork> {
  const network = new ReferenceNetwork(await loadTensorflow(), { inputs: INPUTS, widths: [5, 4], bidirectional: false, ...shape })
  network.assign(initialWeights(network.specs, seededRandom(3)))
  return network
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The network from its equations, in float64, for one light curve. */
function plainProbability (shape: ReferenceShape, curve: number[][]): number {
  const weights = initialWeights(referenceSpecs(shape), seededRandom(3))
  const layer = (name: string, steps: number[][], width: number): number[][] => {
    const [kernel, bias] = [weights[`${name}/kernel`]!, weights[`${name}/bias`]!]
    let [h, c] = [new Array<number>(width).fill(0), new Array<number>(width).fill(0)]
    return steps.map(x => {
      const gates = Array.from(bias, (value, k) => [...x, ...h].reduce((sum, input, row) => sum + input * kernel[row * 4 * width + k]!, value))
      c = c.map((value, k) => sigmoid(gates[width + k]!) * value + sigmoid(gates[k]!) * Math.tanh(gates[2 * width + k]!))
      h = c.map((value, k) => sigmoid(gates[3 * width + k]!) * Math.tanh(value))
      return h
    })
  }
  let steps = curve
  shape.widths.forEach((width, k) => {
    const ahead = layer(`lstm${k}`, steps, width)
    const back = shape.bidirectional ? layer(`lstm${k}-backward`, steps.toReversed(), width).toReversed() : ahead.map(h => h.map(() => 0))
    steps = ahead.map((h, step) => h.map((value, k) => value + back[step]![k]!))
  })
  const mean = steps[0]!.map((_, k) => steps.reduce((sum, h) => sum + h[k]!, 0) / steps.length)
  const logits = [0, 1].map(column => mean.reduce((sum, value, k) => sum + value * weights['logits/kernel']![2 * k + column]!, weights['logits/bias']![column]!))
  return sigmoid(logits[1]! - logits[0]!)
}

for (const bidirectional of [false, true]) {
  const name = bidirectional ? 'bidirectional' : 'unidirectional'
  test(`${name}: P(Ia) is that of the equations, with rows of different length in one batch`, async t => {
    if (!needs(t, 'tensorflow')) return
    const network = await networkOf({ bidirectional })
    const curves = drawnCurves(7, 1, 4)
    network.probabilities(batchOf(curves)).forEach((probability, row) => near(probability, plainProbability(network.shape, curves[row]!)))
  })

  test(`${name}: what stands in the padding, and how long it is, changes neither P(Ia) nor gradients`, async t => {
    if (!needs(t, 'tensorflow')) return
    const network = await networkOf({ bidirectional })
    const curves = drawnCurves(6, 3, 5)
    const [clean, dirty] = [batchOf(curves), batchOf(curves, 7, 4)]
    assert.deepEqual(network.probabilities(dirty), network.probabilities(clean))
    const [a, b] = [clean, dirty].map(batch => network.gradients(batch, { rate: 0, seed: 0 })) as [ReturnType<ReferenceNetwork['gradients']>, ReturnType<ReferenceNetwork['gradients']>]
    near(a.loss, b.loss)
    for (const [weight, values] of Object.entries(a.gradients)) values.forEach((value, k) => near(value, b.gradients[weight]![k]!))
  })

  test(`${name}: gradients are finite differences of the loss`, async t => {
    if (!needs(t, 'tensorflow')) return
    const network = await networkOf({ bidirectional })
    const curves = drawnCurves(4, 2, 5)
    const batch = batchOf(curves)
    const { loss, gradients } = network.gradients(batch, { rate: 0, seed: 0 })
    const lossAt = (): number => [...network.probabilities(batch)].reduce((sum, p, row) => sum - Math.log(batch.isIa[row] === 1 ? p : 1 - p), 0) / batch.rows
    near(loss, lossAt(), 1e-5)
    const weights = initialWeights(network.specs, seededRandom(3))
    for (const { name } of network.specs) {
      const k = Math.floor(weights[name]!.length / 3)
      const shifted = (by: number): number => {
        network.assign({ ...weights, [name]: weights[name]!.with(k, weights[name]![k]! + by) })
        return lossAt()
      }
      near(gradients[name]![k]!, (shifted(0.01) - shifted(-0.01)) / 0.02, 2e-4)
    }
  })
}

test('the backward direction starts at a row\'s last point, and its padding stays where it is', async t => {
  if (!needs(t, 'tensorflow')) return
  await loadTensorflow()
  const index = reversalIndex(Int32Array.of(3, 1), 4)
  assert.deepEqual([...index], [4, 1, 2, 3, 0, 5, 6, 7])
  const x = tf.tensor3d(Array.from({ length: 16 }, (_, k) => k), [4, 2, 2])
  const reversed = reverseSteps(x, index)
  assert.deepEqual([...reversed.dataSync()], [8, 9, 2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 12, 13, 14, 15])
  assert.deepEqual([...reverseSteps(reversed, index).dataSync()], [...x.dataSync()])
  const weights = tf.tensor3d(Array.from({ length: 16 }, (_, k) => k * k), [4, 2, 2])
  const gradient = tf.grad(x => tf.sum(tf.mul(reverseSteps(x as tf.Tensor3D, index), weights)))(x)
  assert.deepEqual([...gradient.dataSync()], [...reverseSteps(weights, index).dataSync()])
})

test('updates leave no tensor behind', async t => {
  if (!needs(t, 'tensorflow')) return
  const network = await networkOf({ bidirectional: true })
  const batch = batchOf(drawnCurves(3, 2))
  const once = (seed: number): void => {
    network.gradients(batch, { rate: 0.5, seed })
    network.probabilities(batch)
  }
  once(0)
  const before = tf.memory().numTensors
  for (let seed = 1; seed < 4; seed++) once(seed)
  assert.equal(tf.memory().numTensors, before)
})
