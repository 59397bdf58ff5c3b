/**
 * What the head is shown of the epochs so far, for every engine: plain JavaScript, since the sums are of a few values a step
 * and a call of a matrix library costs more. Every sum is rounded to float32 after each step, so that it goes on from a
 * carried hidden state as it went on within a sequence.
 */
import type { SequenceStart } from './engine.ts'
import { panels } from './panels.ts'
import { consensusLength, hiddenStateLayout, LARGEST_SCORE, type HiddenStateLayout, type NetworkShape, type Weights } from './shape.ts'

/** A sequence of which the recurrent layers are computed. */
export interface Carried {
  /** [steps, rows, hiddenStateLength]; the layers are there, the sums are written. */
  hidden: Float32Array
  steps: number
  rows: number
  from: SequenceStart | undefined
}

export interface ConsensusResult {
  /** [steps, panels(rows), consensusLength]: h, running mean, weighted mean; zeros behind the rows. */
  inputs: Float32Array
  /** [steps, rows], see SequenceResult. */
  weights: Float32Array | null
}

export class Consensus {
  readonly #width: number
  readonly #length: number
  readonly #layout: HiddenStateLayout
  /** Where h of the top layer begins in a hidden state. */
  readonly #top: number
  readonly #kernel: Float32Array | null
  readonly #bias: number

  constructor (shape: NetworkShape, weights: Weights) {
    this.#width = shape.width
    this.#length = consensusLength(shape)
    this.#layout = hiddenStateLayout(shape)
    this.#top = (this.#layout.sum ?? this.#layout.weighted!) - shape.width
    this.#kernel = weights['attention/kernel'] ?? null
    this.#bias = weights['attention/bias']?.[0] ?? 0
  }

  advance ({ hidden, steps, rows, from }: Carried): ConsensusResult {
    const { length, sum, weighted } = this.#layout
    const inputs = new Float32Array(steps * panels(rows) * this.#length)
    const weights = weighted === null ? null : new Float32Array(steps * rows)
    const nothing = new Float32Array(length)
    for (let step = 0; step < steps; step++) {
      for (let row = 0; row < rows; row++) {
        const place = step * rows + row
        const state = hidden.subarray(place * length, (place + 1) * length)
        const before = step > 0
          ? hidden.subarray((place - rows) * length, (place - rows + 1) * length)
          : from?.hidden.subarray(row * length, (row + 1) * length) ?? nothing
        const to = (step * panels(rows) + row) * this.#length
        inputs.set(state.subarray(this.#top, this.#top + this.#width), to)
        if (sum !== null) this.#addMean(state, before, { sum, epochs: (from?.steps[row] ?? 0) + step + 1 }, inputs, to + this.#width)
        if (weights !== null) weights[place] = this.#addWeighted(state, before, inputs, to + this.#length - this.#width)
      }
    }
    return { inputs, weights }
  }

  /** The running sum of h, and the mean that follows from it. */
  #addMean (state: Float32Array, before: Float32Array, { sum, epochs }: { sum: number, epochs: number }, inputs: Float32Array, to: number): void {
    for (let unit = 0; unit < this.#width; unit++) {
      state[sum + unit] = before[sum + unit]! + state[this.#top + unit]!
      inputs[to + unit] = state[sum + unit]! / epochs
    }
  }

  /** The sums of weight·h and of the weights, and the mean that follows from them. @returns the weight of the epoch */
  #addWeighted (state: Float32Array, before: Float32Array, inputs: Float32Array, to: number): number {
    const [weighted, at] = [this.#layout.weighted!, this.#layout.weight!]
    const weight = this.#weight(state)
    state[at] = before[at]! + weight
    for (let unit = 0; unit < this.#width; unit++) {
      state[weighted + unit] = before[weighted + unit]! + weight * state[this.#top + unit]!
      inputs[to + unit] = state[weighted + unit]! / state[at]
    }
    return weight
  }

  /** exp(S·tanh(h·w + b)), float32. */
  #weight (state: Float32Array): number {
    let score = this.#bias
    for (let unit = 0; unit < this.#width; unit++) score += state[this.#top + unit]! * this.#kernel![unit]!
    return Math.fround(Math.exp(LARGEST_SCORE * Math.tanh(score)))
  }
}
