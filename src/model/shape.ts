/** Sizes of the recurrent network and the layout of its weights and of the hidden state it carries. */
import type { Band } from '../alert/alert.ts'
import { featureLength } from '../light-curve/features.ts'

/**
 * Stacked LSTM layers of equal width under a consensus head: h of the top layer and its running mean over
 * the epochs so far (Charnock & Moss 2017, sec. 3, average the outputs of all epochs), a dense layer with
 * ReLU, and two logits (not Ia, Ia).
 */
export interface NetworkShape {
  bands: readonly Band[]
  layers: number
  /** Width of each LSTM layer. */
  width: number
  /** Width of the head's dense layer. */
  headWidth: number
}

export interface WeightSpec {
  name: string
  shape: readonly number[]
}

/**
 * The weights in the order of weights.bin. LSTM kernels are [inputs + width, 4·width] over [x, h], gates in the
 * order input, forget, cell, output (BlockLSTMV2's and Keras's), with no forget bias beside `bias`.
 */
export function weightSpecs (shape: NetworkShape): WeightSpec[] {
  const { width, headWidth } = shape
  const specs: WeightSpec[] = []
  for (let layer = 0; layer < shape.layers; layer++) {
    const inputs = layer === 0 ? featureLength(shape.bands) : width
    specs.push({ name: `lstm${layer}/kernel`, shape: [inputs + width, 4 * width] })
    specs.push({ name: `lstm${layer}/bias`, shape: [4 * width] })
  }
  specs.push({ name: 'head/kernel', shape: [2 * width, headWidth] }, { name: 'head/bias', shape: [headWidth] })
  specs.push({ name: 'logits/kernel', shape: [headWidth, 2] }, { name: 'logits/bias', shape: [2] })
  return specs
}

/** Weights by name, float32, row-major. */
export type Weights = Record<string, Float32Array>

/**
 * Float32 values that the network carries for one object: c and h of each layer, then the running sum of the
 * top layer's h. The number of steps is carried beside it.
 */
export const hiddenStateLength = (shape: NetworkShape): number => (2 * shape.layers + 1) * shape.width
