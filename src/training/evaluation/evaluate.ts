/** The table of a model on light curves of known type. */
import { probabilityIa, type Calibration } from '../../model/calibration.ts'
import { baselineOf, calibrationNoise, crossEntropy, measure, type Baseline, type Metrics, type Outcome } from './metrics.ts'
import type { PlayedObject } from './playback.ts'
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

/** What is said of an object after a step; `UNDETECTED_PROBABILITY` where it has no such step. */
export function outcomeAt (object: PlayedObject, step: number, calibration: Calibration): Outcome {
  const logit = object.logits[step]
  return { isIa: object.isIa, probabilityIa: logit === undefined ? UNDETECTED_PROBABILITY : probabilityIa(logit, step + 1, calibration) }
}

/** After the last point of every object. */
export const finalOutcomes = (played: readonly PlayedObject[], calibration: Calibration): Outcome[] =>
  played.map(object => outcomeAt(object, object.logits.length - 1, calibration))

/** After the night of the sixth observation with S/N > 4. */
export const earlyOutcomes = (played: readonly PlayedObject[], calibration: Calibration): Outcome[] =>
  played.map(object => outcomeAt(object, object.early, calibration))

function byEpochs (played: readonly PlayedObject[], calibration: Calibration): EpochMetrics[] {
  const lines: EpochMetrics[] = []
  for (let epochs = 1; ; epochs++) {
    const outcomes = played.filter(object => object.logits.length >= epochs).map(object => outcomeAt(object, epochs - 1, calibration))
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

export function evaluate (played: readonly PlayedObject[], calibration: Calibration): Evaluation {
  const [final, early] = [finalOutcomes(played, calibration), earlyOutcomes(played, calibration)]
  const typeIa = played.filter(object => object.isIa).length
  return {
    objects: played.length,
    typeIa,
    baseline: baselineOf(played.length, typeIa),
    final: measure(final),
    early: measure(early),
    byEpochs: byEpochs(played, calibration),
    reliability: { final: reliabilityOf(final), early: reliabilityOf(early) }
  }
}

/** Mean −ln P(true class) at the end and early, half each: what training chooses its weights by. */
export const validationLoss = (played: readonly PlayedObject[], calibration: Calibration): number =>
  (crossEntropy(finalOutcomes(played, calibration)) + crossEntropy(earlyOutcomes(played, calibration))) / 2

/**
 * The temperature with the least validation loss (Guo et al. 2017, arXiv:1706.04599, sec. 4.2), to 0.1 %, between
 * 0.2 and 10, by golden section in ln T.
 */
export function fitTemperature (played: readonly PlayedObject[]): Calibration {
  const golden = (Math.sqrt(5) - 1) / 2
  const lossAt = (logarithm: number): number => validationLoss(played, { temperature: Math.exp(logarithm) })
  let [low, high] = [Math.log(0.2), Math.log(10)]
  while (high - low > 1e-3) {
    const [left, right] = [high - golden * (high - low), low + golden * (high - low)]
    if (lossAt(left) < lossAt(right)) high = right
    else low = left
  }
  return { temperature: Math.exp((low + high) / 2) }
}
