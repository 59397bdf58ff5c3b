/** ROC curves at the end and early. */
import { earlyOutcomes, finalOutcomes } from '../evaluation/evaluate.ts'
import type { Outcome } from '../evaluation/metrics.ts'
import { PHOTO_Z, type ReportFacts } from './facts.ts'
import type { Section } from '../../report/section.ts'
import { photoZColour } from './photo-z-colour.ts'

export interface RocPoint {
  /** Share of the objects that are not Ia, and of the Ia, with P(Ia) ≥ threshold. */
  falsePositiveRate: number
  truePositiveRate: number
  /** P(Ia) of the objects that were counted last; null before the first. */
  threshold: number | null
}

/**
 * The curve from (0, 0) to (1, 1) by falling P(Ia), its corners only; objects of the same P(Ia) are one stroke, so that
 * the area below is that of `areaUnderCurve`.
 * @returns no points where all objects are Ia or none is
 */
export function rocCurve (outcomes: readonly Outcome[]): RocPoint[] {
  const sorted = [...outcomes].sort((a, b) => b.probabilityIa - a.probabilityIa)
  const positives = sorted.filter(({ isIa }) => isIa).length
  const negatives = sorted.length - positives
  if (positives === 0 || negatives === 0) return []
  const points: RocPoint[] = [{ falsePositiveRate: 0, truePositiveRate: 0, threshold: null }]
  let [truePositives, falsePositives] = [0, 0]
  for (const [k, { isIa, probabilityIa }] of sorted.entries()) {
    if (isIa) truePositives++
    else falsePositives++
    if (sorted[k + 1]?.probabilityIa === probabilityIa) continue
    points.push({ falsePositiveRate: falsePositives / negatives, truePositiveRate: truePositives / positives, threshold: probabilityIa })
  }
  return points.filter((point, k) => !isBetween(points[k - 1], point, points[k + 1]))
}

/** Whether a point lies on a level or upright stroke between its neighbours. */
const isBetween = (before: RocPoint | undefined, point: RocPoint, after: RocPoint | undefined): boolean =>
  before !== undefined && after !== undefined && (
    (before.falsePositiveRate === point.falsePositiveRate && point.falsePositiveRate === after.falsePositiveRate) ||
    (before.truePositiveRate === point.truePositiveRate && point.truePositiveRate === after.truePositiveRate))

export function rocSection ({ played, calibrated, shares }: ReportFacts): Section {
  const rows = PHOTO_Z.flatMap(photoZ => ([['end', finalOutcomes], ['early', earlyOutcomes]] as const)
    .flatMap(([when, outcomes]) => rocCurve(outcomes(played[photoZ], calibrated, shares)).map(point => ({ photoZ, when, ...point }))))
  const panel = (title: string, falsePositives: number, truePositives: number): object => ({
    title,
    width: 215,
    height: 215,
    layer: [
      {
        data: { values: [{ x: 0, y: 0 }, { x: 1, y: 1 }] },
        mark: { type: 'line', clip: true, strokeWidth: 1, strokeDash: [2, 3], color: 'var(--quiet, #5c626d)' },
        encoding: { x: { field: 'x', type: 'quantitative' }, y: { field: 'y', type: 'quantitative' } }
      },
      {
        mark: { type: 'line', clip: true },
        encoding: {
          x: { field: 'falsePositiveRate', type: 'quantitative', title: 'share of others called Ia', scale: { domain: [0, falsePositives] }, axis: { tickCount: 5 } },
          y: { field: 'truePositiveRate', type: 'quantitative', title: 'share of Ia called Ia', scale: { domain: [truePositives, 1], zero: false }, axis: { tickCount: 5 } },
          order: { field: 'at' },
          color: photoZColour,
          strokeDash: { field: 'when', type: 'nominal', title: 'when', scale: { domain: ['end', 'early'], range: [[1, 0], [5, 3]] } }
        }
      }
    ]
  })
  return {
    id: 'roc',
    title: 'ROC curves',
    text: ['How many of the others are called Ia for how many of the Ia, as the limit that P(Ia) must pass is lowered.'],
    ...(rows.length === 0 ? { absent: 'All objects are Ia, or none is: there is no ROC curve.' } : {}),
    figures: rows.length === 0
      ? []
      : [{
          title: 'ROC curves at the end and early, photo-z known and unknown',
          alternative: 'Share of Ia called Ia over the share of others called Ia, whole on the left, its upper left corner on the right. The areas below the curves are the AUC of the table.',
          spec: { data: { values: rows.map((row, at) => ({ ...row, at })) }, hconcat: [panel('all', 1, 0), panel('upper left corner', 0.2, 0.8)] }
        }],
    tables: [],
    data: { file: 'roc.csv', rows }
  }
}
