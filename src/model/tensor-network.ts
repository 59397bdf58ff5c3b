/** The network in tfjs tensors: recurrent layers by whatever the engine does best, then the consensus head. */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { featureLength } from '../light-curve/features.ts'
import type { CellLayer } from './cells/cell.ts'
import { CELL_LAYOUTS } from './cells/layout.ts'
import type { EngineName, Network, SequenceResult, SequenceStart } from './engine.ts'
import { padRows, panels } from './panels.ts'
import { hiddenStateLength, weightSpecs, type NetworkShape, type Weights } from './shape.ts'
import { tf } from './tf.ts'

export class TensorNetwork implements Network {
  readonly engine: EngineName
  readonly shape: NetworkShape
  readonly #layer: CellLayer
  readonly #layers: Array<{ kernel: Tensor2D, bias: Tensor1D }>
  readonly #head: { kernel: Tensor2D, bias: Tensor1D, logitsKernel: Tensor2D, logitsBias: Tensor1D }
  readonly #weights: Tensor[]

  /** @param layer of the shape's cell */
  constructor (engine: EngineName, layer: CellLayer, shape: NetworkShape, weights: Weights) {
    this.engine = engine
    this.shape = shape
    this.#layer = layer
    this.#useBackend()
    const tensors = new Map(weightSpecs(shape).map(spec => [spec.name, tf.tensor(weights[spec.name]!.slice(), [...spec.shape])]))
    const matrix = (name: string): Tensor2D => tensors.get(name) as Tensor2D
    const vector = (name: string): Tensor1D => tensors.get(name) as Tensor1D
    this.#layers = Array.from({ length: shape.layers }, (_, k) => ({ kernel: matrix(`${shape.cell}${k}/kernel`), bias: vector(`${shape.cell}${k}/bias`) }))
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
  #logits (h: Tensor2D, sum: Tensor2D, epochs: Tensor2D): Tensor2D {
    const { kernel, bias, logitsKernel, logitsBias } = this.#head
    const dense = tf.relu(tf.add(tf.matMul(tf.concat2d([h, tf.div(sum, epochs)], 1), kernel), bias))
    const [notIa, ia] = tf.split(tf.add(tf.matMul(dense, logitsKernel), logitsBias), 2, 1) as [Tensor2D, Tensor2D]
    return tf.sub(ia, notIa)
  }

  #zeros (rows: number): SequenceStart {
    return { hidden: new Float32Array(rows * hiddenStateLength(this.shape)), steps: new Float32Array(rows) }
  }

  sequence (features: Float32Array, steps: number, given: number, from: SequenceStart = this.#zeros(given)): SequenceResult {
    this.#useBackend()
    const { cell, layers, width } = this.shape
    const vectors = CELL_LAYOUTS[cell].carried
    const inputs = featureLength(this.shape.bands)
    const length = hiddenStateLength(this.shape)
    const rows = panels(given)
    const out = tf.tidy(() => {
      const carried = tf.split(tf.tensor2d(padRows(from.hidden, 1, given), [rows, length]), vectors * layers + 1, 1) as Tensor2D[]
      const parts: Tensor3D[] = []
      let x = tf.tensor3d(padRows(features, steps, given), [steps, rows, inputs])
      this.#layers.forEach(({ kernel, bias }, layer) => {
        const after = this.#layer(x, carried.slice(vectors * layer, vectors * (layer + 1)), kernel, bias)
        parts.push(...after)
        x = after.at(-1)!
      })
      // The running sum before goes first, so that the order of additions is that of single steps.
      const sum = tf.slice(tf.cumsum(tf.concat([tf.reshape(carried.at(-1)!, [1, rows, width]), x], 0), 0), 1) as Tensor3D
      const before = tf.tensor(padRows(from.steps, 1, given), [1, rows, 1])
      const epochs = tf.add(tf.reshape(tf.range(1, steps + 1), [steps, 1, 1]), before)
      const flat = (tensor: Tensor, columns: number): Tensor2D => tf.reshape(tensor, [steps * rows, columns])
      const logits = this.#logits(flat(x, width), flat(sum, width), flat(epochs, 1))
      return tf.concat([...parts, sum, tf.reshape(logits, [steps, rows, 1])], 2)
    })
    const values = out.dataSync() as Float32Array
    out.dispose()
    const hidden = new Float32Array(steps * given * length)
    const logits = new Float32Array(steps * given)
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < given; row++) {
        const at = (step * rows + row) * (length + 1)
        const to = step * given + row
        hidden.set(values.subarray(at, at + length), to * length)
        logits[to] = values[at + length]!
      }
    }
    return { logits, hidden }
  }

  dispose (): void {
    this.#useBackend()
    tf.dispose(this.#weights)
  }
}
