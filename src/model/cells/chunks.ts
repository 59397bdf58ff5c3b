/**
 * Chunks of a light curve for truncated back-propagation through time (Williams & Peng 1990, BPTT(h; h')
 * with h = h'): the hidden state passes from chunk to chunk, its gradient does not. The values of the forward pass are
 * those of the whole light curve; only the way back stops where a chunk begins.
 */
import type { Tensor } from '@tensorflow/tfjs-core'
import { tf } from '../tf.ts'

export interface Chunk {
  /** First step. */
  from: number
  /** Number of steps. */
  steps: number
}

/** @param truncate length of a chunk [steps], the last may be shorter; null for one chunk */
export function chunksOf (steps: number, truncate: number | null): Chunk[] {
  const length = truncate ?? steps
  return Array.from({ length: Math.ceil(steps / length) }, (_, k) => ({ from: k * length, steps: Math.min(length, steps - k * length) }))
}

/** The steps of a chunk of a [T,B,H] tensor. */
export const inChunk = <T extends Tensor> (tensor: T, { from, steps }: Chunk): T =>
  from === 0 && steps === tensor.shape[0] ? tensor : tf.slice(tensor, from, steps)
