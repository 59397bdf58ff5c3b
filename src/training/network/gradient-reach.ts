/**
 * How far back the loss at the end of a light curve can teach a network: the gradient of the last step's loss with
 * respect to the input k steps before it. Where it vanishes, nothing can be learnt from what lies that far back
 * (Bengio, Simard & Frasconi 1994).
 */
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core'
import { NO_CONTEXT } from '../../light-curve/features/context.ts'
import type { FeaturePoint } from '../../light-curve/features/features.ts'
import { steppedPoints } from '../../light-curve/window.ts'
import type { CellName } from '../../model/cells/layout.ts'
import { inputLength, type NetworkShape, type Weights } from '../../model/shape.ts'
import type { Tensorflow } from '../../model/tensorflow-backend.ts'
import { writeFeatures } from '../data/batch.ts'
import { isTypeIa, type LabelledObject } from '../data/labelled-object.ts'
import { TrainableNetwork, trainableSpecs } from './trainable-network.ts'
import { tf } from '../../model/tf.ts'

export interface GradientReach {
  cell: CellName
  /** Number of light curves that the norms are averaged over: those with more steps than are looked back. */
  objects: number
  /** k = 0, 1, … [steps] */
  stepsBack: number[]
  /**
   * Euclidean norm of the gradient with respect to the features k steps back, averaged over the light curves, relative
   * to k = 0; by every way through the network, the running mean of the consensus among them.
   */
  network: number[]
  /** The same by way of the recurrent layers alone: the running mean of the earlier steps is taken as a constant. */
  recurrence: number[]
}

interface Curve {
  object: LabelledObject
  points: FeaturePoint[]
}

/** Mean over the rows of the norm of the gradient k steps before each row's last step, k = 0 … furthest. */
function meanNorms (gradient: Float32Array, curves: readonly Curve[], inputs: number, furthest: number): number[] {
  return Array.from({ length: furthest + 1 }, (_, back) => {
    const norms = curves.map(({ points }, row) => {
      const at = ((points.length - 1 - back) * curves.length + row) * inputs
      return Math.hypot(...gradient.subarray(at, at + inputs))
    })
    return norms.reduce((sum, norm) => sum + norm, 0) / norms.length
  })
}

/**
 * The loss is −ln P(true class) after the last step. The features of a step hold what earlier points left in them
 * (forward-filled fluxes); the gradient is that of the step's own features only, so that it measures the network.
 * @param furthest steps to look back; shorter light curves do not count
 * @returns null where no light curve is long enough
 */
export function gradientReach (
  tensorflow: Tensorflow, { shape, weights }: { shape: NetworkShape, weights: Weights }, objects: readonly LabelledObject[], furthest: number
): GradientReach | null {
  const { bands, cell } = shape
  const curves = objects.map((object): Curve => ({ object, points: steppedPoints(object.points, bands) })).filter(({ points }) => points.length > furthest)
  if (curves.length === 0) return null
  const [rows, steps, inputs] = [curves.length, Math.max(...curves.map(({ points }) => points.length)), inputLength(shape)]
  const features = new Float32Array(steps * rows * inputs)
  const targets = new Float32Array(steps * rows * 2)
  curves.forEach(({ object, points }, row) => {
    writeFeatures(points, { host: object.host, context: NO_CONTEXT }, shape, features, row, rows)
    targets[((points.length - 1) * rows + row) * 2 + (isTypeIa(object) ? 1 : 0)] = 1
  })
  const network = new TrainableNetwork(tensorflow, shape, 1)
  const auxiliary = trainableSpecs(shape, 1).filter(({ name }) => !(name in weights))
  network.assign({ ...Object.fromEntries(auxiliary.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))])), ...weights })
  const norms = (truncateMean: number | null): number[] => tf.tidy(() => {
    const loss = (x: Tensor): Tensor => {
      const { logits } = network.forward(x as Tensor3D, 0, 0, null, truncateMean)
      return tf.neg(tf.sum(tf.mul(tf.logSoftmax(logits), tf.tensor3d(targets, [1, steps * rows, 2]))))
    }
    const gradient = tf.grad(loss)(tf.tensor3d(features.slice(), [steps, rows, inputs])).dataSync() as Float32Array
    const means = meanNorms(gradient, curves, inputs, furthest)
    return means.map(mean => mean / means[0]!)
  })
  try {
    return { cell, objects: rows, stepsBack: Array.from({ length: furthest + 1 }, (_, back) => back), network: norms(null), recurrence: norms(1) }
  } finally {
    network.dispose()
  }
}
