/** How figures are written for readers, beside what calling every object the same would be right about. */
import { fixed, isNoBetter, type Baseline, type Metrics } from './metrics.ts'

export const FIGURES_HEAD = 'accuracy %     AUC figure of merit  completeness  purity     ECE'.padStart(66)

/** One line of the table under `FIGURES_HEAD`. */
export const figuresRow = ({ accuracy, auc, figureOfMerit, completeness, purity, ece }: Metrics): string => [
  fixed(accuracy, 2).padStart(12), fixed(auc, 4).padStart(8), fixed(figureOfMerit, 3).padStart(16),
  fixed(completeness, 3).padStart(14), fixed(purity, 3).padStart(8), fixed(ece, 4).padStart(8)
].join('')

/** Such as 'calling every object not Ia would be right for 75.90 %'. */
export const baselineWords = (baseline: Baseline | null): string =>
  baseline === null ? 'no object' : `calling every object ${baseline.commonest} would be right for ${fixed(baseline.accuracy, 2)} %`

/**
 * A sentence for a model that tells no more right than the commonest class for all.
 * @param measured by what it is of, such as 'at the end'
 * @returns null where it does better everywhere
 */
export function noBetter (model: string, measured: ReadonlyArray<readonly [of: string, metrics: Pick<Metrics, 'accuracy'>]>, baseline: Baseline | null): string | null {
  const none = measured.filter(([, metrics]) => isNoBetter(metrics, baseline))
  if (none.length === 0) return null
  return `${model} is no better than the commonest class: ${baselineWords(baseline)}, the model is right for ${none.map(([of, { accuracy }]) => `${fixed(accuracy, 2)} % ${of}`).join(', ')}`
}
