/** Completeness, purity and calibration after 1, 2, 3 … epochs. */
import { PHOTO_Z, type ReportFacts } from './facts.ts'
import type { Figure, Section } from '../../report/section.ts'
import { photoZColour } from './photo-z-colour.ts'
import { colour } from '../../report/theme.ts'

const ABSENT = 'Fewer than 20 objects, or objects of one kind only: nothing to show by number of epochs.'

/** Panels of `measures` over `x`, one above the other, with the number of objects below. */
export function progressFigure (
  { title, alternative, rows, x, measures }: Pick<Figure, 'title' | 'alternative'> & { rows: readonly object[], x: object, measures: ReadonlyArray<readonly [field: string, title: string]> }
): Figure {
  const width = 460
  const unlabelled = { ...x, title: null, axis: { labels: false, ticks: false } }
  return {
    title,
    alternative,
    spec: {
      data: { values: rows },
      spacing: 10,
      vconcat: [
        ...measures.map(([field, title]) => ({
          width,
          height: 130,
          mark: { type: 'line', point: rows.length < 80 ? { size: 25 } : false },
          encoding: { x: unlabelled, y: { field, type: 'quantitative', title, scale: { domain: [0, 1] }, axis: { tickCount: 5 } }, color: photoZColour }
        })),
        {
          width,
          height: 60,
          transform: [{ filter: { field: 'photoZ', equal: 'known' } }],
          mark: { type: 'area', color: colour('quiet'), opacity: 0.6, line: { color: colour('quiet') } },
          encoding: { x, y: { field: 'objects', type: 'quantitative', title: 'objects', axis: { tickCount: 3 } } }
        }
      ]
    }
  }
}

export function byEpochsSection ({ evaluation }: ReportFacts): Section {
  const rows = PHOTO_Z.flatMap(photoZ => evaluation[photoZ].byEpochs.map(line => ({ photoZ, ...line })))
  return {
    id: 'by-epochs',
    title: 'By number of epochs',
    text: ['Completeness: share of the Ia that are called Ia. Purity: share of Ia among those called Ia. P(Ia) after so many epochs, of the objects that have so many; the epochs before the first detection count.'],
    ...(rows.length === 0 ? { absent: ABSENT } : {}),
    figures: rows.length === 0
      ? []
      : [progressFigure({
          title: 'Completeness and purity by number of epochs',
          alternative: 'Completeness, purity and the number of objects over the number of epochs, photo-z known and unknown.',
          rows,
          x: { field: 'epochs', type: 'quantitative', title: 'epochs' },
          measures: [['completeness', 'completeness'], ['purity', 'purity']]
        })],
    tables: [],
    data: { file: 'by-epochs.csv', rows }
  }
}
