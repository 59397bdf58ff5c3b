/**
 * The network of Charnock & Moss 2017 (arXiv:1606.07442, secs. 1 and 3): stacked LSTM layers with dropout on what
 * each gives out, its mean over all steps of the light curve, and a softmax over two classes. Where it is
 * bidirectional, each layer is a pair of which one reads the steps in reverse, and the sum of the two at each step
 * goes on (the authors' program adds them too). It sees the whole light curve, so it cannot be carried from alert to
 * alert. Gates are those of model/block-lstm.ts, with a sigmoid; the authors' library had a piecewise linear one.
 */
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { trainableBlockLstm } from '../../model/cells/block-lstm.ts'
import type { WeightSpec, Weights } from '../../model/shape.ts'
import type { Tensorflow } from '../../model/tensorflow-backend.ts'
import { TrainableWeights } from '../network/trainable-weights.ts'
import { dropout } from '../network/dropout.ts'
import type { ReferenceBatch } from './input.ts'
import { reversalIndex, reverseSteps } from './reversal.ts'
import { tf } from '../../model/tf.ts'

export interface ReferenceShape {
  inputs: number
  /** Width of each layer, in each direction. */
  widths: readonly number[]
  bidirectional: boolean
}

export interface Dropout {
  rate: number
  /** The same number gives the same masks. */
  seed: number
}

const forwards = (layer: number): string => `lstm${layer}`
const backwards = (layer: number): string => `lstm${layer}-backward`

/** Kernels [inputs + width, 4·width] and biases as in model/shape.ts, then the two logits (not Ia, Ia). */
export function referenceSpecs ({ inputs, widths, bidirectional }: ReferenceShape): WeightSpec[] {
  const layers = widths.flatMap((width, layer) => {
    const names = bidirectional ? [forwards(layer), backwards(layer)] : [forwards(layer)]
    const from = layer === 0 ? inputs : widths[layer - 1]!
    return names.flatMap(name => [{ name: `${name}/kernel`, shape: [from + width, 4 * width] }, { name: `${name}/bias`, shape: [4 * width] }])
  })
  return [...layers, { name: 'logits/kernel', shape: [widths.at(-1)!, 2] }, { name: 'logits/bias', shape: [2] }]
}

/** [steps, rows, 1]: 1/length in the steps of each row, 0 in its padding. */
function shares ({ steps, rows, lengths }: ReferenceBatch): Tensor3D {
  const values = new Float32Array(steps * rows)
  for (let row = 0; row < rows; row++) {
    for (let step = 0; step < lengths[row]!; step++) values[step * rows + row] = 1 / lengths[row]!
  }
  return tf.tensor3d(values, [steps, rows, 1])
}

export class ReferenceNetwork {
  readonly shape: ReferenceShape
  readonly specs: readonly WeightSpec[]
  readonly #tensorflow: Tensorflow
  readonly #weights: TrainableWeights

  constructor (tensorflow: Tensorflow, shape: ReferenceShape) {
    this.shape = shape
    this.specs = referenceSpecs(shape)
    this.#tensorflow = tensorflow
    this.#weights = new TrainableWeights(this.specs)
  }

  assign (weights: Weights): void {
    this.#weights.assign(weights)
  }

  #weight<T extends Tensor> (name: string): T {
    return this.#weights.get<T>(name)
  }

  #layer (name: string, x: Tensor3D, width: number): Tensor3D {
    const zeros = tf.zeros([x.shape[1], width]) as Tensor2D
    return trainableBlockLstm(this.#tensorflow, x, zeros, zeros, this.#weight(`${name}/kernel`), this.#weight(`${name}/bias`))
  }

  #forward (batch: ReferenceBatch, { rate, seed }: Dropout): Tensor2D {
    const { inputs, widths, bidirectional } = this.shape
    const reversal = reversalIndex(batch.lengths, batch.steps)
    let h = tf.tensor3d(batch.inputs, [batch.steps, batch.rows, inputs])
    widths.forEach((width, layer) => {
      const ahead = this.#layer(forwards(layer), h, width)
      const both = bidirectional
        ? tf.add(ahead, reverseSteps(this.#layer(backwards(layer), reverseSteps(h, reversal), width), reversal)) as Tensor3D
        : ahead
      h = dropout(this.#tensorflow, both, rate, [seed, layer])
    })
    const consensus = tf.sum(tf.mul(h, shares(batch)), 0) as Tensor2D
    return tf.add(tf.matMul(consensus, this.#weight<Tensor2D>('logits/kernel')), this.#weight('logits/bias'))
  }

  /** P(Ia) of each row, without dropout. */
  probabilities (batch: ReferenceBatch): Float32Array {
    return tf.tidy(() => tf.softmax(this.#forward(batch, { rate: 0, seed: 0 })).dataSync().filter((_, k) => k % 2 === 1) as Float32Array)
  }

  /** The mean cross-entropy of the rows and its gradients by name of the weight. */
  gradients (batch: ReferenceBatch, dropout: Dropout): { loss: number, gradients: Weights } {
    const targets = new Float32Array(2 * batch.rows)
    batch.isIa.forEach((isIa, row) => { targets[2 * row + isIa] = -1 / batch.rows })
    return this.#weights.gradients(() =>
      tf.sum(tf.mul(tf.logSoftmax(this.#forward(batch, dropout)), tf.tensor2d(targets, [batch.rows, 2]))) as Scalar)
  }

  dispose (): void {
    this.#weights.dispose()
  }
}
