/** What `candela evaluate` prints of Ia against all else, all objects together. */
import { baselineWords, FIGURES_HEAD, figuresRow, noBetter } from '../../training/evaluation/figures.ts'
import { CALIBRATED_FROM_EPOCHS, CALIBRATED_FROM_OBJECTS, worstCalibrated, type EpochMetrics, type Evaluation } from '../../training/evaluation/evaluate.ts'
import { fixed } from '../../training/evaluation/metrics.ts'

/** Lines are 5 epochs apart up to 100, then 50. */
const isShown = (epochs: number): boolean => epochs === CALIBRATED_FROM_EPOCHS || epochs % (epochs <= 100 ? 5 : 50) === 0

const epochRow = ({ epochs, objects, accuracy, auc, completeness, purity, ece, eceNoise }: EpochMetrics): string => [
  String(epochs).padStart(8), String(objects).padStart(8), fixed(accuracy, 2).padStart(11), fixed(auc, 4).padStart(8),
  fixed(completeness, 3).padStart(14), fixed(purity, 3).padStart(8), fixed(ece, 4).padStart(8), fixed(eceNoise, 4).padStart(11)
].join('')

function largestError (byEpochs: readonly EpochMetrics[]): string {
  const worst = worstCalibrated(byEpochs)
  const rule = `from ${CALIBRATED_FROM_EPOCHS} epochs on, with at least ${CALIBRATED_FROM_OBJECTS} objects`
  return worst === null
    ? `too few objects for the largest ECE ${rule}`
    : `largest ECE ${rule}: ${worst.ece.toFixed(4)} after ${worst.epochs} epochs (${worst.objects} objects; ${worst.eceNoise.toFixed(4)} by chance alone)`
}

/** @param about what the model was told, as `photo-z known` */
export function readable (model: string, about: string, { objects, typeIa, baseline, final, early, byEpochs }: Evaluation): string {
  const warning = noBetter(model, [['at the end', final], ['early', early]], baseline)
  return [
    `model ${model}, ${about}: ${objects} objects, ${typeIa} of type Ia; ${baselineWords(baseline)}`,
    ...warning === null ? [] : [warning],
    '',
    `      ${FIGURES_HEAD}`,
    `final ${figuresRow(final)}`,
    `early ${figuresRow(early)}`,
    '',
    '  epochs objects accuracy %     AUC  completeness  purity     ECE  by chance',
    ...byEpochs.filter(({ epochs }) => isShown(epochs)).map(epochRow),
    '',
    largestError(byEpochs),
    ''
  ].join('\n')
}
