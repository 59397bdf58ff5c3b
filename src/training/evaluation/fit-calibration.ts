/** Calibration by number of epochs, fitted on objects that were not trained on. */
import { classCalibrationAt, type Calibration, type CalibrationKnot, type ClassCalibration, type ClassCalibrationKnot } from '../../model/calibration.ts'
import type { ModelClass } from '../../model/classes.ts'
import { fitTemperature, probabilitiesAt, uncalibrated } from './evaluate.ts'
import { spreadFactor, type SpreadSample } from './head-spread.ts'
import { outputsAt, type PlayedObject } from './playback.ts'
import { vectorScaling, type ClassSamples } from './vector-scaling.ts'

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

const triangle = (n: number, centre: number): number => Math.max(0, 1 - Math.abs(Math.log(n / centre)) / Math.log(SPACING))

/** Numbers of epochs that enough light curves reach. */
function knotsFor (played: readonly PlayedObject[]): number[] {
  const knots: number[] = []
  for (let epochs = FIRST_KNOT; played.filter(({ times }) => times.length >= epochs).length >= FEWEST_OBJECTS; epochs *= SPACING) knots.push(epochs)
  return knots
}

interface NearStep {
  object: PlayedObject
  step: number
  /** By a triangle in ln n, more for the last step of a light curve. */
  weight: number
}

/** The steps near a knot; `unit` is the weight of one object that has all of them. */
function stepsNear (played: readonly PlayedObject[], epochs: number): { steps: NearStep[], unit: number } {
  const [first, last] = [Math.ceil(epochs / SPACING), Math.floor(epochs * SPACING)]
  const unit = Array.from({ length: last - first + 1 }, (_, k) => triangle(first + k, epochs)).reduce((a, b) => a + b)
  const steps: NearStep[] = []
  for (const object of played) {
    for (let n = first; n <= Math.min(last, object.times.length); n++) {
      const weight = triangle(n, epochs) * (n === object.times.length ? LAST_STEP_WEIGHT : 1) / unit
      if (weight > 0) steps.push({ object, step: n - 1, weight })
    }
  }
  return { steps, unit }
}

/**
 * One temperature for the whole light curve, then by number of epochs n a slope and an offset of the tempered logit,
 * each by logistic regression (Platt 1999) over the steps near it, weighted by a triangle in ln n (local likelihood:
 * Tibshirani & Hastie 1987). Of a network without classes.
 * @param played light curves that the weights were not trained on
 * @param share share of Ia among those that they were trained on
 */
export function fitCalibration (played: readonly PlayedObject[], share: number): Calibration {
  const { temperature } = fitTemperature(played)
  const objectWeights = weightsFor(played, share)
  const byEpochs = knotsFor(played).map((epochs): CalibrationKnot => {
    const { steps, unit } = stepsNear(played, epochs)
    const logits = steps.map(({ object, step, weight }): WeightedLogit =>
      ({ logit: object.outputs[step]! / temperature, isIa: object.isIa, weight: (object.isIa ? objectWeights.ia : objectWeights.other) * weight }))
    return { epochs, ...logisticFit(logits, PRIOR_STEPS / unit) }
  })
  return byEpochs.length === 0 ? { temperature } : { temperature, byEpochs }
}

function samplesOf (steps: readonly NearStep[], places: ReadonlyMap<string, number>): ClassSamples {
  const classes = places.size
  const samples: ClassSamples = { classes, logits: new Float64Array(steps.length * classes), truth: new Int32Array(steps.length), weights: new Float64Array(steps.length) }
  steps.forEach(({ object, step, weight }, n) => {
    samples.logits.set(outputsAt(object, step)!.subarray(0, classes), n * classes)
    samples.truth[n] = places.get(object.type)!
    samples.weights[n] = weight
  })
  return samples
}

/** P(Ia) of each light curve after 1, 2, 4, 8 … steps and at the end. */
function spreadSamples (played: readonly PlayedObject[], classes: readonly ModelClass[], calibration: ClassCalibration): SpreadSample[] {
  const calibrated = { ...uncalibrated(classes), calibration } as ReturnType<typeof uncalibrated>
  const samples: SpreadSample[] = []
  for (const object of played) {
    for (let step = 0; step < object.times.length; step = step === object.times.length - 1 ? Infinity : Math.min(2 * step + 1, object.times.length - 1)) {
      const { probabilityIa } = probabilitiesAt(object, step, calibrated)!
      const logit = Math.log(Math.max(probabilityIa, 1e-12) / Math.max(1 - probabilityIa, 1e-12))
      const spread = classCalibrationAt(calibration, step + 1).slope * outputsAt(object, step)![classes.length]!
      samples.push({ logit, spread, isIa: object.isIa })
    }
  }
  return samples
}

/**
 * The calibration of a network with classes. By number of epochs, at the same knots as without classes, a slope of the logits
 * and an offset of each class (vector-scaling.ts) over the steps near it; then the factor of the spread of the heads
 * (head-spread.ts). Fewer than 300 light curves have one knot, of all their steps.
 * @param played light curves that the weights were not trained on, of the training's mix; those of other classes do not count
 */
export function fitClassCalibration (played: readonly PlayedObject[], classes: readonly ModelClass[]): ClassCalibration {
  const places = new Map(classes.map(({ name }, place) => [name, place]))
  const used = played.filter(({ type }) => places.has(type))
  const byEpochs = knotsFor(used).map((epochs): ClassCalibrationKnot => {
    const { steps, unit } = stepsNear(used, epochs)
    return { epochs, ...vectorScaling(samplesOf(steps, places), PRIOR_STEPS / unit) }
  })
  if (byEpochs.length === 0) {
    const steps = used.flatMap(object => object.times.map((_, step) => ({ object, step, weight: 1 / object.times.length })))
    byEpochs.push({ epochs: 1, ...vectorScaling(samplesOf(steps, places), PRIOR_STEPS) })
  }
  return { byEpochs, spread: spreadFactor(spreadSamples(used, classes, { byEpochs, spread: 1 })) }
}
