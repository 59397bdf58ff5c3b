/**
 * One LSTM layer for training, by TensorFlow's fused op BlockLSTMV2 and its gradient BlockLSTMGradV2.
 *
 * The cell is that of Hochreiter & Schmidhuber 1997 with a forget gate (Gers et al. 2000), no peepholes:
 * i, f, o = σ([x, h]·W + b), ĉ = tanh([x, h]·W + b), c' = f·c + i·ĉ, h' = o·tanh(c'); gates in the columns of the
 * kernel and the bias in the order i, f, ĉ, o.
 *
 * A wrong attribute or number of outputs raises nothing here and a seq_len_max above T ends the process, so every
 * shape is checked before the op is called.
 */
import type { GradSaveFunc, Tensor, Tensor1D, Tensor2D, Tensor3D } from '@tensorflow/tfjs-core'
import { CandelaError } from '../../errors.ts'
import type { Tensorflow, TensorflowBackend } from '../tensorflow-backend.ts'
import { constants, FORWARD_OUTPUTS, forwardAttributes, gradientAttributes } from './block-lstm-op.ts'
import { chunksOf, inChunk } from './chunks.ts'
import { tf } from '../tf.ts'

/** The two calls of the backend that map tensors to native ids and back. */
interface NativeBackend extends TensorflowBackend {
  getInputTensorIds (tensors: Tensor[]): number[]
  createOutputTensor (output: { id: number, shape: number[], dtype: number }): Tensor
}

const GRADIENT_OUTPUTS = 8

const sameShape = (tensor: Tensor, ...shape: number[]): boolean =>
  tensor.shape.length === shape.length && tensor.shape.every((size, axis) => size === shape[axis])

/** @throws CandelaError `lstm-shape` */
function checkShapes (x: Tensor, c0: Tensor, h0: Tensor, kernel: Tensor, bias: Tensor): { steps: number, width: number } {
  const [steps, rows, inputs] = x.shape
  const width = c0.shape[1]
  if (x.rank !== 3 || steps === undefined || rows === undefined || inputs === undefined || width === undefined ||
    steps < 1 || rows < 1 || !sameShape(c0, rows, width) || !sameShape(h0, rows, width) ||
    !sameShape(kernel, inputs + width, 4 * width) || !sameShape(bias, 4 * width)) {
    const shapes = Object.entries({ x, c0, h0, kernel, bias }).map(([name, tensor]) => `${name} [${tensor.shape.join(', ')}]`).join(', ')
    throw new CandelaError('lstm-shape', `shapes of an LSTM layer do not fit together: ${shapes}`, {
      action: 'Expected x [T,B,F], c0 and h0 [B,H], kernel [F+H,4H], bias [4H] with T and B at least 1.'
    })
  }
  return { steps, width }
}

/** All seven outputs of the op, each [T,B,H]: i, c, f, o, ĉ, tanh(c), h. */
function forward (tensorflow: Tensorflow, x: Tensor, c0: Tensor, h0: Tensor, kernel: Tensor, bias: Tensor): Tensor3D[] {
  const { steps, width } = checkShapes(x, c0, h0, kernel, bias)
  const backend = tensorflow.backend as NativeBackend
  const { binding } = backend
  const { seqLenMax, peephole } = constants(binding, steps, width)
  const [xId, c0Id, h0Id, kernelId, biasId] = backend.getInputTensorIds([x, c0, h0, kernel, bias]) as [number, number, number, number, number]
  const inputs = [seqLenMax, xId, c0Id, h0Id, kernelId, peephole, peephole, peephole, biasId]
  return binding.executeOp('BlockLSTMV2', forwardAttributes(binding), inputs, FORWARD_OUTPUTS)
    .map(output => backend.createOutputTensor(output) as Tensor3D)
}

/** Gradients of x, c0, h0, kernel and bias within one chunk, from what the forward pass gave there. */
function backward (tensorflow: Tensorflow, hGradient: Tensor, saved: Tensor[]): Tensor[] {
  const backend = tensorflow.backend as NativeBackend
  const [x, c0, , , , , c] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
  const { seqLenMax, peephole } = constants(backend.binding, x.shape[0]!, c0.shape[1]!)
  const cGradient = tf.zerosLike(c)
  const ids = backend.getInputTensorIds([...saved, cGradient, hGradient])
  const inputs = [seqLenMax, ...ids.slice(0, 4), peephole, peephole, peephole, ...ids.slice(4)]
  const outputs = backend.binding.executeOp('BlockLSTMGradV2', gradientAttributes(backend.binding), inputs, GRADIENT_OUTPUTS)
    .map(output => backend.createOutputTensor(output))
  const [dx, dc0, dh0, dKernel, , , , dBias] = outputs as [
    Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]
  return [dx, dc0, dh0, dKernel, dBias]
}

/** The same by chunks; c and h before a chunk are given, not a way for gradients. Those of c0 and h0 are the first chunk's. */
function backwardByChunks (tensorflow: Tensorflow, hGradient: Tensor, saved: Tensor[], truncate: number | null): Tensor[] {
  const [x, c0, h0, kernel, bias, ...outputs] = saved as [Tensor, Tensor, Tensor, Tensor, Tensor, ...Tensor[]]
  const chunks = chunksOf(x.shape[0]!, truncate)
  if (chunks.length === 1) return backward(tensorflow, hGradient, saved)
  const ending = (tensor: Tensor, step: number): Tensor => tf.reshape(tf.slice(tensor, step, 1), c0.shape)
  const gradients = chunks.map(chunk => {
    const [before, after] = [chunk.from - 1, outputs.map(output => inChunk(output, chunk))]
    const start = before < 0 ? [c0, h0] : [ending(outputs[1]!, before), ending(outputs.at(-1)!, before)]
    return backward(tensorflow, inChunk(hGradient, chunk), [inChunk(x, chunk), ...start, kernel, bias, ...after])
  })
  const ofEvery = (place: number): Tensor[] => gradients.map(ofChunk => ofChunk[place]!)
  return [tf.concat(ofEvery(0), 0), gradients[0]![1]!, gradients[0]![2]!, tf.addN(ofEvery(3)), tf.addN(ofEvery(4))]
}

/**
 * The same layer for training: h of every step, with gradients for every input. Call it inside tf.tidy.
 * @param truncate length of the chunks [steps] that gradients do not leave towards earlier steps; null for none
 * @returns h [T,B,H]
 * @throws CandelaError `lstm-shape` where the shapes do not fit together
 */
export function trainableBlockLstm (
  tensorflow: Tensorflow, x: Tensor3D, c0: Tensor2D, h0: Tensor2D, kernel: Tensor2D, bias: Tensor1D, truncate: number | null = null
): Tensor3D {
  const layer = tf.customGrad((...inputs: Array<Tensor | GradSaveFunc>) => {
    const save = inputs[5] as GradSaveFunc
    const [x, c0, h0, kernel, bias] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor]
    const outputs = forward(tensorflow, x, c0, h0, kernel, bias)
    save([x, c0, h0, kernel, bias, ...outputs])
    return {
      value: outputs.at(-1)!,
      gradFunc: (hGradient: Tensor, saved: Tensor[]) => tf.tidy(() => backwardByChunks(tensorflow, hGradient, saved, truncate))
    }
  })
  return layer(x, c0, h0, kernel, bias) as Tensor3D
}
