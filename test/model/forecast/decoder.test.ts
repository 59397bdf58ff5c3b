import assert from 'node:assert/strict'
import { test } from 'node:test'
import { featureSet } from '../../../src/light-curve/features/features.ts'
import type { Engine, ForecastResult, ForecastStart } from '../../../src/model/engine.ts'
import { logVariance } from '../../../src/model/forecast/decoder-scale.ts'
import { decoderInputs } from '../../../src/model/forecast/decoder.ts'
import { dayLength, hiddenStateLength, PEAK_VALUES, type NetworkShape, type Weights } from '../../../src/model/shape.ts'
import { loadTensorflowEngine } from '../../../src/model/tensorflow-engine.ts'
import { loadWasmEngine } from '../../../src/model/wasm-engine.ts'
import { generator } from '../../generator.ts'
import { needs } from '../../parts.ts'
import { untrainedModel } from '../../untrained-model.ts'

const model = untrainedModel({ features: 2, classes: 3, heads: 2, consensus: 'both', decoder: { width: 7, days: 12 } })
const { shape, weights } = model

/** What objects may carry: h within ±1, sums of weights above 0. */
function starts (rows: number, seed = 5): ForecastStart {
  const random = generator(seed)
  const values = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1)
  const hidden = values(rows * hiddenStateLength(shape))
  for (let row = 1; row <= rows; row++) hidden[row * hiddenStateLength(shape) - 1] = 1 + random()
  return { hidden, steps: Float32Array.from({ length: rows }, (_, row) => 1 + row), outlook: values(rows * featureSet(shape.features).outlookLength(shape.bands)) }
}

const part = ({ hidden, steps, outlook }: ForecastStart, row: number): ForecastStart => {
  const rows = steps.length
  const of = (values: Float32Array): Float32Array => values.slice(row * values.length / rows, (row + 1) * values.length / rows)
  return { hidden: of(hidden), steps: of(steps), outlook: of(outlook) }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** One object by the definition, in float64: what the decoder says of a day is its next input. */
function byHand (from: ForecastStart, { bands, decoder }: NetworkShape, weights: Weights): { days: number[][], peaks: number[] } {
  const { width, days } = decoder!
  const affine = (x: readonly number[], kernel: Float32Array, bias: Float32Array): number[] =>
    Array.from(bias, (start, k) => x.reduce((sum, value, row) => sum + value * kernel[row * bias.length + k]!, start))
  const dense = (x: readonly number[], name: string): number[] => affine(x, weights[`${name}/kernel`]!, weights[`${name}/bias`]!)
  const start = dense([...decoderInputs(shape, from, 1)], 'decoder/start')
  let [c, h] = [start.slice(0, width), start.slice(width).map(Math.tanh)]
  const peaks = dense(h, 'decoder/peaks')
  const said = [dense(h, 'decoder/day')]
  for (let day = 1; day <= days; day++) {
    const gates = dense([...said.at(-1)!, ...h], 'decoder/lstm')
    const of = (block: number): number[] => gates.slice(block * width, (block + 1) * width)
    const [input, forget, cell, output] = [of(0), of(1), of(2), of(3)]
    c = c.map((value, k) => sigmoid(forget[k]!) * value + sigmoid(input[k]!) * Math.tanh(cell[k]!))
    h = c.map((value, k) => sigmoid(output[k]!) * Math.tanh(value))
    said.push(dense(h, 'decoder/day'))
  }
  const { outlook } = from
  return {
    days: said.map(values => values.map((value, k) => k < bands.length ? outlook[k]! + value : logVariance(value))),
    peaks: peaks.map((value, k) => k % PEAK_VALUES === 0 ? value : k % PEAK_VALUES === 1 ? outlook[bands.length + Math.floor(k / PEAK_VALUES)]! + value : logVariance(value))
  }
}

async function engines (): Promise<Engine[]> {
  return [await loadWasmEngine(), await loadTensorflowEngine()]
}

function near (found: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(found.length, expected.length, what)
  for (let k = 0; k < found.length; k++) assert.ok(Math.abs(found[k]! - expected[k]!) <= tolerance, `${what}, value ${k}: ${found[k]} and ${expected[k]}`)
}

test('a decoder feeds what it said of a day into the next, the same on both engines', async t => {
  if (!needs(t, 'tensorflow')) return
  const from = starts(5)
  for (const engine of await engines()) {
    const network = engine.load(shape, weights, [0])
    const { days, peaks } = network.forecast(from, 5)
    for (let row = 0; row < 5; row++) {
      const expected = byHand(part(from, row), shape, weights)
      const length = dayLength(shape)
      expected.days.forEach((values, day) => near(days.subarray((day * 5 + row) * length, (day * 5 + row + 1) * length), values, 1e-5, `${engine.name}, object ${row}, day ${day}`))
      near(peaks.subarray(row * expected.peaks.length, (row + 1) * expected.peaks.length), expected.peaks, 1e-5, `${engine.name}, peaks of object ${row}`)
    }
    network.dispose()
  }
})

test('a forecast is the same whatever objects are beside it, bit for bit', async t => {
  if (!needs(t, 'tensorflow')) return
  const from = starts(9)
  const ofRow = ({ days, peaks }: ForecastResult, row: number, rows: number): number[] => {
    const length = dayLength(shape)
    const ofDays = Array.from({ length: shape.decoder!.days + 1 }, (_, day) => [...days.subarray((day * rows + row) * length, (day * rows + row + 1) * length)])
    return [...ofDays.flat(), ...peaks.subarray(row * peaks.length / rows, (row + 1) * peaks.length / rows)]
  }
  for (const engine of await engines()) {
    const network = engine.load(shape, weights, [0])
    const together = network.forecast(from, 9)
    for (let row = 0; row < 9; row++) assert.deepEqual(ofRow(together, row, 9), ofRow(network.forecast(part(from, row), 1), 0, 1), `${engine.name}, object ${row}`)
    network.dispose()
  }
})

test('a network without a decoder says so where a forecast is asked for', async () => {
  const without = untrainedModel({ features: 2, classes: 3 })
  const network = (await loadWasmEngine()).load(without.shape, without.weights, [0])
  assert.throws(() => network.forecast(starts(1), 1), { code: 'model-without-decoder' })
})
