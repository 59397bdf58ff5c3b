/**
 * The decoder: from the carried state of an object to its flux on each of the coming days, the same for every engine.
 *
 * Its first c and h are learned functions of the encoder's state (Sutskever et al. 2014, arXiv:1409.3215). The input of a day is
 * what it said of the day before. Since that is linear in h, y = h·V + v, the product of input and kernel is part of the
 * recurrent one: [y, h]·K = h·(V·K_y + K_h) + v·K_y. That sum is made once, so that a day is one product.
 */
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { featureSet } from '../../light-curve/features/features.ts'
import { plainLstm } from '../cells/plain-lstm.ts'
import { CELL_LAYOUTS } from '../cells/layout.ts'
import { logVariance } from './decoder-scale.ts'
import type { EngineName, ForecastResult, ForecastStart } from '../engine.ts'
import { withoutDecoder } from './forecast.ts'
import { padRows, panels } from '../panels.ts'
import { dayLength, decoderInputLength, hiddenStateLayout, hiddenStateLength, PEAK_VALUES, type DecoderShape, type NetworkShape, type Weights } from '../shape.ts'
import { tf } from '../tf.ts'

/** [rows, columns] · [columns, width], float64 sums. */
function product (a: Float32Array, b: Float32Array, rows: number, columns: number, width: number): Float64Array {
  const result = new Float64Array(rows * width)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const factor = a[row * columns + column]!
      for (let k = 0; k < width; k++) result[row * width + k]! += factor * b[column * width + k]!
    }
  }
  return result
}

/** The kernel and the bias of a day with what it said of the day before in them, after a first input that is always 0. */
export function composed (weights: Weights, day: number, width: number): { kernel: Float32Array, bias: Float32Array } {
  const given = weights['decoder/lstm/kernel']!
  const ofInput = given.subarray(0, day * 4 * width)
  const added = product(weights['decoder/day/kernel']!, ofInput, width, day, 4 * width)
  const shift = product(weights['decoder/day/bias']!, ofInput, 1, day, 4 * width)
  const kernel = new Float32Array((1 + width) * 4 * width)
  added.forEach((value, k) => { kernel[4 * width + k] = value + given[day * 4 * width + k]! })
  return { kernel, bias: Float32Array.from(weights['decoder/lstm/bias']!, (value, k) => value + shift[k]!) }
}

/** What the decoder starts from [rows, decoderInputLength]: see there. */
export function decoderInputs (shape: NetworkShape, { hidden, steps, outlook }: ForecastStart, rows: number): Float32Array {
  const { cell, layers, width, features, bands } = shape
  const { carried } = CELL_LAYOUTS[cell]
  const { sum, weighted, weight } = hiddenStateLayout(shape)
  const [length, inputs, said] = [hiddenStateLength(shape), decoderInputLength(shape), featureSet(features).outlookLength(bands)]
  const result = new Float32Array(rows * inputs)
  for (let row = 0; row < rows; row++) {
    const state = hidden.subarray(row * length, (row + 1) * length)
    let at = row * inputs
    const put = (values: Float32Array): void => {
      result.set(values, at)
      at += values.length
    }
    for (let layer = 0; layer < layers; layer++) put(state.subarray((layer * carried + carried - 1) * width, (layer * carried + carried) * width))
    if (sum !== null) put(state.subarray(sum, sum + width).map(value => value / steps[row]!))
    if (weighted !== null) put(state.subarray(weighted, weighted + width).map(value => value / state[weight!]!))
    put(outlook.subarray(row * said, (row + 1) * said))
  }
  return result
}

export class Decoder {
  readonly #engine: EngineName
  readonly #shape: NetworkShape
  readonly #decoder: DecoderShape
  readonly #tensors: Record<'start' | 'startBias' | 'lstm' | 'lstmBias' | 'day' | 'dayBias' | 'peaks' | 'peaksBias', Tensor2D | Tensor1D>

