import * as tf from '@tensorflow/tfjs-core'
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import { trainableBlockLstm } from '../../../src/model/cells/block-lstm.ts'
import { BlockLstmLayer } from '../../../src/model/cells/block-lstm-layer.ts'
import { loadTensorflow } from '../../../src/model/tensorflow-backend.ts'
import { needs } from '../../parts.ts'

const STEPS = 7
const ROWS = 3
const INPUTS = 5
const WIDTH = 4

/** A repeatable sequence in (-1, 1): the fractional parts of multiples of the golden ratio. */
const filled = (length: number, seed: number): number[] =>
  Array.from({ length }, (_, k) => 2 * (((k + 1) * 0.6180339887498949 + seed * 0.37) % 1) - 1)

const values = {
  x: filled(STEPS * ROWS * INPUTS, 1),
  c0: filled(ROWS * WIDTH, 2),
  h0: filled(ROWS * WIDTH, 3),
  kernel: filled((INPUTS + WIDTH) * 4 * WIDTH, 4),
  bias: filled(4 * WIDTH, 5)
}
type Values = typeof values

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The cell's equations in float64, one row and one unit after another. */
function plainLstm ({ x, c0, h0, kernel, bias }: Values): { c: number[], h: number[] } {
  const c = [...c0]
  const h = [...h0]
  const out = { c: [] as number[], h: [] as number[] }
  for (let t = 0; t < STEPS; t++) {
    for (let row = 0; row < ROWS; row++) {
      const input = [...x.slice((t * ROWS + row) * INPUTS, (t * ROWS + row + 1) * INPUTS), ...h.slice(row * WIDTH, (row + 1) * WIDTH)]
      const gate = (column: number): number => input.reduce((sum, value, k) => sum + value * kernel[k * 4 * WIDTH + column]!, bias[column]!)
      for (let unit = 0; unit < WIDTH; unit++) {
        const [i, f, cell, o] = [0, 1, 2, 3].map(g => gate(g * WIDTH + unit)) as [number, number, number, number]
        const at = row * WIDTH + unit
        c[at] = sigmoid(f) * c[at]! + sigmoid(i) * Math.tanh(cell)
        h[at] = sigmoid(o) * Math.tanh(c[at]!)
      }
    }
    out.c.push(...c)
    out.h.push(...h)
  }
  return out
}

const tensors = (of: Values = values) => ({
  x: tf.tensor3d(of.x, [STEPS, ROWS, INPUTS]),
  c0: tf.tensor2d(of.c0, [ROWS, WIDTH]),
  h0: tf.tensor2d(of.h0, [ROWS, WIDTH]),
  kernel: tf.tensor2d(of.kernel, [INPUTS + WIDTH, 4 * WIDTH]),
  bias: tf.tensor1d(of.bias)
})

function assertClose (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  assert.equal(actual.length, expected.length)
  for (let k = 0; k < expected.length; k++) {
    assert.ok(Math.abs(actual[k]! - expected[k]!) <= tolerance, `element ${k}: ${actual[k]} is not ${expected[k]}`)
  }
}

const float32 = (numbers: readonly number[]): Float32Array => Float32Array.from(numbers)

async function inferenceLayer (t: TestContext): Promise<{ step: (x: readonly number[], steps: number, c0: Float32Array, h0: Float32Array) => { c: Float32Array, h: Float32Array } }> {
  const { backend: { binding } } = await loadTensorflow()
  const layer = new BlockLstmLayer(binding, { inputs: INPUTS, width: WIDTH, kernel: float32(values.kernel), bias: float32(values.bias) })
  t.after(() => layer.dispose())
  return {
    step (features, steps, c0, h0) {
      const x = layer.input(float32(features), steps, ROWS)
      const { hId, ...result } = layer.forward(x, steps, ROWS, c0, h0)
      for (const id of [x, hId]) binding.deleteTensor(id)
      return result
    }
  }
}

test('c and h of every step are those of the equations in float64', async t => {
  if (!needs(t, 'tensorflow')) return
  const layer = await inferenceLayer(t)
  const { c, h } = layer.step(values.x, STEPS, float32(values.c0), float32(values.h0))
  const expected = plainLstm(values)
  assertClose(c, expected.c, 1e-5)
  assertClose(h, expected.h, 1e-5)
})

