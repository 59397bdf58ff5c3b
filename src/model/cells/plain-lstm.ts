/** The LSTM layer of block-lstm.ts in plain ops, for engines without the fused op. */
import type { Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import type { CellLayer } from './cell.ts'
import { inputProducts } from './recurrence.ts'
import { tf } from '../tf.ts'

export const plainLstm: CellLayer = (x, [c0, h0], kernel, bias) => {
  const width = h0!.shape[1]
  const ofHidden = tf.slice2d(kernel, [x.shape[2], 0], [width, 4 * width])
  const cs: Tensor2D[] = []
  const hs: Tensor2D[] = []
  let c = c0!
  let h = h0!
  for (const products of inputProducts(x, kernel, bias)) {
    const [input, forget, cell, output] = tf.split(tf.add(products, tf.matMul(h, ofHidden)), 4, 1) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D]
    c = tf.add(tf.mul(tf.sigmoid(forget), c), tf.mul(tf.sigmoid(input), tf.tanh(cell)))
    h = tf.mul(tf.sigmoid(output), tf.tanh(c))
    cs.push(c)
    hs.push(h)
  }
  return [tf.stack(cs) as Tensor3D, tf.stack(hs) as Tensor3D]
}
