/**
 * An LSTM network in as few calls of TensorFlow as there can be: each layer's fused op, and the head's large product. What
 * lies between them, sums of a few values a step, is plain JavaScript: a call of TensorFlow costs more than that.
 */
import { featureLength } from '../light-curve/features.ts'
import { BlockLstmLayer } from './cells/block-lstm-layer.ts'
import type { Network, SequenceResult, SequenceStart } from './engine.ts'
import { padRows, panels } from './panels.ts'
import { hiddenStateLength, type NetworkShape, type Weights } from './shape.ts'
import type { OpAttribute, TensorflowBinding } from './tensorflow-backend.ts'

/** h of the top layer and its running sum after each step, [steps, rows, width]. */
interface Top {
  h: Float32Array
  sum: Float32Array
}

export class BlockLstmNetwork implements Network {
  readonly engine = 'tensorflow'
  readonly shape: NetworkShape
  readonly #binding: TensorflowBinding
  readonly #layers: readonly BlockLstmLayer[]
  /** Native [2·width, headWidth]. */
  readonly #headKernel: number
  readonly #headBias: Float32Array
  /** Of each unit of the head: what it adds to logit(Ia) − logit(not Ia). */
  readonly #headDifference: Float32Array
  readonly #biasDifference: number
  readonly #product: OpAttribute[]

  /** @param shape of an LSTM */
  constructor (binding: TensorflowBinding, shape: NetworkShape, weights: Weights) {
    const { width, headWidth } = shape
    this.shape = shape
    this.#binding = binding
    this.#layers = Array.from({ length: shape.layers }, (_, layer) => new BlockLstmLayer(binding, {
      inputs: layer === 0 ? featureLength(shape.bands) : width,
      width,
      kernel: weights[`lstm${layer}/kernel`]!,
      bias: weights[`lstm${layer}/bias`]!
    }))
    this.#headKernel = binding.createTensor([2 * width, headWidth], binding.TF_FLOAT, weights['head/kernel']!)
    this.#headBias = weights['head/bias']!
    const [kernel, bias] = [weights['logits/kernel']!, weights['logits/bias']!]
    this.#headDifference = Float32Array.from({ length: headWidth }, (_, unit) => kernel[2 * unit + 1]! - kernel[2 * unit]!)
    this.#biasDifference = bias[1]! - bias[0]!
    this.#product = [
      { name: 'transpose_a', type: binding.TF_ATTR_BOOL, value: false },
      { name: 'transpose_b', type: binding.TF_ATTR_BOOL, value: false },
      { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
    ]
  }

  sequence (features: Float32Array, steps: number, given: number, from?: SequenceStart): SequenceResult {
    const { width } = this.shape
    const length = hiddenStateLength(this.shape)
    const rows = panels(given)
    const hidden = new Float32Array(steps * given * length)
    let x: number | null = null
    let h: Float32Array = new Float32Array()
    try {
      x = this.#layers[0]!.input(padRows(features, steps, given), steps, rows)
      this.#layers.forEach((layer, k) => {
        const at = 2 * k * width
        const start = (offset: number): Float32Array => this.#column(from?.hidden, given, rows, offset)
        const after = layer.forward(x!, steps, rows, start(at), start(at + width))
        this.#binding.deleteTensor(x!)
        x = after.hId
        h = after.h
        this.#scatter(after.c, hidden, { steps, given, rows, offset: at })
        this.#scatter(h, hidden, { steps, given, rows, offset: at + width })
      })
    } finally {
      if (x !== null) this.#binding.deleteTensor(x)
    }
    const sum = runningSum(h, this.#column(from?.hidden, given, rows, length - width), steps)
    this.#scatter(sum, hidden, { steps, given, rows, offset: length - width })
    return { hidden, logits: this.#logits({ h, sum }, steps, given, from?.steps) }
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

  /** Logit difference of the consensus head, [steps, given]. */
  #logits ({ h, sum }: Top, steps: number, given: number, before: Float32Array | undefined): Float32Array {
    const { width, headWidth } = this.shape
    const rows = panels(given)
    const inputs = new Float32Array(steps * rows * 2 * width)
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < given; row++) {
        const from = (step * rows + row) * width
        const to = 2 * from
        const epochs = (before?.[row] ?? 0) + step + 1
        for (let unit = 0; unit < width; unit++) {
          inputs[to + unit] = h[from + unit]!
          inputs[to + width + unit] = sum[from + unit]! / epochs
        }
      }
    }
    const dense = this.#dense(inputs, steps * rows)
    const logits = new Float32Array(steps * given)
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < given; row++) {
        const at = (step * rows + row) * headWidth
        let logit = this.#biasDifference
        for (let unit = 0; unit < headWidth; unit++) {
          const value = dense[at + unit]! + this.#headBias[unit]!
          if (value > 0) logit += value * this.#headDifference[unit]!
        }
        logits[step * given + row] = logit
      }
    }
    return logits
  }

  #dense (inputs: Float32Array, rows: number): Float32Array {
    const binding = this.#binding
    const id = binding.createTensor([rows, 2 * this.shape.width], binding.TF_FLOAT, inputs)
    try {
      const [product] = binding.executeOp('MatMul', this.#product, [id, this.#headKernel], 1)
      const values = binding.tensorDataSync(product!.id)
      binding.deleteTensor(product!.id)
      return values
    } finally {
      binding.deleteTensor(id)
    }
  }

  dispose (): void {
    for (const layer of this.#layers) layer.dispose()
    this.#binding.deleteTensor(this.#headKernel)
  }
}

/** @param h and @returns its sum up to each step, [steps, rows, width]; @param before [rows, width] */
function runningSum (h: Float32Array, before: Float32Array, steps: number): Float32Array {
  const sum = new Float32Array(h.length)
  const stride = before.length
  for (let k = 0; k < stride; k++) sum[k] = before[k]! + h[k]!
  for (let k = stride; k < steps * stride; k++) sum[k] = sum[k - stride]! + h[k]!
  return sum
}
