/** How the weights follow the gradient. */
import type { Weights } from '../../model/shape.ts'

const DECAY_OF_MEAN = 0.9
const DECAY_OF_SQUARE = 0.999
const EPSILON = 1e-8

/** Running means of a weight's gradient and of its square. */
export interface Moments {
  mean: Float64Array
  square: Float64Array
}

export interface OptimizerState {
  updates: number
  /** By name of the weight. */
  moments: Record<string, Moments>
}

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov & Hutter 2019, arXiv:1711.05101, algorithm 2), decay on
 * kernels only, after the gradient of all weights together is cut to a largest norm (Pascanu et al. 2013).
 */
export class AdamW {
  readonly #weights: Weights
  readonly #decay: number
  readonly #largestNorm: number
  readonly #moments = new Map<string, Moments>()
  #updates = 0

  /** @param weights changed in place by every update */
  constructor (weights: Weights, decay: number, largestNorm: number) {
    this.#weights = weights
    this.#decay = decay
    this.#largestNorm = largestNorm
    for (const [name, values] of Object.entries(weights)) {
      this.#moments.set(name, { mean: new Float64Array(values.length), square: new Float64Array(values.length) })
    }
  }

  /** A copy of all that the next update depends on, beside the weights. */
  state (): OptimizerState {
    const moments = [...this.#moments].map(([name, { mean, square }]) => [name, { mean: mean.slice(), square: square.slice() }])
    return { updates: this.#updates, moments: Object.fromEntries(moments) as Record<string, Moments> }
  }

  /** Goes on from a state of an optimizer of the same weights. */
  restore ({ updates, moments }: OptimizerState): void {
    this.#updates = updates
    for (const [name, { mean, square }] of this.#moments) {
      mean.set(moments[name]!.mean)
      square.set(moments[name]!.square)
    }
  }

  /** @returns the norm of the gradient before it was cut; where it is not finite, nothing was changed */
  update (gradients: Weights, rate: number): number {
    let squares = 0
    for (const values of Object.values(gradients)) for (const value of values) squares += value * value
    const norm = Math.sqrt(squares)
    if (!Number.isFinite(norm)) return norm
    const scale = Math.min(1, this.#largestNorm / (norm + EPSILON))
    this.#updates++
    const meanCorrection = 1 - DECAY_OF_MEAN ** this.#updates
    const squareCorrection = 1 - DECAY_OF_SQUARE ** this.#updates
    for (const [name, values] of Object.entries(this.#weights)) {
      const gradient = gradients[name]!
      const { mean, square } = this.#moments.get(name)!
      const keep = name.endsWith('/kernel') ? 1 - rate * this.#decay : 1
      for (let k = 0; k < values.length; k++) {
        const slope = gradient[k]! * scale
        const m = mean[k] = DECAY_OF_MEAN * mean[k]! + (1 - DECAY_OF_MEAN) * slope
        const v = square[k] = DECAY_OF_SQUARE * square[k]! + (1 - DECAY_OF_SQUARE) * slope * slope
        values[k] = values[k]! * keep - rate * (m / meanCorrection) / (Math.sqrt(v / squareCorrection) + EPSILON)
      }
    }
    return norm
  }
}

/**
 * Learning rate of an update under the one-cycle policy (Smith & Topin 2018, arXiv:1708.07120): a cosine rise from
 * peak/25 over the warm-up, then a cosine fall to peak/10,000.
 * @param update from 0 to updates − 1
 * @param warmUp share of the updates that rise
 */
export function oneCycleRate (update: number, updates: number, peak: number, warmUp: number): number {
  const cosine = (from: number, to: number, share: number): number => to + (from - to) * (1 + Math.cos(Math.PI * share)) / 2
  const rising = warmUp * updates
  if (update < rising) return cosine(peak / 25, peak, update / rising)
  return cosine(peak, peak / 1e4, (update - rising) / Math.max(1, updates - 1 - rising))
}
