/** What computes the network's step: TensorFlow through tfjs-node, or the wasm backend of tfjs. */
import type { NetworkShape, Weights } from './shape.ts'

export type EngineName = 'tensorflow' | 'wasm'

/** One step of each of `rows` objects. All arrays are row-major. */
export interface StepBatch {
  rows: number
  /** [rows, featureLength] */
  features: Float32Array
  /** [rows, hiddenStateLength]: zeros before an object's first step. */
  hidden: Float32Array
  /** [rows]: number of steps including this one, the divisor of the running mean. */
  epochs: Float32Array
}

/** Where a sequence begins. */
export interface SequenceStart {
  /** [rows, hiddenStateLength] */
  hidden: Float32Array
  /** [rows]: number of steps that are in the hidden states. */
  steps: Float32Array
}

export interface StepResult {
  /** [rows, hiddenStateLength] after the step. */
  hidden: Float32Array
  /** [rows]: logit(Ia) − logit(not Ia), before calibration. */
  logits: Float32Array
}

/**
 * A network loaded into an engine. The result for a row does not depend on the rows beside it, bit for bit.
 */
export interface Network {
  readonly engine: EngineName
  readonly shape: NetworkShape
  step (batch: StepBatch): StepResult
  /**
   * Several steps of each of `rows` objects at once, the same bit for bit as one after the other.
   * @param features [steps, rows, featureLength], padded at the end
   * @param from what is stepped from; without it, zero hidden states
   * @returns logits [steps, rows] before calibration, and the hidden state after every step [steps, rows, hiddenStateLength]
   */
  sequence (features: Float32Array, steps: number, rows: number, from?: SequenceStart): { logits: Float32Array, hidden: Float32Array }
  dispose (): void
}

export interface Engine {
  readonly name: EngineName
  /** Version of the library that computes, for logs and /v1/models. */
  readonly version: string
  load (shape: NetworkShape, weights: Weights): Network
}
