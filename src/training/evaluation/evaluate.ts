/** The table of a model on light curves of known type. */
import type { Calibration } from '../../model/calibration.ts'
import type { ClassShares, ModelClass } from '../../model/classes.ts'
import { probabilitiesOf, type Calibrated, type Probabilities } from '../../model/probabilities.ts'
import { baselineOf, calibrationNoise, crossEntropy, measure, type Baseline, type Metrics, type Outcome } from './metrics.ts'
import { outputsAt, type PlayedObject } from './playback.ts'
import { reliabilityOf, type ReliabilityPoint } from './reliability.ts'

export interface EpochMetrics extends Metrics {
  /** Number of steps after which P(Ia) is taken; objects with fewer do not count. */
  epochs: number
  objects: number
  typeIa: number
  auc: number
  ece: number
  /** What `ece` would be on average of as many objects if P(Ia) were right: see `calibrationNoise`. */
  eceNoise: number
}

export interface Evaluation {
  /** All objects, those never detected included: their P(Ia) is `UNDETECTED_PROBABILITY`. */
  objects: number
  typeIa: number
  /** What calling every object the same would be right about; null where there is no object. */
  baseline: Baseline | null
  /** After the last point. */
  final: Metrics
  /** After the night of the sixth observation with S/N > 4 (after the last point where there are fewer). */
  early: Metrics
  /** After 1, 2, 3 … steps, while at least 20 objects of both kinds have so many. */
  byEpochs: EpochMetrics[]
  reliability: Record<'final' | 'early', ReliabilityPoint[]>
}

/** P(Ia) of an object that was never detected: nothing is known, so it is not called Ia. */
export const UNDETECTED_PROBABILITY = 0.5
/** Fewer objects than this make no line by epochs. */
const FEWEST_OBJECTS = 20

/**
 * What is said of an object after a step.
 * @param shares those of the sky that probabilities are asked for; null for the training's
 * @returns null where there is no such step
 */
export function probabilitiesAt (object: PlayedObject, step: number, calibrated: Calibrated, shares: ClassShares | null = null): Probabilities | null {
  const outputs = outputsAt(object, step)
  return outputs && probabilitiesOf(calibrated, outputs, { epochs: step + 1, detections: object.detections[step]! }, shares)
}

/** P(Ia) after a step and the truth; `UNDETECTED_PROBABILITY` where there is no such step. */
export const outcomeAt = (object: PlayedObject, step: number, calibrated: Calibrated, shares: ClassShares | null = null): Outcome =>
  ({ isIa: object.isIa, probabilityIa: probabilitiesAt(object, step, calibrated, shares)?.probabilityIa ?? UNDETECTED_PROBABILITY })

/** After the last point of every object. */
export const finalOutcomes = (played: readonly PlayedObject[], calibrated: Calibrated, shares: ClassShares | null = null): Outcome[] =>
  played.map(object => outcomeAt(object, object.times.length - 1, calibrated, shares))

/** After the night of the sixth observation with S/N > 4. */
export const earlyOutcomes = (played: readonly PlayedObject[], calibrated: Calibrated, shares: ClassShares | null = null): Outcome[] =>
  played.map(object => outcomeAt(object, object.early, calibrated, shares))

function byEpochs (played: readonly PlayedObject[], calibrated: Calibrated, shares: ClassShares | null): EpochMetrics[] {
  const lines: EpochMetrics[] = []
  for (let epochs = 1; ; epochs++) {
    const outcomes = played.filter(({ times }) => times.length >= epochs).map(object => outcomeAt(object, epochs - 1, calibrated, shares))
    const { auc, ece, ...metrics } = measure(outcomes)
    const eceNoise = calibrationNoise(outcomes)
    if (outcomes.length < FEWEST_OBJECTS || auc === null || ece === null || eceNoise === null) return lines
    const typeIa = outcomes.filter(({ isIa }) => isIa).length
    lines.push({ epochs, objects: outcomes.length, typeIa, ...metrics, auc, ece, eceNoise })
  }
}

/** From so many epochs on, and with so many objects, the calibration is judged. */
export const CALIBRATED_FROM_EPOCHS = 3
export const CALIBRATED_FROM_OBJECTS = 500

/** The number of epochs, from 3 on, with the largest calibration error of at least 500 objects; null where none has so many. */
export function worstCalibrated (byEpochs: readonly EpochMetrics[]): EpochMetrics | null {
  return byEpochs.filter(({ epochs, objects }) => epochs >= CALIBRATED_FROM_EPOCHS && objects >= CALIBRATED_FROM_OBJECTS)
    .reduce<EpochMetrics | null>((worst, line) => worst === null || line.ece > worst.ece ? line : worst, null)
}

export function evaluate (played: readonly PlayedObject[], calibrated: Calibrated, shares: ClassShares | null = null): Evaluation {
  const [final, early] = [finalOutcomes(played, calibrated, shares), earlyOutcomes(played, calibrated, shares)]
  const typeIa = played.filter(object => object.isIa).length
  return {
    objects: played.length,
    typeIa,
    baseline: baselineOf(played.length, typeIa),
    final: measure(final),
    early: measure(early),
    byEpochs: byEpochs(played, calibrated, shares),
    reliability: { final: reliabilityOf(final), early: reliabilityOf(early) }
  }
}

const LEAST_PROBABILITY = 1e-12
const meanOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Mean −ln P(true class), half at the end and half over the steps of each light curve; those without a step do not count. */
function classLoss (played: readonly PlayedObject[], calibrated: Calibrated, classes: readonly ModelClass[]): number {
  const places = new Map(classes.map(({ name }, place) => [name, place]))
  return meanOf(played.filter(({ times, type }) => times.length > 0 && places.has(type)).map(object => {
    const losses = object.times.map((_, step) => -Math.log(Math.max(LEAST_PROBABILITY, probabilitiesAt(object, step, calibrated)!.classes![places.get(object.type)!]!)))
    return (losses.at(-1)! + meanOf(losses)) / 2
  }))
}

/**
 * What training chooses its weights by. Of a model without classes: mean −ln P(Ia or not) at the end and early, half each. Of
 * one with classes: that of the true class, half at the end and half over the steps.
 */
export const validationLoss = (played: readonly PlayedObject[], calibrated: Calibrated): number => calibrated.classes === null
  ? (crossEntropy(finalOutcomes(played, calibrated)) + crossEntropy(earlyOutcomes(played, calibrated))) / 2
  : classLoss(played, calibrated, calibrated.classes)

/** A network with classes before it is calibrated: slope 1 and no offsets. */
export const uncalibrated = (classes: readonly ModelClass[]): Calibrated => ({
  classes,
  calibration: { byEpochs: [{ epochs: 1, slope: 1, offsets: classes.map(() => 0) }], spread: 1 },
  trainingShares: { name: 'training', detections: [1], shares: [classes.map(() => 1 / classes.length)] }
})

/**
 * The temperature with the least validation loss (Guo et al. 2017, arXiv:1706.04599, sec. 4.2), to 0.1 %, between
 * 0.2 and 10, by golden section in ln T; of a network without classes.
 */
export function fitTemperature (played: readonly PlayedObject[]): Calibration {
  const golden = (Math.sqrt(5) - 1) / 2
  const lossAt = (logarithm: number): number => validationLoss(played, { classes: null, calibration: { temperature: Math.exp(logarithm) } })
  let [low, high] = [Math.log(0.2), Math.log(10)]
  while (high - low > 1e-3) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)]
    if (lossAt(left) < lossAt(right)) high = right
    else low = left
  }
  return { temperature: Math.exp((low + high) / 2) }
}
