/** The network of model/shape.ts as variables with gradients, and the auxiliary heads that only training has. */
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { TrainableCellLayer } from '../../model/cells/cell.ts'
import { trainableCells } from '../../model/cells/cells.ts'
import { chunksOf } from '../../model/cells/chunks.ts'
import { cellOfWeight } from '../../model/cells/layout.ts'
import { consensusLength, hasAttention, hasMean, LARGEST_SCORE, logitsLength, weightSpecs, type NetworkShape, type Weights, type WeightSpec } from '../../model/shape.ts'
import type { Tensorflow } from '../../model/tensorflow-backend.ts'
import { dropout } from './dropout.ts'
import type { Random } from '../data/random.ts'
import { trainableForecast, type TrainableForecast } from './trainable-decoder.ts'
import { TrainableWeights } from './trainable-weights.ts'
import { tf } from '../../model/tf.ts'

/** Outputs of every step, the time axis and the rows flattened into one: [steps·rows, …]. */
export interface TrainableOutputs {
  /** [heads, steps·rows, logits]: not Ia and Ia, or the classes. */
  logits: Tensor3D
  /** [steps·rows, types + 2]: logits of the types, redshift, phase. */
  auxiliary: Tensor2D
  /** [steps·rows, PHASE_VALUES]: the phase that a network with a decoder says; null without one. */
  phase: Tensor2D | null
  /** [steps·rows, …]: what a decoder starts from, but for the outlook. */
  carried: Tensor2D
}

const AUXILIARY_KERNEL = 'auxiliary/kernel'
const AUXILIARY_BIAS = 'auxiliary/bias'

/** The specs of weights.bin, then those of the auxiliary heads: `types` logits, redshift, phase. */
export function trainableSpecs (shape: NetworkShape, types: number): WeightSpec[] {
  return [
    ...weightSpecs(shape),
    { name: AUXILIARY_KERNEL, shape: [shape.heads * shape.headWidth, types + 2] },
    { name: AUXILIARY_BIAS, shape: [types + 2] }
  ]
}

/**
 * First weights: kernels uniform in ±√(6/(in + out)) per block of columns (Glorot & Bengio 2010), biases 0, the LSTM's
 * forget gate's 1 (Jozefowicz et al. 2015), and so is that of the GRU's update gate, which keeps h as the other keeps c.
 */
export function initialWeights (specs: readonly WeightSpec[], random: Random): Weights {
  const weights: Weights = {}
  for (const { name, shape } of specs) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1))
    const cell = cellOfWeight(name)
    const [inputs, outputs] = shape
    if (outputs !== undefined && inputs !== undefined) {
      const limit = Math.sqrt(6 / (inputs + outputs / (cell?.blocks ?? 1)))
      for (let k = 0; k < values.length; k++) values[k] = limit * (2 * random.uniform() - 1)
    } else if (cell && cell.keepBlock !== null) {
      const width = values.length / cell.blocks
      values.fill(1, cell.keepBlock * width, (cell.keepBlock + 1) * width)
    }
    weights[name] = values
  }
  return weights
}

/** [steps, steps]: 1 where the column's step is not after the row's, and in the same chunk. */
function soFar (steps: number, truncate: number | null): Tensor2D {
  const ones = new Float32Array(steps * steps)
  for (const { from, steps: length } of chunksOf(steps, truncate)) {
    for (let step = from; step < from + length; step++) ones.fill(1, step * steps + from, step * steps + step + 1)
  }
  return tf.tensor2d(ones, [steps, steps])
}

/**
 * Sum over the steps so far, as a product with a triangle of ones: tf.cumsum takes four times as long, and its gradient is
 * wrong for an axis that is not the last (tfjs 4.22).
 * @param x [steps, rows, columns]
 * @param truncate length of the chunks [steps] beyond whose start the sum so far is a constant; null for none
 */
export function runningSum (x: Tensor3D, truncate: number | null = null): Tensor3D {
  const [steps, rows, columns] = x.shape
  const flat = (tensor: Tensor): Tensor2D => tf.reshape(tensor, [steps, rows * columns])
  const sum = tf.customGrad(x => ({
    value: tf.reshape(tf.matMul(soFar(steps, null), flat(x as Tensor3D)), [steps, rows, columns]),
    gradFunc: (gradient: Tensor) => tf.tidy(() => tf.reshape(tf.matMul(soFar(steps, truncate), flat(gradient), true), [steps, rows, columns]))
  }))
  return sum(x) as Tensor3D
}

/** Running mean over the steps so far. @param h [steps, rows, width] */
export function runningMean (h: Tensor3D, truncate: number | null = null): Tensor3D {
  const shares = tf.tensor3d(Array.from({ length: h.shape[0] }, (_, step) => 1 / (step + 1)), [h.shape[0], 1, 1])
  return tf.mul(runningSum(h, truncate), shares)
}

