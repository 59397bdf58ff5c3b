/** The network in tfjs tensors: LSTM layers by whatever the engine does best, then the consensus head. */
import * as tf from '@tensorflow/tfjs-core'
import { featureLength } from '../light-curve/features.ts'
import type { EngineName, Network, StepBatch, StepResult } from './engine.ts'
import { hiddenStateLength, weightSpecs, type NetworkShape, type Weights } from './shape.ts'

/** One layer over [steps, rows, inputs], from c0 and h0 [rows, width]. */
export type LstmLayer = (
  x: tf.Tensor3D, c0: tf.Tensor2D, h0: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D
) => { c: tf.Tensor3D, h: tf.Tensor3D }

/** A batch of one takes another code path in matrix libraries and differs in the last bit: pad it. */
const SMALLEST_BATCH = 2

export class TensorNetwork implements Network {
  readonly engine: EngineName
  readonly shape: NetworkShape
  readonly #lstm: LstmLayer
  readonly #layers: Array<{ kernel: tf.Tensor2D, bias: tf.Tensor1D }>
  readonly #head: { kernel: tf.Tensor2D, bias: tf.Tensor1D, logitsKernel: tf.Tensor2D, logitsBias: tf.Tensor1D }
  readonly #weights: tf.Tensor[]

  constructor (engine: EngineName, lstm: LstmLayer, shape: NetworkShape, weights: Weights) {
    this.engine = engine
    this.shape = shape
    this.#lstm = lstm
    this.#useBackend()
    const tensors = new Map(weightSpecs(shape).map(spec => [spec.name, tf.tensor(weights[spec.name]!.slice(), [...spec.shape])]))
    const matrix = (name: string): tf.Tensor2D => tensors.get(name) as tf.Tensor2D
    const vector = (name: string): tf.Tensor1D => tensors.get(name) as tf.Tensor1D
    this.#layers = Array.from({ length: shape.layers }, (_, k) => ({ kernel: matrix(`lstm${k}/kernel`), bias: vector(`lstm${k}/bias`) }))
    this.#head = {
      kernel: matrix('head/kernel'),
      bias: vector('head/bias'),
      logitsKernel: matrix('logits/kernel'),
      logitsBias: vector('logits/bias')
    }
    this.#weights = [...tensors.values()]
  }

  #useBackend (): void {
    // Takes effect at once for a backend that is already up, which loadEngine saw to.
    if (tf.getBackend() !== this.engine) tf.setBackend(this.engine).catch(() => {})
  }

  /** Logit difference of the consensus head from the top layer's h and its running sum, both [rows, width]. */
  #logits (h: tf.Tensor2D, sum: tf.Tensor2D, epochs: tf.Tensor2D): tf.Tensor2D {
    const { kernel, bias, logitsKernel, logitsBias } = this.#head
    const dense = tf.relu(tf.add(tf.matMul(tf.concat2d([h, tf.div(sum, epochs)], 1), kernel), bias))
    const [notIa, ia] = tf.split(tf.add(tf.matMul(dense, logitsKernel), logitsBias), 2, 1) as [tf.Tensor2D, tf.Tensor2D]
    return tf.sub(ia, notIa)
  }

  step (batch: StepBatch): StepResult {
    this.#useBackend()
    const { layers, width } = this.shape
    const rows = Math.max(batch.rows, SMALLEST_BATCH)
    const inputs = featureLength(this.shape.bands)
    const length = hiddenStateLength(this.shape)
    const padded = (values: Float32Array, columns: number, fill: number): Float32Array => {
      if (batch.rows === rows) return values.subarray(0, rows * columns)
      const longer = new Float32Array(rows * columns).fill(fill)
      longer.set(values.subarray(0, batch.rows * columns))
      return longer
    }
    const out = tf.tidy(() => {
      const carried = tf.split(tf.tensor2d(padded(batch.hidden, length, 0), [rows, length]), 2 * layers + 1, 1) as tf.Tensor2D[]
      const next: tf.Tensor2D[] = []
      let x = tf.tensor3d(padded(batch.features, inputs, 0), [1, rows, inputs])
      this.#layers.forEach(({ kernel, bias }, layer) => {
        const { c, h } = this.#lstm(x, carried[2 * layer]!, carried[2 * layer + 1]!, kernel, bias)
        next.push(tf.reshape(c, [rows, width]), tf.reshape(h, [rows, width]))
        x = h
      })
      const top = next.at(-1)!
      const sum = tf.add(carried.at(-1)!, top) as tf.Tensor2D
      const logits = this.#logits(top, sum, tf.tensor2d(padded(batch.epochs, 1, 1), [rows, 1]))
      return tf.concat2d([...next, sum, logits], 1)
    })
    const values = out.dataSync() as Float32Array
    out.dispose()
    const hidden = new Float32Array(batch.rows * length)
    const logits = new Float32Array(batch.rows)
    for (let row = 0; row < batch.rows; row++) {
      const at = row * (length + 1)
      hidden.set(values.subarray(at, at + length), row * length)
      logits[row] = values[at + length]!
    }
    return { hidden, logits }
  }

  sequence (features: Float32Array, steps: number, rows: number): { logits: Float32Array, hidden: Float32Array } {
    this.#useBackend()
    const { width } = this.shape
    const inputs = featureLength(this.shape.bands)
    const length = hiddenStateLength(this.shape)
    const out = tf.tidy(() => {
      const zeros = tf.zeros([rows, width]) as tf.Tensor2D
      const parts: tf.Tensor3D[] = []
      let x = tf.tensor3d(features, [steps, rows, inputs])
      for (const { kernel, bias } of this.#layers) {
        const { c, h } = this.#lstm(x, zeros, zeros, kernel, bias)
        parts.push(c, h)
        x = h
      }
      const sum = tf.cumsum(x, 0) as tf.Tensor3D
      const epochs = tf.tile(tf.reshape(tf.range(1, steps + 1), [steps, 1, 1]), [1, rows, 1])
      const flat = (tensor: tf.Tensor, columns: number): tf.Tensor2D => tf.reshape(tensor, [steps * rows, columns])
      const logits = this.#logits(flat(x, width), flat(sum, width), flat(epochs, 1))
      return tf.concat([...parts, sum, tf.reshape(logits, [steps, rows, 1])], 2)
    })
    const values = out.dataSync() as Float32Array
    out.dispose()
    const hidden = new Float32Array(steps * rows * length)
    const logits = new Float32Array(steps * rows)
    for (let k = 0; k < steps * rows; k++) {
      const at = k * (length + 1)
      hidden.set(values.subarray(at, at + length), k * length)
      logits[k] = values[at + length]!
    }
    return { logits, hidden }
  }

  dispose (): void {
    this.#useBackend()
    tf.dispose(this.#weights)
  }
}
