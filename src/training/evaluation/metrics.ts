/** How well P(Ia) tells type Ia supernovae from the others. */

/** One object (or one epoch of it): P(Ia) and the truth. */
export interface Outcome {
  probabilityIa: number
  isIa: boolean
  /** How many objects this one stands for; 1 without it. */
  weight?: number
}

/** A figure is null where it is not defined: it would be a share of nothing. */
export interface Metrics {
  /** Share of objects whose type is right, where P(Ia) > 0.5 means Ia [%]; null where there is no object. */
  accuracy: number | null
  /** Area under the ROC curve; null where all objects are Ia or none is. */
  auc: number | null
  /** Null where there is no Ia; 0 where none of them is called Ia, whatever the purity would be. */
  figureOfMerit: number | null
  /** Share of all Ia that are called Ia: TP/(TP+FN); null where there is none. */
  completeness: number | null
  /** Share of Ia among those called Ia: TP/(TP+FP); null where none is. */
  purity: number | null
  /** Null where there is no object. */
  ece: number | null
}

/** What calling every object the same would be right about: a model that learned nothing reaches it. */
export interface Baseline {
  /** The commoner of the two; Ia where they are as many. */
  commonest: 'Ia' | 'not Ia'
  /** Its share of the objects [%]. */
  accuracy: number
}

/** Cost of a false positive in the figure of merit of Kessler et al. 2010 (W_Ia^False). */
const FALSE_POSITIVE_WEIGHT = 3
const CALIBRATION_BINS = 15
export const IA_THRESHOLD = 0.5

const weightOf = ({ weight = 1 }: Outcome): number => weight
const ratio = (part: number, whole: number): number | null => whole === 0 ? null : part / whole

/** @returns null where there is no object */
export function baselineOf (objects: number, typeIa: number): Baseline | null {
  if (objects === 0) return null
  return { commonest: 2 * typeIa >= objects ? 'Ia' : 'not Ia', accuracy: 100 * Math.max(typeIa, objects - typeIa) / objects }
}

/** Whether a model tells no more objects right than one word for all does; where all are of one class, none could. */
export const isNoBetter = ({ accuracy }: Pick<Metrics, 'accuracy'>, baseline: Baseline | null): boolean =>
  accuracy !== null && baseline !== null && baseline.accuracy < 100 && accuracy <= baseline.accuracy

/**
 * Area under the ROC curve: the chance that a random Ia has a higher P(Ia) than a random non-Ia, ties counting
 * half (Hanley & McNeil 1982, Radiology 143, 29; the Mann-Whitney U over its maximum).
 * @returns null where all objects are Ia or none is
 */
export function areaUnderCurve (outcomes: readonly Outcome[]): number | null {
  const sorted = [...outcomes].sort((a, b) => a.probabilityIa - b.probabilityIa)
  let [positives, negatives, pairs] = [0, 0, 0]
  for (let start = 0; start < sorted.length;) {
    let [end, tiedPositives, tiedNegatives] = [start, 0, 0]
    for (; end < sorted.length && sorted[end]!.probabilityIa === sorted[start]!.probabilityIa; end++) {
      if (sorted[end]!.isIa) tiedPositives += weightOf(sorted[end]!)
      else tiedNegatives += weightOf(sorted[end]!)
    }
    pairs += tiedPositives * (negatives + tiedNegatives / 2)
    positives += tiedPositives
    negatives += tiedNegatives
    start = end
  }
  return positives === 0 || negatives === 0 ? null : pairs / (positives * negatives)
}

const totalOf = (outcomes: readonly Outcome[]): number => outcomes.reduce((sum, outcome) => sum + weightOf(outcome), 0)

/** Objects whose P(Ia) lies in [from, to), the last bin with 1 in it; each counts by its weight. */
export interface ReliabilityBin {
  from: number
  to: number
  objects: number
  typeIa: number
  /** Σ weight·P(Ia), and Σ weight²·P(Ia)·(1 − P(Ia)): mean and variance of `typeIa` where P(Ia) is calibrated. */
  probabilitySum: number
  varianceSum: number
  /** Σ weight²: objects²/weightSquares is as many objects of equal weight as tell as much. */
  weightSquares: number
}

