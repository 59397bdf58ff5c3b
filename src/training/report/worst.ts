/** The objects that the model is most confidently wrong about. */
import { finalOutcomes } from '../evaluation/evaluate.ts'
import { IA_THRESHOLD } from '../evaluation/metrics.ts'
import { fixed, type ReportFacts } from './facts.ts'
import type { Section } from '../../report/section.ts'

const SHOWN = 10

export interface WrongObject {
  snid: string
  type: string
  redshift: number | null
  epochs: number
  /** At the end, with the host's photo-z and without. */
  probabilityIaPhotoZKnown: number
  probabilityIaPhotoZUnknown: number
}

/** Called wrongly at the end with photo-z known, by |P(Ia) − truth|, ties by SNID. */
export function worstErrors ({ objects, played, calibrated, shares }: Pick<ReportFacts, 'objects' | 'played' | 'calibrated' | 'shares'>): WrongObject[] {
  const known = finalOutcomes(played.known, calibrated, shares)
  const unknown = finalOutcomes(played.unknown, calibrated, shares)
  return objects.map(({ snid, type, redshift }, k) => ({
    distance: Math.abs(known[k]!.probabilityIa - (known[k]!.isIa ? 1 : 0)),
    wrong: (known[k]!.probabilityIa > IA_THRESHOLD) !== known[k]!.isIa,
    object: {
      snid,
      type,
      redshift,
      epochs: played.known[k]!.times.length,
      probabilityIaPhotoZKnown: known[k]!.probabilityIa,
      probabilityIaPhotoZUnknown: unknown[k]!.probabilityIa
    }
  })).filter(({ wrong }) => wrong)
    .sort((a, b) => b.distance - a.distance || (a.object.snid < b.object.snid ? -1 : 1))
    .slice(0, SHOWN).map(({ object }) => object)
}

export function worstSection (facts: ReportFacts): Section {
  const rows = worstErrors(facts)
  return {
    id: 'worst',
    title: 'Most confidently wrong',
    text: [`The ${SHOWN} objects whose P(Ia) at the end, with photo-z known, is farthest from the truth.`],
    ...(rows.length === 0 ? { absent: 'No object is called wrongly at the end.' } : {}),
    figures: [],
    tables: rows.length === 0
      ? []
      : [{
          caption: 'Ordered by the distance of P(Ia) from the truth',
          columns: ['SNID', 'true type', 'true redshift', 'epochs', 'P(Ia), photo-z known', 'P(Ia), photo-z unknown'],
          rows: rows.map(row => [row.snid, row.type, fixed(row.redshift, 3), String(row.epochs), fixed(row.probabilityIaPhotoZKnown, 4), fixed(row.probabilityIaPhotoZUnknown, 4)])
        }],
    data: { file: 'worst.csv', rows: rows.map(row => ({ ...row })) }
  }
}
