/**
 * An LSTM network in as few calls of TensorFlow as there can be: each layer's fused op, and the head's large product. What
 * lies between them, sums of a few values a step, is plain JavaScript: a call of TensorFlow costs more than that.
 */
import { BlockLstmLayer } from './cells/block-lstm-layer.ts'
import { Consensus } from './consensus.ts'
import { LazyDecoder } from './forecast/decoder.ts'
import type { ForecastResult, ForecastStart, Network, SequenceResult, SequenceStart } from './engine.ts'
import { Head } from './head.ts'
import { padRows, panels } from './panels.ts'
import { consensusLength, hiddenStateLength, inputLength, type NetworkShape, type Weights } from './shape.ts'
import type { OpAttribute, TensorflowBinding } from './tensorflow-backend.ts'

export class BlockLstmNetwork implements Network {
  readonly engine = 'tensorflow'
  readonly shape: NetworkShape
  readonly #binding: TensorflowBinding
  readonly #layers: readonly BlockLstmLayer[]
  readonly #consensus: Consensus
  /** Native [consensusLength, heads·headWidth]. */
  readonly #headKernel: number
  readonly #head: Head
  readonly #decoder: LazyDecoder
  readonly #product: OpAttribute[]

  /**
   * @param shape of an LSTM
   * @param positive see Engine
   */
  constructor (binding: TensorflowBinding, shape: NetworkShape, weights: Weights, positive: readonly number[]) {
    const { width, heads, headWidth } = shape
    this.shape = shape
    this.#binding = binding
    this.#layers = Array.from({ length: shape.layers }, (_, layer) => new BlockLstmLayer(binding, {
      inputs: layer === 0 ? inputLength(shape) : width,
      width,
      kernel: weights[`lstm${layer}/kernel`]!,
      bias: weights[`lstm${layer}/bias`]!
    }))
    this.#consensus = new Consensus(shape, weights)
    this.#headKernel = binding.createTensor([consensusLength(shape), heads * headWidth], binding.TF_FLOAT, weights['head/kernel']!)
    this.#head = new Head(shape, weights, positive)
    this.#decoder = new LazyDecoder('tensorflow', shape, weights)
    this.#product = [
      { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
      { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
      { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
    ]
  }

  sequence (features: Float32Array, steps: number, given: number, from?: SequenceStart): SequenceResult {
    const { width } = this.shape
    const rows = panels(given)
    const hidden = new Float32Array(steps * given * hiddenStateLength(this.shape))
    let x: number | null = null
    try {
      x = this.#layers[0]!.input(padRows(features, steps, given), steps, rows)
      this.#layers.forEach((layer, k) => {
        const at = 2 * k * width
        const start = (offset: number): Float32Array => this.#column(from?.hidden, given, rows, offset)
        const after = layer.forward(x!, steps, rows, start(at), start(at + width))
        this.#binding.deleteTensor(x!)
        x = after.hId
        this.#scatter(after.c, hidden, { steps, given, rows, offset: at })
        this.#scatter(after.h, hidden, { steps, given, rows, offset: at + width })
      })
    } finally {
      if (x !== null) this.#binding.deleteTensor(x)
    }
    const { inputs, weights } = this.#consensus.advance({ hidden, steps, rows: given, from })
    return { hidden, outputs: this.#head.outputs(this.#dense(inputs, steps * rows), steps, given), weights }
  }

  /** `width` values from `offset` of each hidden state, [rows, width]; zeros behind those that are given. */
  #column (hidden: Float32Array | undefined, given: number, rows: number, offset: number): Float32Array {
    const { width } = this.shape
    const length = hiddenStateLength(this.shape)
    const column = new Float32Array(rows * width)
    if (hidden) for (let row = 0; row < given; row++) column.set(hidden.subarray(row * length + offset, row * length + offset + width), row * width)
    return column
  }

  /** The other way: [steps, rows, width] into the hidden states, [steps, given, hiddenStateLength]. */
  #scatter (values: Float32Array, hidden: Float32Array, { steps, given, rows, offset }: { steps: number, given: number, rows: number, offset: number }): void {
    const { width } = this.shape
    const length = hiddenStateLength(this.shape)
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < given; row++) {
        const at = (step * rows + row) * width
        hidden.set(values.subarray(at, at + width), (step * given + row) * length + offset)
      }
    }
  }

  #dense (inputs: Float32Array, rows: number): Float32Array {
    const binding = this.#binding
    const id = binding.createTensor([rows, consensusLength(this.shape)], binding.TF_FLOAT, inputs)
    try {
      const [product] = binding.executeOp('MatMul', this.#product, [id, this.#headKernel], 1)
      const values = binding.tensorDataSync(product!.id)
      binding.deleteTensor(product!.id)
      return values
    } finally {
      binding.deleteTensor(id)
    }
  }

  forecast (from: ForecastStart, rows: number): ForecastResult {
    return this.#decoder.forecast(from, rows)
  }

  dispose (): void {
    this.#decoder.dispose()
    for (const layer of this.#layers) layer.dispose()
    this.#binding.deleteTensor(this.#headKernel)
  }
}