/** 15 bins of equal width in P(Ia), empty ones among them. */
export function reliabilityBins (outcomes: readonly Outcome[]): ReliabilityBin[] {
  const bins = Array.from({ length: CALIBRATION_BINS }, (_, k): ReliabilityBin =>
    ({ from: k / CALIBRATION_BINS, to: (k + 1) / CALIBRATION_BINS, objects: 0, typeIa: 0, probabilitySum: 0, varianceSum: 0, weightSquares: 0 }))
  for (const { probabilityIa, isIa, weight = 1 } of outcomes) {
    const bin = bins[Math.min(CALIBRATION_BINS - 1, Math.floor(probabilityIa * CALIBRATION_BINS))]!
    bin.objects += weight
    if (isIa) bin.typeIa += weight
    bin.probabilitySum += weight * probabilityIa
    bin.varianceSum += weight * weight * probabilityIa * (1 - probabilityIa)
    bin.weightSquares += weight * weight
  }
  return bins
}

/**
 * Expected calibration error of P(Ia): Σ over 15 bins of equal width of (objects in the bin / objects) ×
 * |mean P(Ia) − share of Ia| (Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599, with P(Ia) for the
 * confidence, so that both classes are covered).
 * @returns null where there is no object
 */
export function expectedCalibrationError (outcomes: readonly Outcome[]): number | null {
  const gap = reliabilityBins(outcomes).reduce((sum, { probabilitySum, typeIa }) => sum + Math.abs(probabilitySum - typeIa), 0)
  return ratio(gap, totalOf(outcomes))
}

/**
 * What the expected calibration error of as many objects with these P(Ia) is on average where every P(Ia) is right:
 * counts scatter, and the error cannot be told from this. Per bin the mean of |count − expected count| of a normal
 * distribution, √(2/π) × σ, with σ² = Σ P(1 − P).
 * @returns null where there is no object
 */
export function calibrationNoise (outcomes: readonly Outcome[]): number | null {
  const scatter = reliabilityBins(outcomes).reduce((sum, { varianceSum }) => sum + Math.sqrt(2 / Math.PI * varianceSum), 0)
  return ratio(scatter, totalOf(outcomes))
}

/** Mean −ln P(true class). */
export const crossEntropy = (outcomes: readonly Outcome[]): number => outcomes.reduce((sum, { probabilityIa, isIa }) =>
  sum - Math.log(Math.max(1e-12, isIa ? probabilityIa : 1 - probabilityIa)), 0) / outcomes.length

/**
 * All figures of a set of objects, each by its weight.
 *
 * figureOfMerit = completeness × TP/(TP + 3·FP): Kessler et al. 2010 (arXiv:1008.1024), called F1 in
 * Charnock & Moss 2017 (arXiv:1606.07442).
 */
export function measure (outcomes: readonly Outcome[]): Metrics {
  let [truePositives, falsePositives, falseNegatives] = [0, 0, 0]
  for (const { probabilityIa, isIa, weight = 1 } of outcomes) {
    const calledIa = probabilityIa > IA_THRESHOLD
    if (calledIa && isIa) truePositives += weight
    else if (calledIa) falsePositives += weight
    else if (isIa) falseNegatives += weight
  }
  const total = totalOf(outcomes)
  const completeness = ratio(truePositives, truePositives + falseNegatives)
  const right = ratio(total - falsePositives - falseNegatives, total)
  return {
    accuracy: right === null ? null : 100 * right,
    auc: areaUnderCurve(outcomes),
    figureOfMerit: completeness === null ? null : completeness * (ratio(truePositives, truePositives + FALSE_POSITIVE_WEIGHT * falsePositives) ?? 0),
    completeness,
    purity: ratio(truePositives, truePositives + falsePositives),
    ece: expectedCalibrationError(outcomes)
  }
}

/** A figure for readers: – where it is not defined. */
export const fixed = (value: number | null | undefined, digits: number): string => value === null || value === undefined ? '–' : value.toFixed(digits)
