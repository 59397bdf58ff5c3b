/** Dropout whose masks depend on a seed alone. */
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Tensorflow } from '../../model/tensorflow-backend.ts'
import { tf } from '../../model/tf.ts'

/** What tfjs-node's backend makes of an op's output, as a tensor. */
function stateless ({ backend }: Tensorflow, shape: readonly number[], seed: readonly [number, number]): Tensor {
  const { binding } = backend
  const [uniform] = backend.executeMultipleOutputs('StatelessRandomUniform', [
    { name: 'dtype', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 },
    { name: 'Tseed', type: binding.TF_ATTR_TYPE, value: binding.TF_INT32 }
  ], [tf.tensor1d([...shape], 'int32'), tf.tensor1d([...seed], 'int32')], 1)
  return uniform!
}

/**
 * Sets a share `rate` of the values to zero and scales the others by 1/(1 − rate) (Srivastava et al. 2014).
 * @param seed two int32: the same pair gives the same mask
 */
export function dropout<T extends Tensor> (tensorflow: Tensorflow, x: T, rate: number, seed: readonly [number, number]): T {
  if (rate === 0) return x
  return tf.tidy(() => {
    const kept = tf.cast(tf.greaterEqual(stateless(tensorflow, x.shape, seed), rate), 'float32')
    return tf.mul(x, tf.mul(kept, 1 / (1 - rate))) as T
  })
}

/** Differs from update to update of one training, and from training seed to training seed (Knuth's multiplicative hash). */
export const dropoutSeed = (seed: number, update: number): number => (Math.imul(seed, 0x9E3779B1) + update) | 0
