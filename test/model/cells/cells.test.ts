import * as tf from '@tensorflow/tfjs-core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TrainableCellLayer } from '../../../src/model/cells/cell.ts'
import { PLAIN_CELLS, trainableCells } from '../../../src/model/cells/cells.ts'
import { CELL_LAYOUTS, CELL_NAMES, type CellName } from '../../../src/model/cells/layout.ts'
import { loadTensorflow } from '../../../src/model/tensorflow-backend.ts'
import { needs } from '../../parts.ts'
import { generator } from '../../pipeline.ts'

const STEPS = 7
const ROWS = 3
const INPUTS = 5
const WIDTH = 4

/** x [T,B,F], kernel [F+H, blocks·H], bias, and a factor for every h in the loss [T,B,H]. */
interface Values { x: number[], kernel: number[], bias: number[], weights: number[] }

function valuesOf (cell: CellName): Values {
  const random = generator(17)
  const { blocks } = CELL_LAYOUTS[cell]
  const draw = (length: number): number[] => Array.from({ length }, () => 2 * random() - 1)
  return { x: draw(STEPS * ROWS * INPUTS), kernel: draw((INPUTS + WIDTH) * blocks * WIDTH), bias: draw(blocks * WIDTH), weights: draw(STEPS * ROWS * WIDTH) }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Of one row: h' of every unit from [x, h]·W + b of a column, where some of the columns may see another h. */
type Equations = (sum: (block: number, unit: number, h?: readonly number[]) => number, h: readonly number[], c: number[]) => number[]

const units = Array.from({ length: WIDTH }, (_, unit) => unit)
const equations: Record<CellName, Equations> = {
  lstm: (sum, _, c) => units.map(unit => {
    c[unit] = sigmoid(sum(1, unit)) * c[unit]! + sigmoid(sum(0, unit)) * Math.tanh(sum(2, unit))
    return sigmoid(sum(3, unit)) * Math.tanh(c[unit])
  }),
  gru: (sum, h) => {
    const reset = units.map(unit => sigmoid(sum(1, unit)) * h[unit]!)
    return units.map(unit => {
      const z = sigmoid(sum(0, unit))
      return z * h[unit]! + (1 - z) * Math.tanh(sum(2, unit, reset))
    })
  },
  rnn: sum => units.map(unit => Math.tanh(sum(0, unit)))
}

/** h of every step in float64, one row and one unit after another, from zeros. */
function inFloat64 (cell: CellName, { x, kernel, bias }: Values): number[] {
  const columns = CELL_LAYOUTS[cell].blocks * WIDTH
  const out = new Array<number>(STEPS * ROWS * WIDTH)
  for (let row = 0; row < ROWS; row++) {
    let h: number[] = units.map(() => 0)
    const c: number[] = units.map(() => 0)
    for (let step = 0; step < STEPS; step++) {
      const input = x.slice((step * ROWS + row) * INPUTS, (step * ROWS + row + 1) * INPUTS)
      const before = h
      h = equations[cell]((block, unit, hidden = before) => [...input, ...hidden]
        .reduce((sum, value, k) => sum + value * kernel[k * columns + block * WIDTH + unit]!, bias[block * WIDTH + unit]!), before, c)
      h.forEach((value, unit) => { out[(step * ROWS + row) * WIDTH + unit] = value })
    }
  }
  return out
}

const tensorsOf = (cell: CellName, { x, kernel, bias }: Values): [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D] => [
  tf.tensor3d(x, [STEPS, ROWS, INPUTS]),
  tf.tensor2d(kernel, [INPUTS + WIDTH, CELL_LAYOUTS[cell].blocks * WIDTH]),
  tf.tensor1d(bias)
]

function assertClose (actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length)
  for (let k = 0; k < expected.length; k++) {
    assert.ok(Math.abs(actual[k]! - expected[k]!) <= tolerance, `${what}, element ${k}: ${actual[k]} is not ${expected[k]}`)
  }
}

/** Gradients of x, kernel and bias of Σ weights·h. */
function gradientsOf (layer: TrainableCellLayer, cell: CellName, values: Values, truncate: number | null): number[][] {
  return tf.tidy(() => tf.grads((x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) =>
    tf.sum(tf.mul(tf.tensor3d(values.weights, [STEPS, ROWS, WIDTH]), layer(x as tf.Tensor3D, kernel as tf.Tensor2D, bias as tf.Tensor1D, truncate))))(
    tensorsOf(cell, values)).map(gradient => [...gradient.dataSync()]))
}

