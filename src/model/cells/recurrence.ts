/** What cells in plain ops have in common: the products with x, of all steps at once, and their gradients. */
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { tf } from '../tf.ts'

/** [T,B,N] as [T·B,N]. */
export const flat = (tensor: Tensor3D): Tensor2D => tf.reshape(tensor, [tensor.shape[0] * tensor.shape[1], tensor.shape[2]])

/**
 * x·W + b of every step, in one matrix product.
 * @param x [T,B,F]
 * @param kernel [F+H,N], of which the first F rows are taken
 * @returns one [B,N] for each step
 */
export function inputProducts (x: Tensor3D, kernel: Tensor2D, bias: Tensor1D): Tensor2D[] {
  const [steps, rows, inputs] = x.shape
  const columns = kernel.shape[1]
  const products = tf.add(tf.matMul(flat(x), tf.slice2d(kernel, [0, 0], [inputs, columns])), bias)
  return tf.unstack(tf.reshape(products, [steps, rows, columns])) as Tensor2D[]
}

/** h before each step [T,B,H], from h0 [B,H] and h after each step. */
export const previous = (h0: Tensor2D, h: Tensor3D): Tensor3D =>
  tf.concat3d([tf.expandDims(h0, 0), tf.slice3d(h, [0, 0, 0], [h.shape[0] - 1, h.shape[1], h.shape[2]])], 0)

/**
 * Gradients of x, kernel and bias, of all steps at once.
 * @param x [T,B,F]
 * @param kernel [F+H,N]
 * @param sums gradient of [x, h]·W + b [T·B,N]
 * @param ofHidden gradient of the kernel's last H rows [H,N]
 */
export function layerGradients (x: Tensor3D, kernel: Tensor2D, sums: Tensor2D, ofHidden: Tensor2D): [Tensor3D, Tensor2D, Tensor1D] {
  const inputs = x.shape[2]
  const fromInput = tf.slice2d(kernel, [0, 0], [inputs, kernel.shape[1]])
  return [
    tf.reshape(tf.matMul(sums, fromInput, false, true), x.shape),
    tf.concat2d([tf.matMul(flat(x), sums, true, false), ofHidden], 0),
    tf.sum(sums, 0)
  ]
}
