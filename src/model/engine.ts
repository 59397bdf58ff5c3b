/** What computes the network's step: TensorFlow through tfjs-node, or the wasm backend of tfjs. */
import type { NetworkShape, Weights } from './shape.ts'

export type EngineName = 'tensorflow' | 'wasm'

/** Where a sequence begins. */
export interface SequenceStart {
  /** [rows, hiddenStateLength] */
  hidden: Float32Array
  /** [rows]: number of steps that are in the hidden states. */
  steps: Float32Array
}

export interface SequenceResult {
  /** [steps, rows, hiddenStateLength] after every step. */
  hidden: Float32Array
  /**
   * [steps, rows, outputLength], before calibration: see outputLength. The spread is the standard deviation over the heads of
   * ln(P(positive)/(1 − P(positive))), each by the softmax of its own logits; 0 of one head.
   */
  outputs: Float32Array
  /** [steps, rows]: exp(score) of every step, its weight in the consensus beside the sum of the weights in the hidden state; null without attention. */
  weights: Float32Array | null
}

/** What a forecast stands on: where objects are after their newest step. */
export interface ForecastStart extends SequenceStart {
  /** [rows, outlookLength]: what the running values of the features say of the present. */
  outlook: Float32Array
}

/** Gaussians of asinh flux, on the scale of the features. */
export interface ForecastResult {
  /** [days + 1, rows, dayLength]: day 0 is the time of the newest step. Asinh flux in each band, then ln of its variance. */
  days: Float32Array
  /** [rows, bands, PEAK_VALUES]: asinh(days since the maximum/10), asinh flux at it, ln of the variance of each. */
  peaks: Float32Array
}

/**
 * A network loaded into an engine. The result for a row does not depend on the rows beside it, bit for bit.
 */
export interface Network {
  readonly engine: EngineName
  readonly shape: NetworkShape
  /**
   * One or more steps of each of `rows` objects at once; several are the same as one after the other, bit for bit. All arrays
   * are row-major.
   * @param features [steps, rows, featureLength]
   * @param from what is stepped from; without it, zero hidden states
   */
  sequence (features: Float32Array, steps: number, rows: number, from?: SequenceStart): SequenceResult
  /**
   * Many forecasts at once; each is the same whatever the others, bit for bit.
   * @throws CandelaError `model-without-decoder`
   */
  forecast (from: ForecastStart, rows: number): ForecastResult
  dispose (): void
}

export interface Engine {
  readonly name: EngineName
  /** Version of the library that computes, for logs and /v1/models. */
  readonly version: string
  /** @param positive places of the classes that count as Ia, which the spread is of; not used without classes */
  load (shape: NetworkShape, weights: Weights, positive: readonly number[]): Network
}
