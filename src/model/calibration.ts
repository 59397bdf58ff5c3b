/** From the network's logit to P(Ia). */
import { between } from './knots.ts'

/** What holds at a number of epochs; between two of them it is interpolated in the logarithm of the epochs. */
export interface CalibrationKnot {
  epochs: number
  slope: number
  offset: number
}

export interface Calibration {
  /** One divisor of the logits: temperature scaling (Guo et al. 2017, arXiv:1706.04599, sec. 4.2). */
  temperature: number
  /**
   * Then, by number of epochs in rising order, slope and offset of the tempered logit (Platt 1999): early in a light
   * curve the network is less sure of itself than the stream warrants, or surer. None means slope 1 and offset 0.
   */
  byEpochs?: readonly CalibrationKnot[] | undefined
}

const UNCHANGED = { slope: 1, offset: 0 }

function knotAt (knots: readonly CalibrationKnot[], epochs: number): { slope: number, offset: number } {
  if (knots.length === 0) return UNCHANGED
  const { left, right, part } = between(knots.map(knot => knot.epochs), epochs)
  const [from, to] = [knots[left]!, knots[right]!]
  return { slope: from.slope + part * (to.slope - from.slope), offset: from.offset + part * (to.offset - from.offset) }
}

/**
 * P(Ia) = σ(slope·logit/temperature + offset).
 * @param logit logit(Ia) − logit(not Ia)
 * @param epochs number of steps behind the logit, at least 1
 */
export function probabilityIa (logit: number, epochs: number, { temperature, byEpochs = [] }: Calibration): number {
  const { slope, offset } = knotAt(byEpochs, epochs)
  return 1 / (1 + Math.exp(-(slope * logit / temperature + offset)))
}

/** What holds of a network with classes at a number of epochs. */
export interface ClassCalibrationKnot {
  epochs: number
  /** Factor of the logits: 1/temperature. */
  slope: number
  /** Added to each tempered logit, in the order of the classes: vector scaling (Guo et al. 2017, sec. 4.2) with one slope. */
  offsets: readonly number[]
}

export interface ClassCalibration {
  /** Rising in epochs; at least one. Between two of them it is interpolated in the logarithm of the epochs. */
  byEpochs: readonly ClassCalibrationKnot[]
  /** Factor of the spread of the heads, so that it is the 1σ error of ln(P/(1 − P)). */
  spread: number
}

/** @param epochs number of steps, at least 1 */
export function classCalibrationAt ({ byEpochs, spread }: ClassCalibration, epochs: number): { slope: number, offsets: readonly number[], spread: number } {
  const { left, right, part } = between(byEpochs.map(knot => knot.epochs), epochs)
  const [from, to] = [byEpochs[left]!, byEpochs[right]!]
  const mixed = (a: number, b: number): number => a + part * (b - a)
  return { slope: mixed(from.slope, to.slope), offsets: from.offsets.map((offset, k) => mixed(offset, to.offsets[k]!)), spread }
}
