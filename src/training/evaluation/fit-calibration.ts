/** Calibration by number of epochs, fitted on objects that were not trained on. */
import type { Calibration, CalibrationKnot } from '../../model/calibration.ts'
import { fitTemperature } from './evaluate.ts'
import type { PlayedObject } from './playback.ts'

/** Knots are a factor of 2 apart; each is fitted to what lies within a factor of 2 of it. */
const FIRST_KNOT = 1.5
const SPACING = 2
/** A knot needs this many light curves that reach it; the last one that has them holds for longer ones too. */
const FEWEST_OBJECTS = 300
/** The last step of a light curve counts as this many others: it is what a table of whole light curves reports. */
const LAST_STEP_WEIGHT = 10
/** Weight of slope 1 and offset 0, in steps: a knot with little to go by stays near them. */
const PRIOR_STEPS = 100
const NEWTON_STEPS = 25
const MOST_HALVINGS = 40

interface WeightedLogit {
  logit: number
  isIa: boolean
  weight: number
}

/** ln of the weighted likelihood and of the prior. */
function logLikelihood (logits: readonly WeightedLogit[], prior: number, slope: number, offset: number): number {
  let sum = -prior * ((slope - 1) ** 2 + offset ** 2) / 2
  for (const { logit, isIa, weight } of logits) {
    const margin = (isIa ? 1 : -1) * (slope * logit + offset)
    sum -= weight * (Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin))))
  }
  return sum
}

/** Slope and offset with the largest weighted likelihood, by Newton's method; a step that would lessen it is halved until it does not. */
function logisticFit (logits: readonly WeightedLogit[], prior: number): { slope: number, offset: number } {
  let [slope, offset] = [1, 0]
  let reached = logLikelihood(logits, prior, slope, offset)
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let [gs, go, ss, so, oo] = [-prior * (slope - 1), -prior * offset, prior, 0, prior]
    for (const { logit, isIa, weight } of logits) {
      const probability = 1 / (1 + Math.exp(-(slope * logit + offset)))
      const residual = weight * ((isIa ? 1 : 0) - probability)
      const curvature = weight * probability * (1 - probability)
      gs += residual * logit
      go += residual
      ss += curvature * logit * logit
      so += curvature * logit
      oo += curvature
    }
    const determinant = ss * oo - so * so
    let [ofSlope, ofOffset] = [(oo * gs - so * go) / determinant, (ss * go - so * gs) / determinant]
    let next = logLikelihood(logits, prior, slope + ofSlope, offset + ofOffset)
    for (let halving = 0; next < reached && halving < MOST_HALVINGS; halving++) {
      [ofSlope, ofOffset] = [ofSlope / 2, ofOffset / 2]
      next = logLikelihood(logits, prior, slope + ofSlope, offset + ofOffset)
    }
    if (!(next > reached)) break
    slope += ofSlope
    offset += ofOffset
    reached = next
  }
  return { slope: Math.max(0.05, slope), offset }
}

/**
 * Weights that give the played objects a share of Ia: `share` is known better, from all objects trained on, than from
 * the few played, and early in a light curve P(Ia) is little else.
 */
function weightsFor (played: readonly PlayedObject[], share: number): { ia: number, other: number } {
  const found = played.filter(({ isIa }) => isIa).length / played.length
  return found === 0 || found === 1 ? { ia: 1, other: 1 } : { ia: share / found, other: (1 - share) / (1 - found) }
}

/**
 * One temperature for the whole light curve, then by number of epochs n a slope and an offset of the tempered logit,
 * each by logistic regression (Platt 1999) over the steps near it, weighted by a triangle in ln n (local likelihood:
 * Tibshirani & Hastie 1987).
 * @param played light curves that the weights were not trained on
 * @param share share of Ia among those that they were trained on
 */
export function fitCalibration (played: readonly PlayedObject[], share: number): Calibration {
  const { temperature } = fitTemperature(played)
  const objectWeights = weightsFor(played, share)
  const byEpochs: CalibrationKnot[] = []
  for (let epochs = FIRST_KNOT; played.filter(({ logits }) => logits.length >= epochs).length >= FEWEST_OBJECTS; epochs *= SPACING) {
    const [first, last] = [Math.ceil(epochs / SPACING), Math.floor(epochs * SPACING)]
    const weightSum = Array.from({ length: last - first + 1 }, (_, k) => triangle(first + k, epochs)).reduce((a, b) => a + b)
    const logits: WeightedLogit[] = []
    for (const { logits: all, isIa } of played) {
      for (let n = first; n <= Math.min(last, all.length); n++) {
        const weight = (isIa ? objectWeights.ia : objectWeights.other) * triangle(n, epochs) * (n === all.length ? LAST_STEP_WEIGHT : 1) / weightSum
        if (weight > 0) logits.push({ logit: all[n - 1]! / temperature, isIa, weight })
      }
    }
    byEpochs.push({ epochs, ...logisticFit(logits, PRIOR_STEPS / weightSum) })
  }
  return byEpochs.length === 0 ? { temperature } : { temperature, byEpochs }
}

const triangle = (n: number, centre: number): number => Math.max(0, 1 - Math.abs(Math.log(n / centre)) / Math.log(SPACING))
