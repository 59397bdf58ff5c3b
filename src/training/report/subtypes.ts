/** What each true subtype is called. */
import { earlyOutcomes, finalOutcomes } from '../evaluation/evaluate.ts'
import { IA_THRESHOLD } from '../evaluation/metrics.ts'
import { perCent, fixed, PHOTO_Z, type ReportFacts } from './facts.ts'
import type { Section } from '../../report/section.ts'
import { shareInterval } from '../evaluation/share.ts'
import { photoZColour } from './photo-z-colour.ts'

const WHEN = { end: finalOutcomes, early: earlyOutcomes }

/** Ia first, then by name. */
export const inOrderOfTypes = (a: string, b: string): number => a === b ? 0 : a === 'Ia' ? -1 : b === 'Ia' ? 1 : a < b ? -1 : 1

/** One row a type, time and knowledge of the photo-z. */
export function subtypeRows ({ objects, played, calibrated, shares }: Pick<ReportFacts, 'objects' | 'played' | 'calibrated' | 'shares'>) {
  const types = [...new Set(objects.map(({ type }) => type))].sort(inOrderOfTypes)
  return Object.entries(WHEN).flatMap(([when, outcomesOf]) => PHOTO_Z.flatMap(photoZ => {
    const outcomes = outcomesOf(played[photoZ], calibrated, shares)
    return types.map(type => {
      const ofType = outcomes.filter((_, k) => objects[k]!.type === type)
      const calledIa = ofType.filter(({ probabilityIa }) => probabilityIa > IA_THRESHOLD).length
      const [shareLow, shareHigh] = shareInterval(calledIa, ofType.length)
      return {
        type,
        when,
        photoZ,
        objects: ofType.length,
        calledIa,
        shareCalledIa: calledIa / ofType.length,
        shareLow,
        shareHigh,
        meanProbabilityIa: ofType.reduce((sum, { probabilityIa }) => sum + probabilityIa, 0) / ofType.length
      }
    })
  }))
}

export function subtypeSection (facts: ReportFacts): Section {
  const rows = subtypeRows(facts)
  const types = [...new Set(rows.map(({ type }) => type))]
  const cells = Object.keys(WHEN).flatMap(when => PHOTO_Z.map(photoZ => ({ when, photoZ })))
  const panel = (when: string): object => {
    const y = { field: 'type', type: 'nominal', title: null, scale: { domain: types } }
    const yOffset = { field: 'photoZ', scale: { domain: PHOTO_Z } }
    const x = (field: string): object => ({ field, type: 'quantitative', title: 'share called Ia', scale: { domain: [0, 1] }, axis: { tickCount: 5 } })
    return {
      title: when,
      width: 200,
      height: { step: 11 },
      transform: [{ filter: { field: 'when', equal: when } }],
      layer: [
        { mark: { type: 'rule', strokeWidth: 1.5 }, encoding: { y, yOffset, x: x('shareLow'), x2: { field: 'shareHigh' }, color: photoZColour } },
        { mark: { type: 'point', filled: true, size: 45, opacity: 1 }, encoding: { y, yOffset, x: x('shareCalledIa'), color: photoZColour } }
      ]
    }
  }
  return {
    id: 'subtypes',
    title: 'By true subtype',
    text: ['What the objects of each true type are called; bars are 68 % intervals from the counts (Wilson\'s). For Ia a high share is right, for all others a low one.'],
    figures: [{
      title: 'Share of each true type that is called Ia',
      alternative: `Share called Ia of ${types.join(', ')}, at the end and early, photo-z known and unknown; the numbers are in the table.`,
      spec: { data: { values: rows }, hconcat: Object.keys(WHEN).map(panel) }
    }],
    wide: true,
    tables: [{
      caption: 'Share called Ia · mean P(Ia), with the photo-z known or unknown',
      columns: ['type', 'objects', ...cells.map(({ when, photoZ }) => `${when}, ${photoZ}`)],
      rows: types.map(type => {
        const ofType = rows.filter(row => row.type === type)
        return [type, String(ofType[0]!.objects), ...cells.map(({ when, photoZ }) => {
          const row = ofType.find(row => row.when === when && row.photoZ === photoZ)!
          return `${perCent(row.shareCalledIa)} % · ${fixed(row.meanProbabilityIa, 3)}`
        })]
      })
    }],
    data: { file: 'subtypes.csv', rows }
  }
}