for (const cell of CELL_NAMES) {
  test(`${cell}: h of every step is that of the equations in float64, for inference and for training`, async t => {
    if (!needs(t, 'tensorflow')) return
    const layer = trainableCells(await loadTensorflow())[cell]
    const values = valuesOf(cell)
    const expected = inFloat64(cell, values)
    const [x, kernel, bias] = tensorsOf(cell, values)
    const zeros = Array.from({ length: CELL_LAYOUTS[cell].carried }, () => tf.zeros([ROWS, WIDTH]) as tf.Tensor2D)
    assertClose(PLAIN_CELLS[cell](x, zeros, kernel, bias).at(-1)!.dataSync(), expected, 1e-5, 'inference')
    for (const truncate of [null, 2]) assertClose(layer(x, kernel, bias, truncate).dataSync(), expected, 1e-5, `truncate ${truncate}`)
  })

  test(`${cell}: gradients of x, kernel and bias are the finite differences of the float64 equations`, async t => {
    if (!needs(t, 'tensorflow')) return
    const layer = trainableCells(await loadTensorflow())[cell]
    const values = valuesOf(cell)
    const loss = (of: Values): number => inFloat64(cell, of).reduce((sum, value, k) => sum + value * of.weights[k]!, 0)
    const gradients = gradientsOf(layer, cell, values, null)
    const width = 1e-6
    for (const [k, name] of (['x', 'kernel', 'bias'] as const).entries()) {
      const expected = values[name].map((value, at) => {
        const shifted = (by: number): number => loss({ ...values, [name]: values[name].with(at, value + by) })
        return (shifted(width) - shifted(-width)) / (2 * width)
      })
      assertClose(gradients[k]!, expected, 1e-4, name)
    }
  })

  test(`${cell}: truncated gradients are those of chunks that begin from a given hidden state`, async t => {
    if (!needs(t, 'tensorflow')) return
    const layer = trainableCells(await loadTensorflow())[cell]
    const values = valuesOf(cell)
    const whole = gradientsOf(layer, cell, values, null)
    for (const truncate of [STEPS, STEPS + 1, 1000]) assert.deepEqual(gradientsOf(layer, cell, values, truncate), whole)

    // A second way to the same numbers: tfjs's own gradients through the plain ops, chunk by chunk.
    const truncate = 4
    const byTape = tf.tidy(() => tf.grads((x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) => {
      const weights = tf.tensor3d(values.weights, [STEPS, ROWS, WIDTH])
      let carried = Array.from({ length: CELL_LAYOUTS[cell].carried }, () => tf.zeros([ROWS, WIDTH]) as tf.Tensor2D)
      const losses: tf.Tensor[] = []
      for (let from = 0; from < STEPS; from += truncate) {
        const steps = Math.min(truncate, STEPS - from)
        const after = PLAIN_CELLS[cell](tf.slice(x as tf.Tensor3D, [from, 0, 0], [steps, ROWS, INPUTS]), carried, kernel as tf.Tensor2D, bias as tf.Tensor1D)
        losses.push(tf.sum(tf.mul(after.at(-1)!, tf.slice(weights, [from, 0, 0], [steps, ROWS, WIDTH]))))
        carried = after.map(vector => tf.tensor2d(vector.dataSync().slice(-ROWS * WIDTH), [ROWS, WIDTH]))
      }
      return tf.addN(losses)
    })(tensorsOf(cell, values)).map(gradient => [...gradient.dataSync()]))
    gradientsOf(layer, cell, values, truncate).forEach((gradient, k) => assertClose(gradient, byTape[k]!, 1e-5, `input ${k}`))
  })

  test(`${cell}: no tensor stays behind`, async t => {
    if (!needs(t, 'tensorflow')) return
    const layer = trainableCells(await loadTensorflow())[cell]
    const values = valuesOf(cell)
    const held = (): number => {
      for (const truncate of [null, 2]) gradientsOf(layer, cell, values, truncate)
      return tf.memory().numTensors
    }
    assert.equal(held(), held())
  })
}
