/** The steps of padded sequences in reverse, for the layers that read a light curve backwards. */
import type { Tensor, Tensor3D } from '@tensorflow/tfjs-core'
import { tf } from '../../model/tf.ts'

/** Where each of the steps·rows vectors comes from: the steps of a row swap ends, its padding stays where it is. */
export function reversalIndex (lengths: Int32Array, steps: number): Int32Array {
  const rows = lengths.length
  const index = new Int32Array(steps * rows)
  for (let step = 0; step < steps; step++) {
    for (let row = 0; row < rows; row++) {
      const from = step < lengths[row]! ? lengths[row]! - 1 - step : step
      index[step * rows + row] = from * rows + row
    }
  }
  return index
}

/**
 * Reverses each row over its own length; twice gives the tensor back, so the gradient is reversed in the same way.
 * @param x [steps, rows, width]
 * @param index of reversalIndex()
 */
export function reverseSteps (x: Tensor3D, index: Int32Array): Tensor3D {
  const [steps, rows, width] = x.shape
  const swap = (tensor: Tensor): Tensor =>
    tf.reshape(tf.gather(tf.reshape(tensor, [steps * rows, width]), tf.tensor1d(index, 'int32')), [steps, rows, width])
  const reverse = tf.customGrad(tensor => ({ value: swap(tensor as Tensor), gradFunc: (gradient: Tensor) => swap(gradient) }))
  return reverse(x) as Tensor3D
}
