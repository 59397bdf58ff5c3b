/** What training makes small. */
import type { Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-core'
import type { Batch } from '../data/batch.ts'
import type { TrainableOutputs } from './trainable-network.ts'
import { tf } from '../../model/tf.ts'

/** Scale of the true redshift in its loss. */
const REDSHIFT_SCALE = 0.3

interface Targets {
  /** [steps·rows, 2] and [steps·rows, types]: the step's weight in the column of the true class. */
  classes: Tensor2D
  types: Tensor2D
  /** [steps·rows, 2]: redshift and phase, and the step's weight where they are known. */
  values: Tensor2D
  valueWeights: Tensor2D
}

function targetsOf ({ steps, rows, stepWeights, isIa, type, redshift, phase }: Batch, types: number): Targets {
  const count = steps * rows
  const classes = new Float32Array(2 * count)
  const ofType = new Float32Array(types * count)
  const values = new Float32Array(2 * count)
  const valueWeights = new Float32Array(2 * count)
  for (let k = 0; k < count; k++) {
    const row = k % rows
    const weight = stepWeights[k]! / rows
    classes[2 * k + isIa[row]!] = weight
    ofType[types * k + type[row]!] = weight
    const known = [redshift[row]! / REDSHIFT_SCALE, phase[k]!]
    known.forEach((value, column) => {
      if (Number.isNaN(value)) return
      values[2 * k + column] = value
      valueWeights[2 * k + column] = weight
    })
  }
  return {
    classes: tf.tensor2d(classes, [count, 2]),
    types: tf.tensor2d(ofType, [count, types]),
    values: tf.tensor2d(values, [count, 2]),
    valueWeights: tf.tensor2d(valueWeights, [count, 2])
  }
}

const crossEntropy = (logits: Tensor2D, weights: Tensor2D): Tensor => tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), weights)))

/**
 * Mean over the rows of: the cross-entropy of Ia or not, by step weights, and `auxiliaryWeight` × (cross-entropy of
 * the type + squared errors of redshift/0.3 and of the phase).
 */
export function batchLoss ({ logits, auxiliary }: TrainableOutputs, batch: Batch, types: number, auxiliaryWeight: number): Scalar {
  const targets = targetsOf(batch, types)
  const classification = crossEntropy(logits, targets.classes)
  if (auxiliaryWeight === 0) return tf.add(classification, tf.mul(0, tf.sum(auxiliary)))
  const [typeLogits, values] = tf.split(auxiliary, [types, 2], 1) as [Tensor2D, Tensor2D]
  const regression = tf.sum(tf.mul(tf.square(tf.sub(values, targets.values)), targets.valueWeights))
  return tf.add(classification, tf.mul(auxiliaryWeight, tf.add(crossEntropy(typeLogits, targets.types), regression)))
}
