/** The steps of padded sequences in reverse, for the layers that read a light curve backwards. */
import * as tf from '@tensorflow/tfjs-core'

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
export function reverseSteps (x: tf.Tensor3D, index: Int32Array): tf.Tensor3D {
  const [steps, rows, width] = x.shape
  const swap = (tensor: tf.Tensor): tf.Tensor =>
    tf.reshape(tf.gather(tf.reshape(tensor, [steps * rows, width]), tf.tensor1d(index, 'int32')), [steps, rows, width])
  const reverse = tf.customGrad(tensor => ({ value: swap(tensor as tf.Tensor), gradFunc: (gradient: tf.Tensor) => swap(gradient) }))
  return reverse(x) as tf.Tensor3D
}
