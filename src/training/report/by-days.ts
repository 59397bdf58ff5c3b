/** Purity and completeness in the mix of a sky's classes, by days since the first detection. */
import type { DataRow, Figure, Section } from '../../report/section.ts'
import { fixed, perCent, type SkyFacts } from './facts.ts'

/** Drawn of the curves; all are in the data. */
const DRAWN = ['1 day', '4 days', '16 days', 'end']

export function byDaysSection ({ photoZ, evaluation: { moments, shares } }: SkyFacts): Section {
  const rows = moments.flatMap(({ moment, ia }): DataRow[] => ia.curve.map(point => ({ moment, ...point })))
  const drawn = rows.filter(({ moment }) => DRAWN.includes(String(moment)))
  const covered = moments.at(-1)!.ia.coverage
  const curves: Figure = {
    title: 'Purity by completeness of a list of Ia',
    alternative: `Purity over completeness after ${DRAWN.join(', ')}.`,
    spec: {
      data: { values: drawn.map((row, at) => ({ ...row, at })) },
      width: 460,
      height: 260,
      mark: { type: 'line' },
      encoding: {
        x: { field: 'completeness', type: 'quantitative', scale: { domain: [0, 1] } },
        y: { field: 'purity', type: 'quantitative', scale: { domain: [0, 1] } },
        order: { field: 'at', type: 'quantitative' },
        color: { field: 'moment', type: 'nominal', title: null, sort: DRAWN },
        strokeDash: { field: 'moment', type: 'nominal', title: null, sort: DRAWN }
      }
    }
  }
  return {
    id: 'by-days',
    title: 'By days since the first detection',
    text: [
      shares === null
        ? `P(Ia) after the newest epoch by then, photo-z ${photoZ}, of the objects as given.`
        : `P(Ia) after the newest epoch by then, photo-z ${photoZ}, in the mix of the class shares '${shares}': each object weighs as its class does among objects with as many detections. 'Worth' is how many objects of equal weight tell as much.${covered < 0.995 ? ` The objects have the classes of ${perCent(covered)} % of that sky; the rest of it is not measured.` : ''}`,
      'A list of Ia holds the objects with P(Ia) above a threshold. Completeness: share of the Ia that are in it. Purity: share of Ia in it.'
    ],
    ...drawn.length === 0 ? { absent: 'No Ia was detected.' } : {},
    figures: drawn.length === 0 ? [] : [curves],
    wide: true,
    tables: [{
      caption: 'Figures of P(Ia), and of the classes as the objects were given',
      columns: ['', 'objects', 'Ia', 'worth', 'AUC', 'completeness > 0.5', 'purity > 0.5', 'completeness > 0.9', 'purity > 0.9', 'purity at 50 %', 'at 70 %', 'at 90 %', 'ECE', 'by chance', 'accuracy %', 'macro F1', 'macro AUC'],
      rows: moments.map(({ moment, objects, typeIa, ia, classes }) => [
        moment, String(objects), String(typeIa), ia.effectiveObjects.toFixed(0), fixed(ia.auc, 4), fixed(ia.completeness, 3), fixed(ia.purity, 3), fixed(ia.sureCompleteness, 3), fixed(ia.surePurity, 3),
        ...Object.values(ia.purityAt).map(purity => fixed(purity, 3)), fixed(ia.ece, 4), fixed(ia.eceNoise, 4), fixed(classes?.accuracy, 1), fixed(classes?.macroF1, 3), fixed(classes?.macroAuc, 3)
      ])
    }],
    data: { file: 'by-days.csv', rows }
  }
}
