/** The simple recurrent network of Elman 1990, in plain ops: h' = tanh([x, h]·W + b). */
import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { CellLayer, TrainableCellLayer } from './cell.ts'
import { flat, inputProducts, layerGradients, previous } from './recurrence.ts'
import { tf } from '../tf.ts'

/** The kernel's rows for h [H,H]. */
const hiddenKernel = (kernel: Tensor2D): Tensor2D => {
  const [rows, width] = kernel.shape
  return tf.slice2d(kernel, [rows - width, 0], [width, width])
}

function forward (x: Tensor3D, h0: Tensor2D, kernel: Tensor2D, bias: Tensor1D): Tensor3D {
  const ofHidden = hiddenKernel(kernel)
  let h = h0
  return tf.stack(inputProducts(x, kernel, bias).map(products => {
    h = tf.tanh(tf.add(products, tf.matMul(h, ofHidden)))
    return h
  })) as Tensor3D
}

export const rnn: CellLayer = (x, [h0], kernel, bias) => [forward(x, h0!, kernel, bias)]

/** From the last step back, with ∂h'/∂([x, h]·W + b) = 1 − h'². */
function backward (hGradient: Tensor3D, saved: readonly Tensor[], truncate: number | null): Tensor[] {
  const [x, kernel, h] = saved as [Tensor3D, Tensor2D, Tensor3D]
  const [steps, rows, width] = h.shape
  const ofHidden = hiddenKernel(kernel)
  const slopes = tf.unstack(tf.sub(1, tf.square(h))) as Tensor2D[]
  const given = tf.unstack(hGradient) as Tensor2D[]
  const ofSums: Tensor2D[] = []
  let later: Tensor2D | null = null
  for (let step = steps - 1; step >= 0; step--) {
    const ofSum: Tensor2D = tf.mul(later === null ? given[step]! : tf.add(given[step]!, later), slopes[step]!)
    ofSums.push(ofSum)
    later = step % (truncate ?? steps) === 0 ? null : tf.matMul(ofSum, ofHidden, false, true)
  }
  const allSums = flat(tf.stack(ofSums.reverse()) as Tensor3D)
  return layerGradients(x, kernel, allSums, tf.matMul(flat(previous(tf.zeros([rows, width]), h)), allSums, true, false))
}

export const trainableRnn: TrainableCellLayer = (x, kernel, bias, truncate) => {
  const layer = tf.customGrad((...inputs: Array<Tensor | GradSaveFunc>) => {
    const [x, kernel, bias, save] = inputs as [Tensor3D, Tensor2D, Tensor1D, GradSaveFunc]
    const h = forward(x, tf.zeros([x.shape[1], bias.shape[0]]), kernel, bias)
    save([x, kernel, h])
    return { value: h, gradFunc: (hGradient: Tensor, saved: Tensor[]) => tf.tidy(() => backward(hGradient as Tensor3D, saved, truncate)) }
  })
  return layer(x, kernel, bias) as Tensor3D
}
