/** Sizes of the recurrent network and the layout of its weights and of the hidden state it carries. */
import type { Band } from '../alert/alert.ts'
import { featureLength } from '../light-curve/features.ts'
import { CELL_LAYOUTS, type CellName } from './cells/layout.ts'

/**
 * Stacked recurrent layers of equal width under a consensus head: h of the top layer and its running mean over
 * the epochs so far (Charnock & Moss 2017, sec. 3, average the outputs of all epochs), a dense layer with
 * ReLU, and two logits (not Ia, Ia).
 */
export interface NetworkShape {
  cell: CellName
  bands: readonly Band[]
  layers: number
  /** Width of each recurrent layer. */
  width: number
  /** Width of the head's dense layer. */
  headWidth: number
}

export interface WeightSpec {
  name: string
  shape: readonly number[]
}

/**
 * The weights in the order of weights.bin. A layer's kernel is [inputs + width, blocks·width] over [x, h], with the
 * blocks of columns in the order of the cell's layout (cells/layout.ts) and no forget bias beside `bias`.
 */
export function weightSpecs (shape: NetworkShape): WeightSpec[] {
  const { cell, width, headWidth } = shape
  const { blocks } = CELL_LAYOUTS[cell]
  const specs: WeightSpec[] = []
  for (let layer = 0; layer < shape.layers; layer++) {
    const inputs = layer === 0 ? featureLength(shape.bands) : width
    specs.push({ name: `${cell}${layer}/kernel`, shape: [inputs + width, blocks * width] })
    specs.push({ name: `${cell}${layer}/bias`, shape: [blocks * width] })
  }
  specs.push({ name: 'head/kernel', shape: [2 * width, headWidth] }, { name: 'head/bias', shape: [headWidth] })
  specs.push({ name: 'logits/kernel', shape: [headWidth, 2] }, { name: 'logits/bias', shape: [2] })
  return specs
}

/** Weights by name, float32, row-major. */
export type Weights = Record<string, Float32Array>

/**
 * Float32 values that the network carries for one object: what its cell carries of each layer (c and h of an LSTM, h
 * of the others), then the running sum of the top layer's h. The number of steps is carried beside it.
 */
export const hiddenStateLength = ({ cell, layers, width }: NetworkShape): number => (CELL_LAYOUTS[cell].carried * layers + 1) * width

/** Multiply-adds of one step of one object. */
export interface MultiplyAdds {
  /** [x, h]·W of each layer, from the bottom up. */
  layers: number[]
  /** The head's dense layer. */
  head: number
  /** The two logits. */
  logits: number
  /** Sum of the matrix products above: what a step is said to cost. */
  total: number
  /** Products of gates and values in all layers; beside `total`, as are biases, σ, tanh and the running mean. */
  elementwise: number
}

/** What one step costs; it does not depend on how many came before. */
export function multiplyAdds ({ bands, cell, layers, width, headWidth }: NetworkShape): MultiplyAdds {
  const { blocks, elementwiseProducts } = CELL_LAYOUTS[cell]
  const ofLayers = Array.from({ length: layers }, (_, layer) => ((layer === 0 ? featureLength(bands) : width) + width) * blocks * width)
  const head = 2 * width * headWidth
  const logits = 2 * headWidth
  const total = ofLayers.reduce((sum, products) => sum + products, head + logits)
  return { layers: ofLayers, head, logits, total, elementwise: elementwiseProducts * layers * width }
}