export class TrainableNetwork {
  readonly shape: NetworkShape
  readonly specs: readonly WeightSpec[]
  readonly #tensorflow: Tensorflow
  readonly #layer: TrainableCellLayer
  readonly #weights: TrainableWeights

  constructor (tensorflow: Tensorflow, shape: NetworkShape, types: number) {
    this.shape = shape
    this.specs = trainableSpecs(shape, types)
    this.#tensorflow = tensorflow
    this.#layer = trainableCells(tensorflow)[shape.cell]
    this.#weights = new TrainableWeights(this.specs)
  }

  assign (weights: Weights): void {
    this.#weights.assign(weights)
  }

  #weight<T extends Tensor> (name: string): T {
    return this.#weights.get<T>(name)
  }

  /**
   * Call it inside gradients().
   * @param features [steps, rows, inputLength]
   * @param dropoutSeed the same number gives the same dropout
   * @param truncate length of the chunks [steps] that gradients do not leave towards earlier steps, as model/cells/chunks.ts
   *   says; null for the whole light curve
   * @param truncateMean the same for the running mean alone
   */
  forward (
    features: Tensor3D, dropoutRate: number, dropoutSeed: number, truncate: number | null = null, truncateMean = truncate
  ): TrainableOutputs {
    const [steps, rows] = features.shape
    const { cell } = this.shape
    let h = features
    const ofLayers: Tensor2D[] = []
    for (let layer = 0; layer < this.shape.layers; layer++) {
      h = this.#layer(h, this.#weight(`${cell}${layer}/kernel`), this.#weight(`${cell}${layer}/bias`), truncate)
      h = dropout(this.#tensorflow, h, dropoutRate, [dropoutSeed, layer])
      ofLayers.push(tf.reshape(h, [steps * rows, this.shape.width]))
    }
    const consensus = tf.reshape(this.#consensus(h as Tensor3D, truncateMean), [steps * rows, consensusLength(this.shape)]) as Tensor2D
    const affine = (x: Tensor2D, kernel: string, bias: string): Tensor2D =>
      tf.add(tf.matMul(x, this.#weight<Tensor2D>(kernel)), this.#weight(bias))
    const dense = tf.relu(affine(consensus, 'head/kernel', 'head/bias'))
    return {
      logits: this.#logits(dense),
      auxiliary: affine(dense, AUXILIARY_KERNEL, AUXILIARY_BIAS),
      phase: this.shape.decoder === null ? null : affine(dense, 'phase/kernel', 'phase/bias'),
      // The consensus begins with h of the top layer.
      carried: tf.concat2d([...ofLayers.slice(0, -1), consensus], 1)
    }
  }

  /**
   * What the decoder says from some steps. Call it inside gradients().
   * @param carried of `forward`
   * @param places of the steps among [steps·rows]
   * @param outlook [places, outlookLength]: see FeatureSet.outlook
   */
  forecast (carried: Tensor2D, places: Int32Array, outlook: Float32Array): TrainableForecast {
    const from = tf.gather(carried, tf.tensor1d(places, 'int32'))
    const inputs = tf.concat2d([from, tf.tensor2d(outlook, [places.length, outlook.length / places.length])], 1)
    return trainableForecast(this.#tensorflow, name => this.#weight(name), this.shape.decoder!, inputs)
  }

  /** h and its means over the epochs so far, [steps, rows, consensusLength]. */
  #consensus (h: Tensor3D, truncate: number | null): Tensor3D {
    const { shape } = this
    const [steps, rows, width] = h.shape
    const parts = [h]
    if (hasMean(shape)) parts.push(runningMean(h, truncate))
    if (hasAttention(shape)) {
      const score = tf.add(tf.matMul(tf.reshape(h, [steps * rows, width]) as Tensor2D, this.#weight<Tensor2D>('attention/kernel')), this.#weight('attention/bias'))
      const weight = tf.reshape(tf.exp(tf.mul(LARGEST_SCORE, tf.tanh(score))), [steps, rows, 1]) as Tensor3D
      parts.push(tf.div(runningSum(tf.mul(weight, h), truncate), runningSum(weight, truncate)))
    }
    return tf.concat3d(parts, 2)
  }

  /** @param dense [steps·rows, heads·headWidth] */
  #logits (dense: Tensor2D): Tensor3D {
    const { heads, headWidth } = this.shape
    const logits = logitsLength(this.shape)
    const ofHeads = tf.transpose(tf.reshape(dense, [dense.shape[0], heads, headWidth]), [1, 0, 2])
    const kernel = tf.reshape(this.#weight('logits/kernel'), [heads, headWidth, logits])
    return tf.add(tf.matMul(ofHeads, kernel), tf.reshape(this.#weight('logits/bias'), [heads, 1, logits]))
  }

  /** The loss and its gradients by name of the weight. */
  gradients (loss: () => Scalar): { loss: number, gradients: Weights } {
    return this.#weights.gradients(loss)
  }

  dispose (): void {
    this.#weights.dispose()
  }
}