test('single steps with carried c and h equal the whole sequence, bit for bit', async t => {
  if (!needs(t, 'tensorflow')) return
  const layer = await inferenceLayer(t)
  const whole = layer.step(values.x, STEPS, float32(values.c0), float32(values.h0))
  let carried = { c: float32(values.c0), h: float32(values.h0) }
  const stepped: number[] = []
  for (let step = 0; step < STEPS; step++) {
    carried = layer.step(values.x.slice(step * ROWS * INPUTS, (step + 1) * ROWS * INPUTS), 1, carried.c, carried.h)
    stepped.push(...carried.h)
  }
  assert.deepEqual(stepped, [...whole.h])
})

test('gradients of every input are the finite differences of the float64 equations', async t => {
  if (!needs(t, 'tensorflow')) return
  const tensorflow = await loadTensorflow()
  const weights = filled(STEPS * ROWS * WIDTH, 6)
  const loss = (of: Values): number => plainLstm(of).h.reduce((sum, value, k) => sum + value * weights[k]!, 0)
  const { x, c0, h0, kernel, bias } = tensors()
  const gradients = tf.grads((x: tf.Tensor, c0: tf.Tensor, h0: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
    tf.sum(tf.mul(tf.tensor3d(weights, [STEPS, ROWS, WIDTH]),
      trainableBlockLstm(tensorflow, x as tf.Tensor3D, c0 as tf.Tensor2D, h0 as tf.Tensor2D, kernel as tf.Tensor2D, bias as tf.Tensor1D))))([x, c0, h0, kernel, bias])
  const names = ['x', 'c0', 'h0', 'kernel', 'bias'] as const
  const width = 1e-6
  for (const [k, name] of names.entries()) {
    const expected = values[name].map((value, at) => {
      const shifted = (by: number): number => loss({ ...values, [name]: values[name].with(at, value + by) })
      return (shifted(width) - shifted(-width)) / (2 * width)
    })
    assertClose(gradients[k]!.dataSync(), expected, 1e-4)
  }
})

test('gradients flow to variables through two layers, and no tensor stays behind', async t => {
  if (!needs(t, 'tensorflow')) return
  const tensorflow = await loadTensorflow()
  const kernels = [tf.variable(tensors().kernel), tf.variable(tf.tensor2d(filled(2 * WIDTH * 4 * WIDTH, 7), [2 * WIDTH, 4 * WIDTH]))]
  const { x, c0, h0, bias } = tensors()
  const gradientsOnce = (): string[] => tf.tidy(() => {
    const { grads } = tf.variableGrads(() => {
      const first = trainableBlockLstm(tensorflow, x, c0, h0, kernels[0] as tf.Tensor2D, bias)
      return tf.sum(trainableBlockLstm(tensorflow, first, c0, h0, kernels[1] as tf.Tensor2D, bias)) as tf.Scalar
    })
    return Object.values(grads).map(gradient => gradient.shape.join())
  })
  assert.deepEqual(gradientsOnce(), ['9,16', '8,16'])
  const before = tf.memory().numTensors
  for (let k = 0; k < 5; k++) gradientsOnce()
  assert.equal(tf.memory().numTensors, before)
})

test('shapes that do not fit are refused before the op runs', async t => {
  if (!needs(t, 'tensorflow')) return
  const tensorflow = await loadTensorflow()
  const { x, c0, h0, kernel, bias } = tensors()
  assert.throws(() => trainableBlockLstm(tensorflow, x, c0, h0, kernel, tf.zeros([WIDTH]) as tf.Tensor1D),
    (error: unknown) => error instanceof CandelaError && error.code === 'lstm-shape' && error.message.includes('bias [4]'))
  assert.throws(() => trainableBlockLstm(tensorflow, tf.zeros([0, ROWS, INPUTS]), c0, h0, kernel, bias), { code: 'lstm-shape' })
  const { binding } = tensorflow.backend
  const layerOf = (bias: number): BlockLstmLayer => new BlockLstmLayer(binding, { inputs: INPUTS, width: WIDTH, kernel: float32(values.kernel), bias: new Float32Array(bias) })
  assert.throws(() => layerOf(WIDTH), (error: unknown) => error instanceof CandelaError && error.code === 'lstm-shape' && error.message.includes('bias') && error.message.includes('not [16]'))
  const layer = layerOf(4 * WIDTH)
  t.after(() => layer.dispose())
  assert.throws(() => layer.input(new Float32Array(), 0, ROWS), { code: 'lstm-shape' })
  assert.throws(() => layer.input(float32(values.x), STEPS, ROWS + 1), { code: 'lstm-shape' })
  const input = layer.input(float32(values.x), STEPS, ROWS)
  assert.throws(() => layer.forward(input, STEPS, ROWS, float32(values.c0), new Float32Array(WIDTH)), { code: 'lstm-shape' })
  binding.deleteTensor(input)
})
