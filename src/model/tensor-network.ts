/** The network in tfjs tensors: recurrent layers by whatever the engine does best, then the large product of the heads. */
import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { CellLayer } from './cells/cell.ts'
import { CELL_LAYOUTS } from './cells/layout.ts'
import { Consensus } from './consensus.ts'
import { LazyDecoder } from './forecast/decoder.ts'
import type { EngineName, ForecastResult, ForecastStart, Network, SequenceResult, SequenceStart } from './engine.ts'
import { Head } from './head.ts'
import { padRows, panels } from './panels.ts'
import { consensusLength, hiddenStateLength, inputLength, weightSpecs, type NetworkShape, type Weights } from './shape.ts'
import { tf } from './tf.ts'

export class TensorNetwork implements Network {
  readonly engine: EngineName
  readonly shape: NetworkShape
  readonly #layer: CellLayer
  readonly #layers: Array<{ kernel: Tensor2D, bias: Tensor1D }>
  readonly #consensus: Consensus
  readonly #headKernel: Tensor2D
  readonly #head: Head
  readonly #decoder: LazyDecoder

  /**
   * @param layer of the shape's cell
   * @param positive see Engine
   */
  constructor (engine: EngineName, layer: CellLayer, shape: NetworkShape, weights: Weights, positive: readonly number[]) {
    this.engine = engine
    this.shape = shape
    this.#layer = layer
    this.#useBackend()
    const specs = new Map(weightSpecs(shape).map(spec => [spec.name, spec]))
    const tensor = (name: string): Tensor => tf.tensor(weights[name]!.slice(), [...specs.get(name)!.shape])
    this.#layers = Array.from({ length: shape.layers }, (_, k) => ({
      kernel: tensor(`${shape.cell}${k}/kernel`) as Tensor2D,
      bias: tensor(`${shape.cell}${k}/bias`) as Tensor1D
    }))
    this.#consensus = new Consensus(shape, weights)
    this.#headKernel = tensor('head/kernel') as Tensor2D
    this.#head = new Head(shape, weights, positive)
    this.#decoder = new LazyDecoder(engine, shape, weights)
  }

  #useBackend (): void {
    // Takes effect at once for a backend that is already up, which loadEngine saw to.
    if (tf.getBackend() !== this.engine) tf.setBackend(this.engine).catch(() => {})
  }

  sequence (features: Float32Array, steps: number, given: number, from?: SequenceStart): SequenceResult {
    this.#useBackend()
    const hidden = this.#recurrent(features, steps, given, from)
    const { inputs, weights } = this.#consensus.advance({ hidden, steps, rows: given, from })
    const rows = steps * panels(given)
    const dense = valuesOf(() => tf.matMul(tf.tensor2d(inputs, [rows, consensusLength(this.shape)]), this.#headKernel))
    return { hidden, outputs: this.#head.outputs(dense, steps, given), weights }
  }

  /** Hidden states whose layers are there and whose sums are zeros, [steps, given, hiddenStateLength]. */
  #recurrent (features: Float32Array, steps: number, given: number, from: SequenceStart | undefined): Float32Array {
    const { cell, layers, width } = this.shape
    const vectors = CELL_LAYOUTS[cell].carried
    const columns = vectors * layers * width
    const length = hiddenStateLength(this.shape)
    const rows = panels(given)
    const values = valuesOf(() => {
      const before = new Float32Array(rows * columns)
      if (from) for (let row = 0; row < given; row++) before.set(from.hidden.subarray(row * length, row * length + columns), row * columns)
      const carried = tf.split(tf.tensor2d(before, [rows, columns]), vectors * layers, 1) as Tensor2D[]
      const parts: Tensor3D[] = []
      let x = tf.tensor3d(padRows(features, steps, given), [steps, rows, inputLength(this.shape)])
      this.#layers.forEach(({ kernel, bias }, layer) => {
        const after = this.#layer(x, carried.slice(vectors * layer, vectors * (layer + 1)), kernel, bias)
        parts.push(...after)
        x = after.at(-1)!
      })
      return tf.concat(parts, 2)
    })
    const hidden = new Float32Array(steps * given * length)
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < given; row++) {
        const at = (step * rows + row) * columns
        hidden.set(values.subarray(at, at + columns), (step * given + row) * length)
      }
    }
    return hidden
  }

  forecast (from: ForecastStart, rows: number): ForecastResult {
    return this.#decoder.forecast(from, rows)
  }

  dispose (): void {
    this.#decoder.dispose()
    this.#useBackend()
    tf.dispose([...this.#layers.flatMap(({ kernel, bias }) => [kernel, bias]), this.#headKernel])
  }
}

/** The values of a tensor, of which nothing stays. */
function valuesOf (compute: () => Tensor): Float32Array {
  const tensor = tf.tidy(compute)
  const values = tensor.dataSync() as Float32Array
  tensor.dispose()
  return values
}
