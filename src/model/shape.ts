/** Sizes of the recurrent network and the layout of its weights and of the hidden state it carries. */
import type { Band } from '../alert/alert.ts'
import { featureSet, type FeatureVersion } from '../light-curve/features/features.ts'
import { CELL_LAYOUTS, type CellName } from './cells/layout.ts'

/**
 * What the head is shown of the epochs so far beside h of the newest one: their running mean (Charnock & Moss 2017, sec. 3,
 * average the outputs of all epochs), a mean with learned weights, or both.
 */
export const CONSENSUSES = ['mean', 'attention', 'both'] as const
export type Consensus = typeof CONSENSUSES[number]

/**
 * Stacked recurrent layers of equal width under a consensus: h of the top layer and its means over the epochs so far. Then
 * heads, each a dense layer with ReLU and its logits; what a network says is the mean of its heads' logits.
 *
 * Attention (Bahdanau et al. 2015, arXiv:1409.0473, in the form that a stream can carry): the score of an epoch is
 * s = S·tanh(h·w + b), bounded by S = LARGEST_SCORE, its weight exp(s). The sums of the weights and of weight·h are carried, so that
 * no epoch is looked at again, and neither overflows.
 */
export interface NetworkShape {
  cell: CellName
  bands: readonly Band[]
  features: FeatureVersion
  layers: number
  /** Width of each recurrent layer. */
  width: number
  consensus: Consensus
  /** Heads, which differ by what each was trained on: their spread tells how sure the network may be. */
  heads: number
  /** Width of the dense layer of each head. */
  headWidth: number
  /** Number of named classes; null where there are none, and the two logits are those of "not Ia" and "Ia". */
  classes: number | null
  /** What forecasts from the carried state; null where nothing does. Only networks with classes and features of version 2 have one. */
  decoder: DecoderShape | null
}

/**
 * The decoder of a sequence-to-sequence network (Sutskever et al. 2014, arXiv:1409.3215; Cho et al. 2014, arXiv:1406.1078):
 * an LSTM whose first c and h are learned functions of the encoder's carried state, and whose input of a day is what it
 * said of the day before. See decoder.ts.
 */
export interface DecoderShape {
  width: number
  /** Days that it walks, one step a day. */
  days: number
}

/** Bound of an epoch's score: the largest weight is exp(2·4) = 2981 times the smallest. */
export const LARGEST_SCORE = 4

/** Values of the phase. */
export const PHASE_VALUES = 2

/** Logits of each head. */
export const logitsLength = ({ classes }: Pick<NetworkShape, 'classes'>): number => classes ?? 2

export const hasMean = ({ consensus }: Pick<NetworkShape, 'consensus'>): boolean => consensus !== 'attention'
export const hasAttention = ({ consensus }: Pick<NetworkShape, 'consensus'>): boolean => consensus !== 'mean'

/** Values of the consensus: h, then the running mean, then the weighted mean, where the shape has them. */
export const consensusLength = (shape: Pick<NetworkShape, 'consensus' | 'width'>): number =>
  (1 + Number(hasMean(shape)) + Number(hasAttention(shape))) * shape.width

/** Number of features of a step. */
export const inputLength = ({ features, bands }: Pick<NetworkShape, 'features' | 'bands'>): number => featureSet(features).length(bands)

export interface WeightSpec {
  name: string
  shape: readonly number[]
}

/**
 * The weights in the order of weights.bin. A layer's kernel is [inputs + width, blocks·width] over [x, h], with the
 * blocks of columns in the order of the cell's layout (cells/layout.ts) and no forget bias beside `bias`. The columns of
 * head/kernel and the rows of logits/kernel go head by head.
 */
export function weightSpecs (shape: NetworkShape): WeightSpec[] {
  const { cell, width, heads, headWidth } = shape
  const { blocks } = CELL_LAYOUTS[cell]
  const logits = logitsLength(shape)
  const specs: WeightSpec[] = []
  for (let layer = 0; layer < shape.layers; layer++) {
    const inputs = layer === 0 ? inputLength(shape) : width
    specs.push({ name: `${cell}${layer}/kernel`, shape: [inputs + width, blocks * width] })
    specs.push({ name: `${cell}${layer}/bias`, shape: [blocks * width] })
  }
  if (hasAttention(shape)) specs.push({ name: 'attention/kernel', shape: [width, 1] }, { name: 'attention/bias', shape: [1] })
  specs.push({ name: 'head/kernel', shape: [consensusLength(shape), heads * headWidth] }, { name: 'head/bias', shape: [heads * headWidth] })
  // With one head as in files of format 1.
  specs.push({ name: 'logits/kernel', shape: [heads * headWidth, logits] }, { name: 'logits/bias', shape: heads === 1 ? [logits] : [heads, logits] })
  return [...specs, ...decoderSpecs(shape)]
}

/** Values of a day: in each band the change of asinh flux from its reference, then in each band ln of its variance. */
export const dayLength = ({ bands }: Pick<NetworkShape, 'bands'>): number => 2 * bands.length

