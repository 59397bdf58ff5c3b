/** What the networks ask of a recurrent cell, whichever it is. */
import type { Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'

/**
 * One layer over T steps, for inference. Call it inside tf.tidy.
 * @param x [T,B,F]
 * @param carried what the cell carries before the first step, each [B,H], in the order of its layout
 * @param kernel [F+H, blocks·H] over [x, h]
 * @param bias [blocks·H]
 * @returns what it carries after every step, each [T,B,H], in the same order: h is the last
 */
export type CellLayer = (x: Tensor3D, carried: readonly Tensor2D[], kernel: Tensor2D, bias: Tensor1D) => Tensor3D[]

/**
 * One layer over T steps from a hidden state of zeros, with gradients for x, kernel and bias. Call it inside tf.tidy.
 * @param x [T,B,F]
 * @param truncate length of the chunks [steps] that gradients do not leave towards earlier steps, see chunks.ts; null for none
 * @returns h after every step [T,B,H]; it does not depend on `truncate`
 */
export type TrainableCellLayer = (x: Tensor3D, kernel: Tensor2D, bias: Tensor1D, truncate: number | null) => Tensor3D
