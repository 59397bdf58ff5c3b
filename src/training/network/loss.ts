/** What training makes small. */
import type { Scalar, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { Batch } from '../data/batch.ts'
import type { TrainableOutputs } from './trainable-network.ts'
import { tf } from '../../model/tf.ts'

/** Scale of the true redshift in its loss. */
const REDSHIFT_SCALE = 0.3

interface Targets {
  /** [heads, steps·rows, logits]: the step's weight in the column of the true class, for the heads that learn from its object. */
  classes: Tensor3D
  /** [steps·rows, types]: the step's weight in the column of the true type. */
  types: Tensor2D
  /** [steps·rows, 2]: redshift and phase, and the step's weight where they are known. */
  values: Tensor2D
  valueWeights: Tensor2D
}

function targetsOf ({ steps, rows, stepWeights, isIa, type, redshift, phase }: Batch, { heads, logits, types, headWeights }: LossShape): Targets {
  const count = steps * rows
  const classes = new Float32Array(heads * logits * count)
  const ofType = new Float32Array(types * count)
  const values = new Float32Array(2 * count)
  const valueWeights = new Float32Array(2 * count)
  for (let k = 0; k < count; k++) {
    const row = k % rows
    const weight = stepWeights[k]! / rows
    if (weight === 0) continue
    const place = types === 0 ? type[row]! : isIa[row]!
    for (let head = 0; head < heads; head++) classes[(head * count + k) * logits + place] = weight * headWeights[row * heads + head]! / heads
    if (types > 0) ofType[types * k + type[row]!] = weight
    const known = [redshift[row]! / REDSHIFT_SCALE, phase[k]!]
    known.forEach((value, column) => {
      if (Number.isNaN(value)) return
      values[2 * k + column] = value
      valueWeights[2 * k + column] = weight
    })
  }
  return {
    classes: tf.tensor3d(classes, [heads, count, logits]),
    types: tf.tensor2d(ofType, [count, types]),
    values: tf.tensor2d(values, [count, 2]),
    valueWeights: tf.tensor2d(valueWeights, [count, 2])
  }
}

/** What a loss is taken over. */
export interface LossShape {
  heads: number
  /** Logits of each head: the classes, or 2. */
  logits: number
  /** Types that an auxiliary head tells apart; 0 where the network ends in classes. */
  types: number
  /** [rows, heads]: how much each head learns from the object, 1 on average. */
  headWeights: Float32Array
}

const crossEntropy = (logits: Tensor, weights: Tensor): Tensor => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), weights)))

/**
 * Mean over the rows of: the cross-entropy of Ia or not, or of the classes, by step weights, the mean of the heads; and
 * `auxiliaryWeight` × (cross-entropy of the type + squared errors of redshift/0.3 and of the phase).
 */
export function batchLoss ({ logits, auxiliary }: TrainableOutputs, batch: Batch, shape: LossShape, auxiliaryWeight: number): Scalar {
  const targets = targetsOf(batch, shape)
  const classification = crossEntropy(logits, targets.classes)
  if (auxiliaryWeight === 0) return tf.add(classification, tf.mul(0, tf.sum(auxiliary)))
  const { types } = shape
  const values = tf.slice(auxiliary, [0, types], [-1, 2])
  const regression = tf.sum(tf.mul(tf.square(tf.sub(values, targets.values)), targets.valueWeights))
  const rest = types === 0 ? regression : tf.add(crossEntropy(tf.slice(auxiliary, [0, 0], [-1, types]), targets.types), regression)
  return tf.add(classification, tf.mul(auxiliaryWeight, rest))
}