  /** @throws CandelaError `model-without-decoder` */
  constructor (engine: EngineName, shape: NetworkShape, weights: Weights) {
    if (shape.decoder === null) throw withoutDecoder()
    this.#engine = engine
    this.#shape = shape
    this.#decoder = shape.decoder
    this.#useBackend()
    const { width } = shape.decoder
    const day = dayLength(shape)
    const { kernel, bias } = composed(weights, day, width)
    const matrix = (name: string, rows: number): Tensor2D => tf.tensor2d(weights[name]!.slice(), [rows, weights[name]!.length / rows])
    const vector = (name: string): Tensor1D => tf.tensor1d(weights[name]!.slice())
    this.#tensors = {
      start: matrix('decoder/start/kernel', decoderInputLength(shape)),
      startBias: vector('decoder/start/bias'),
      lstm: tf.tensor2d(kernel, [1 + width, 4 * width]),
      lstmBias: tf.tensor1d(bias),
      day: matrix('decoder/day/kernel', width),
      dayBias: vector('decoder/day/bias'),
      peaks: matrix('decoder/peaks/kernel', width),
      peaksBias: vector('decoder/peaks/bias')
    }
  }

  #useBackend (): void {
    // Takes effect at once for a backend that is already up, which loadEngine saw to.
    if (tf.getBackend() !== this.#engine) tf.setBackend(this.#engine).catch(() => {})
  }

  forecast (from: ForecastStart, given: number): ForecastResult {
    this.#useBackend()
    const { days: count, width } = this.#decoder
    const rows = panels(given)
    const { start, startBias, lstm, lstmBias, day, dayBias, peaks, peaksBias } = this.#tensors as Record<string, Tensor2D> & Record<`${string}Bias`, Tensor1D>
    const [days, maxima] = tf.tidy(() => {
      const inputs = tf.tensor2d(padRows(decoderInputs(this.#shape, from, given), 1, given), [rows, decoderInputLength(this.#shape)])
      const [c, before] = tf.split(tf.add(tf.matMul(inputs, start!), startBias!), 2, 1) as [Tensor2D, Tensor2D]
      const h = tf.tanh(before)
      const [, walked] = plainLstm(tf.zeros([count, rows, 1]), [c, h], lstm!, lstmBias!) as [Tensor3D, Tensor3D]
      const all = tf.reshape(tf.concat([tf.expandDims(h, 0) as Tensor3D, walked], 0), [(count + 1) * rows, width]) as Tensor2D
      return [tf.add(tf.matMul(all, day!), dayBias!), tf.add(tf.matMul(h, peaks!), peaksBias!)]
    })
    const result = { days: this.#days(days!.dataSync() as Float32Array, from, given), peaks: this.#peaks(maxima!.dataSync() as Float32Array, from, given) }
    tf.dispose([days!, maxima!])
    return result
  }

  /** Changes become fluxes. */
  #days (said: Float32Array, { outlook }: ForecastStart, given: number): Float32Array {
    const [bands, length, rows] = [this.#shape.bands.length, dayLength(this.#shape), panels(given)]
    const ofRow = outlook.length / given
    const result = new Float32Array((this.#decoder.days + 1) * given * length)
    for (let day = 0; day <= this.#decoder.days; day++) {
      for (let row = 0; row < given; row++) {
        const [from, to] = [(day * rows + row) * length, (day * given + row) * length]
        for (let band = 0; band < bands; band++) {
          result[to + band] = outlook[row * ofRow + band]! + said[from + band]!
          result[to + bands + band] = logVariance(said[from + bands + band]!)
        }
      }
    }
    return result
  }

  #peaks (said: Float32Array, { outlook }: ForecastStart, given: number): Float32Array {
    const bands = this.#shape.bands.length
    const ofRow = outlook.length / given
    const result = new Float32Array(given * bands * PEAK_VALUES)
    for (let row = 0; row < given; row++) {
      for (let band = 0; band < bands; band++) {
        const at = (row * bands + band) * PEAK_VALUES
        result[at] = said[at]!
        result[at + 1] = outlook[row * ofRow + bands + band]! + said[at + 1]!
        result[at + 2] = logVariance(said[at + 2]!)
        result[at + 3] = logVariance(said[at + 3]!)
      }
    }
    return result
  }

  dispose (): void {
    this.#useBackend()
    tf.dispose(Object.values(this.#tensors))
  }
}

/** Loads the decoder of a network where a first forecast is asked for. */
export class LazyDecoder {
  #decoder: Decoder | null = null
  readonly #load: () => Decoder

  constructor (engine: EngineName, shape: NetworkShape, weights: Weights) {
    this.#load = () => new Decoder(engine, shape, weights)
  }

  forecast (from: ForecastStart, rows: number): ForecastResult {
    this.#decoder ??= this.#load()
    return this.#decoder.forecast(from, rows)
  }

  dispose (): void {
    this.#decoder?.dispose()
    this.#decoder = null
  }
}
