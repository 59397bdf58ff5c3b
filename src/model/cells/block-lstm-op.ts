/** What every call of TensorFlow's op BlockLSTMV2 is given beside its tensors. */
import type { OpAttribute, TensorflowBinding } from '../tensorflow-backend.ts'

/** i, c, f, o, ĉ, tanh(c), h. */
export const FORWARD_OUTPUTS = 7

/** Native tensors that are the same for every call. Made once: a new int64 scalar a call would never be freed. */
interface NativeConstants {
  /** seq_len_max by number of steps. */
  steps: Map<number, number>
  /** Peephole weights, zeros [width], by width. */
  peepholes: Map<number, number>
}

const constantsOf = new WeakMap<TensorflowBinding, NativeConstants>()

export function constants (binding: TensorflowBinding, steps: number, width: number): { seqLenMax: number, peephole: number } {
  let known = constantsOf.get(binding)
  if (!known) {
    known = { steps: new Map(), peepholes: new Map() }
    constantsOf.set(binding, known)
  }
  let seqLenMax = known.steps.get(steps)
  if (seqLenMax === undefined) {
    seqLenMax = binding.createTensor([], binding.TF_INT64, Int32Array.of(steps, 0))
    known.steps.set(steps, seqLenMax)
  }
  let peephole = known.peepholes.get(width)
  if (peephole === undefined) {
    peephole = binding.createTensor([width], binding.TF_FLOAT, new Float32Array(width))
    known.peepholes.set(width, peephole)
  }
  return { seqLenMax, peephole }
}

export const gradientAttributes = (binding: TensorflowBinding): OpAttribute[] => [
  { name: 'use_peephole', type: binding.TF_ATTR_BOOL, value: false },
  { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
]

export const forwardAttributes = (binding: TensorflowBinding): OpAttribute[] =>
  [{ name: 'cell_clip', type: binding.TF_ATTR_FLOAT, value: 0 }, ...gradientAttributes(binding)]