/** Values of each band's maximum: asinh of the days since it, how far its asinh flux lies above the largest so far, and ln of both variances. */
export const PEAK_VALUES = 4

/** What the decoder starts from: h of each layer, the means of the consensus, and what the running values say of the present. */
export const decoderInputLength = (shape: NetworkShape): number =>
  (shape.layers - 1) * shape.width + consensusLength(shape) + featureSet(shape.features).outlookLength(shape.bands)

/** Phase: asinh(days from the peak/10) and ln of its variance, from the heads; then the decoder. */
function decoderSpecs (shape: NetworkShape): WeightSpec[] {
  const { decoder, heads, headWidth, bands } = shape
  if (decoder === null) return []
  const { width } = decoder
  const [day, peaks] = [dayLength(shape), PEAK_VALUES * bands.length]
  return [
    { name: 'phase/kernel', shape: [heads * headWidth, PHASE_VALUES] }, { name: 'phase/bias', shape: [PHASE_VALUES] },
    { name: 'decoder/start/kernel', shape: [decoderInputLength(shape), 2 * width] }, { name: 'decoder/start/bias', shape: [2 * width] },
    { name: 'decoder/lstm/kernel', shape: [day + width, 4 * width] }, { name: 'decoder/lstm/bias', shape: [4 * width] },
    { name: 'decoder/day/kernel', shape: [width, day] }, { name: 'decoder/day/bias', shape: [day] },
    { name: 'decoder/peaks/kernel', shape: [width, peaks] }, { name: 'decoder/peaks/bias', shape: [peaks] }
  ]
}

/** Weights by name, float32, row-major. */
export type Weights = Record<string, Float32Array>

type StateShape = Pick<NetworkShape, 'cell' | 'layers' | 'width' | 'consensus'>

/** Where each part of a hidden state begins [float32 values]; parts that a shape has not are null. The layers come first. */
export interface HiddenStateLayout {
  /** Running sum of the top layer's h [width]. */
  sum: number | null
  /** Running sum of weight·h [width]. */
  weighted: number | null
  /** Running sum of the weights [1]. */
  weight: number | null
  length: number
}

/**
 * The hidden state: what the cell carries of each layer, from the bottom up (c and h of an LSTM, h of the others), then the sums of the
 * consensus. The number of steps is carried beside it.
 */
export function hiddenStateLayout (shape: StateShape): HiddenStateLayout {
  const { cell, layers, width } = shape
  const sum = CELL_LAYOUTS[cell].carried * layers * width
  const weighted = sum + (hasMean(shape) ? width : 0)
  const weight = weighted + width
  return hasAttention(shape)
    ? { sum: hasMean(shape) ? sum : null, weighted, weight, length: weight + 1 }
    : { sum, weighted: null, weight: null, length: weighted }
}

/** Float32 values that the network carries for one object. */
export const hiddenStateLength = (shape: StateShape): number => hiddenStateLayout(shape).length

/**
 * Values that a step gives of one object, before calibration: of a network without classes logit(Ia) − logit(not Ia);
 * of one with classes their logits, each the mean over the heads, then the spread, see SequenceResult; of one with a decoder
 * then the phase: asinh(days from the peak/10) and ln of its variance.
 */
export const outputLength = (shape: Pick<NetworkShape, 'classes' | 'decoder'>): number =>
  (shape.classes === null ? 1 : shape.classes + 1) + (shape.decoder === null ? 0 : PHASE_VALUES)

/** Multiply-adds of one step of one object. */
export interface MultiplyAdds {
  /** [x, h]·W of each layer, from the bottom up. */
  layers: number[]
  /** Scores of the epochs, and weight·h. */
  attention: number
  /** The dense layers of the heads. */
  head: number
  /** The logits of the classes. */
  logits: number
  /** The phase of a network with a decoder. The decoder itself costs nothing until a forecast is asked for. */
  phase: number
  /** Sum of the matrix products above: what a step is said to cost. */
  total: number
  /** Products of gates and values in all layers; beside `total`, as are biases, σ, tanh and the running mean. */
  elementwise: number
}

/** What one step costs; it does not depend on how many came before. */
export function multiplyAdds (shape: NetworkShape): MultiplyAdds {
  const { cell, layers, width, heads, headWidth } = shape
  const { blocks, elementwiseProducts } = CELL_LAYOUTS[cell]
  const ofLayers = Array.from({ length: layers }, (_, layer) => ((layer === 0 ? inputLength(shape) : width) + width) * blocks * width)
  const attention = hasAttention(shape) ? 2 * width : 0
  const head = consensusLength(shape) * heads * headWidth
  const logits = logitsLength(shape) * heads * headWidth
  const phase = shape.decoder === null ? 0 : PHASE_VALUES * heads * headWidth
  const total = ofLayers.reduce((sum, products) => sum + products, attention + head + logits + phase)
  return { layers: ofLayers, attention, head, logits, phase, total, elementwise: elementwiseProducts * layers * width }
}
