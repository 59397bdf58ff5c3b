/** Days from the peak, as the network says them after each step. */
import { hasPeak } from '../classes.ts'
import type { Calibrated, Probabilities } from '../probabilities.ts'
import { outputLength, PHASE_VALUES, type NetworkShape } from '../shape.ts'

/** Scale of the phase: linear within it, logarithmic beyond [d]. */
export const PHASE_SCALE = 10

/** Days from the peak of a transient at the time of a step: negative before it. */
export interface Phase {
  /** Median [d]. */
  phase: number
  /** 16 and 84 % [d]. */
  phaseLow: number
  phaseHigh: number
}

/** Least probability of all classes with a peak together that a phase is told at. */
const LEAST_WITH_PEAK = 0.5

export const daysOf = (value: number): number => PHASE_SCALE * Math.sinh(value)

/**
 * @param outputs [outputLength] of one step
 * @param said what they say of the classes
 * @returns null of a model without a decoder, and of an object that more likely varies than has a peak
 */
export function phaseOf ({ classes, shape }: Calibrated & { shape: Pick<NetworkShape, 'classes' | 'decoder'> }, outputs: ArrayLike<number>, said: Pick<Probabilities, 'classes'>): Phase | null {
  if (shape.decoder === null || classes === null || said.classes === null) return null
  const withPeak = classes.reduce((sum, one, k) => hasPeak(one) ? sum + said.classes![k]! : sum, 0)
  if (withPeak < LEAST_WITH_PEAK) return null
  const at = outputLength(shape) - PHASE_VALUES
  const [value, sigma] = [outputs[at]!, Math.exp(outputs[at + 1]! / 2)]
  return { phase: daysOf(value), phaseLow: daysOf(value - sigma), phaseHigh: daysOf(value + sigma) }
}
