/** The simple recurrent network of Elman 1990, in plain ops: h' = tanh([x, h]·W + b). */
import * as tf from '@tensorflow/tfjs-core'
import type { CellLayer, TrainableCellLayer } from './cell.ts'
import { flat, inputProducts, layerGradients, previous } from './recurrence.ts'

/** The kernel's rows for h [H,H]. */
const hiddenKernel = (kernel: tf.Tensor2D): tf.Tensor2D => {
  const [rows, width] = kernel.shape
  return tf.slice2d(kernel, [rows - width, 0], [width, width])
}

function forward (x: tf.Tensor3D, h0: tf.Tensor2D, kernel: tf.Tensor2D, bias: tf.Tensor1D): tf.Tensor3D {
  const ofHidden = hiddenKernel(kernel)
  let h = h0
  return tf.stack(inputProducts(x, kernel, bias).map(products => {
    h = tf.tanh(tf.add(products, tf.matMul(h, ofHidden)))
    return h
  })) as tf.Tensor3D
}

export const rnn: CellLayer = (x, [h0], kernel, bias) => [forward(x, h0!, kernel, bias)]

/** From the last step back, with ∂h'/∂([x, h]·W + b) = 1 − h'². */
function backward (hGradient: tf.Tensor3D, saved: readonly tf.Tensor[], truncate: number | null): tf.Tensor[] {
  const [x, kernel, h] = saved as [tf.Tensor3D, tf.Tensor2D, tf.Tensor3D]
  const [steps, rows, width] = h.shape
  const ofHidden = hiddenKernel(kernel)
  const slopes = tf.unstack(tf.sub(1, tf.square(h))) as tf.Tensor2D[]
  const given = tf.unstack(hGradient) as tf.Tensor2D[]
  const ofSums: tf.Tensor2D[] = []
  let later: tf.Tensor2D | null = null
  for (let step = steps - 1; step >= 0; step--) {
    const ofSum: tf.Tensor2D = tf.mul(later === null ? given[step]! : tf.add(given[step]!, later), slopes[step]!)
    ofSums.push(ofSum)
    later = step % (truncate ?? steps) === 0 ? null : tf.matMul(ofSum, ofHidden, false, true)
  }
  const allSums = flat(tf.stack(ofSums.reverse()) as tf.Tensor3D)
  return layerGradients(x, kernel, allSums, tf.matMul(flat(previous(tf.zeros([rows, width]), h)), allSums, true, false))
}

export const trainableRnn: TrainableCellLayer = (x, kernel, bias, truncate) => {
  const layer = tf.customGrad((...inputs: Array<tf.Tensor | tf.GradSaveFunc>) => {
    const [x, kernel, bias, save] = inputs as [tf.Tensor3D, tf.Tensor2D, tf.Tensor1D, tf.GradSaveFunc]
    const h = forward(x, tf.zeros([x.shape[1], bias.shape[0]]), kernel, bias)
    save([x, kernel, h])
    return { value: h, gradFunc: (hGradient: tf.Tensor, saved: tf.Tensor[]) => tf.tidy(() => backward(hGradient as tf.Tensor3D, saved, truncate)) }
  })
  return layer(x, kernel, bias) as tf.Tensor3D
}
