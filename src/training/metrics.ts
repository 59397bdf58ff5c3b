/** How well P(Ia) tells type Ia supernovae from the others. */

/** One object (or one epoch of it): P(Ia) and the truth. */
export interface Outcome {
  probabilityIa: number
  isIa: boolean
}

export interface Metrics {
  /** Share of objects whose type is right, where P(Ia) > 0.5 means Ia [%]. */
  accuracy: number
  /** Area under the ROC curve; null where all objects are Ia or none is. */
  auc: number | null
  figureOfMerit: number
  /** Share of all Ia that are called Ia: TP/(TP+FN); 0 where there is none. */
  completeness: number
  /** Share of Ia among those called Ia: TP/(TP+FP); 0 where none is. */
  purity: number
  ece: number
}

/** Cost of a false positive in the figure of merit of Kessler et al. 2010 (W_Ia^False). */
const FALSE_POSITIVE_WEIGHT = 3
const CALIBRATION_BINS = 15
export const IA_THRESHOLD = 0.5

const ratio = (part: number, whole: number): number => whole === 0 ? 0 : part / whole

/**
 * Area under the ROC curve: the chance that a random Ia has a higher P(Ia) than a random non-Ia, ties counting
 * half (Hanley & McNeil 1982, Radiology 143, 29; the Mann-Whitney U over its maximum).
 * @returns null where all objects are Ia or none is
 */
export function areaUnderCurve (outcomes: readonly Outcome[]): number | null {
  const sorted = [...outcomes].sort((a, b) => a.probabilityIa - b.probabilityIa)
  const positives = sorted.filter(outcome => outcome.isIa).length
  const negatives = sorted.length - positives
  if (positives === 0 || negatives === 0) return null
  let rankSum = 0
  for (let start = 0; start < sorted.length;) {
    let end = start
    let tiedPositives = 0
    for (; end < sorted.length && sorted[end]!.probabilityIa === sorted[start]!.probabilityIa; end++) {
      if (sorted[end]!.isIa) tiedPositives++
    }
    rankSum += tiedPositives * (start + 1 + end) / 2
    start = end
  }
  return (rankSum - positives * (positives + 1) / 2) / (positives * negatives)
}

/**
 * Expected calibration error of P(Ia): Σ over 15 bins of equal width of (objects in the bin / objects) ×
 * |mean P(Ia) − share of Ia| (Naeini et al. 2015; Guo et al. 2017, arXiv:1706.04599, with P(Ia) for the
 * confidence, so that both classes are covered).
 */
export function expectedCalibrationError (outcomes: readonly Outcome[]): number {
  const probabilitySum = new Float64Array(CALIBRATION_BINS)
  const positives = new Float64Array(CALIBRATION_BINS)
  for (const { probabilityIa, isIa } of outcomes) {
    const bin = Math.min(CALIBRATION_BINS - 1, Math.floor(probabilityIa * CALIBRATION_BINS))
    probabilitySum[bin]! += probabilityIa
    if (isIa) positives[bin]! += 1
  }
  const gap = probabilitySum.reduce((sum, value, bin) => sum + Math.abs(value - positives[bin]!), 0)
  return ratio(gap, outcomes.length)
}

/**
 * All figures of a set of objects.
 *
 * figureOfMerit = completeness × TP/(TP + 3·FP): Kessler et al. 2010 (arXiv:1008.1024), called F1 in
 * Charnock & Moss 2017 (arXiv:1606.07442).
 */
export function measure (outcomes: readonly Outcome[]): Metrics {
  let [truePositives, falsePositives, falseNegatives] = [0, 0, 0]
  for (const { probabilityIa, isIa } of outcomes) {
    const calledIa = probabilityIa > IA_THRESHOLD
    if (calledIa && isIa) truePositives++
    else if (calledIa) falsePositives++
    else if (isIa) falseNegatives++
  }
  const completeness = ratio(truePositives, truePositives + falseNegatives)
  return {
    accuracy: 100 * ratio(outcomes.length - falsePositives - falseNegatives, outcomes.length),
    auc: areaUnderCurve(outcomes),
    figureOfMerit: completeness * ratio(truePositives, truePositives + FALSE_POSITIVE_WEIGHT * falsePositives),
    completeness,
    purity: ratio(truePositives, truePositives + falsePositives),
    ece: expectedCalibrationError(outcomes)
  }
}
