/**
 * One LSTM layer by TensorFlow's fused op BlockLSTMV2 on native tensors, for inference; the cell is that of block-lstm.ts.
 * The op reads where it is told to, so every length is checked before.
 */
import { CandelaError } from '../../errors.ts'
import type { OpAttribute, TensorflowBinding } from '../tensorflow-backend.ts'
import { constants, FORWARD_OUTPUTS, forwardAttributes } from './block-lstm-op.ts'

export interface LayerWeights {
  inputs: number
  width: number
  /** [inputs + width, 4·width] */
  kernel: Float32Array
  /** [4·width] */
  bias: Float32Array
}

export interface LayerResult {
  /** c and h after every step, [steps, rows, width] */
  c: Float32Array
  h: Float32Array
  /** The same h as a native tensor; the caller deletes it. */
  hId: number
}

/** Places among the op's outputs. */
const C = 1
const H = 6

export class BlockLstmLayer {
  readonly #binding: TensorflowBinding
  readonly #inputs: number
  readonly #width: number
  readonly #kernel: number
  readonly #bias: number
  readonly #attributes: OpAttribute[]

  /** @throws CandelaError `lstm-shape` */
  constructor (binding: TensorflowBinding, { inputs, width, kernel, bias }: LayerWeights) {
    checkLength('kernel', kernel, inputs + width, 4 * width)
    checkLength('bias', bias, 4 * width)
    this.#binding = binding
    this.#inputs = inputs
    this.#width = width
    this.#kernel = binding.createTensor([inputs + width, 4 * width], binding.TF_FLOAT, kernel)
    this.#bias = binding.createTensor([4 * width], binding.TF_FLOAT, bias)
    this.#attributes = forwardAttributes(binding)
  }

  /** The input of the bottom layer as a native tensor; the caller deletes it. @throws CandelaError `lstm-shape` */
  input (features: Float32Array, steps: number, rows: number): number {
    checkLength('features', features, steps, rows, this.#inputs)
    return this.#binding.createTensor([steps, rows, this.#inputs], this.#binding.TF_FLOAT, features)
  }

  /**
   * @param x native [steps, rows, inputs]
   * @param c0 [rows, width] cell state before the first step
   * @param h0 [rows, width] hidden output before the first step
   * @throws CandelaError `lstm-shape`
   */
  forward (x: number, steps: number, rows: number, c0: Float32Array, h0: Float32Array): LayerResult {
    const binding = this.#binding
    checkLength('c0', c0, rows, this.#width)
    checkLength('h0', h0, rows, this.#width)
    const [c0Id, h0Id] = [c0, h0].map(values => binding.createTensor([rows, this.#width], binding.TF_FLOAT, values)) as [number, number]
    try {
      const { seqLenMax, peephole } = constants(binding, steps, this.#width)
      const inputs = [seqLenMax, x, c0Id, h0Id, this.#kernel, peephole, peephole, peephole, this.#bias]
      const ids = binding.executeOp('BlockLSTMV2', this.#attributes, inputs, FORWARD_OUTPUTS).map(({ id }) => id)
      const result = { c: binding.tensorDataSync(ids[C]!), h: binding.tensorDataSync(ids[H]!), hId: ids[H]! }
      ids.forEach((id, output) => { if (output !== H) binding.deleteTensor(id) })
      return result
    } finally {
      binding.deleteTensor(c0Id)
      binding.deleteTensor(h0Id)
    }
  }

  dispose (): void {
    for (const id of [this.#kernel, this.#bias]) this.#binding.deleteTensor(id)
  }
}

function checkLength (name: string, values: Float32Array, ...shape: number[]): void {
  if (values.length > 0 && values.length === shape.reduce((product, size) => product * size)) return
  throw new CandelaError('lstm-shape', `${name} of an LSTM layer has ${values.length} values, and not [${shape.join(', ')}]`, {
    value: values.length, action: 'Expected features [T,B,F] and c0 and h0 [B,H] with T and B at least 1, kernel [F+H,4H], bias [4H].'
  })
}
