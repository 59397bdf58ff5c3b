/** What the objects of each true class are called, as a heat map. */
import type { DataRow, Section } from '../../report/section.ts'
import { colour } from '../../report/theme.ts'
import { fixed, type SkyFacts } from './facts.ts'

export function confusionSection ({ photoZ, evaluation: { moments } }: SkyFacts): Section {
  const end = moments.at(-1)!
  const rows = moments.flatMap(({ moment, classes }): DataRow[] => classes === null
    ? []
    : classes.confusion.truth.flatMap((truth, row) => {
      const objects = classes.confusion.counts[row]!.reduce((a, b) => a + b, 0)
      return classes.confusion.called.map((called, place) => {
        const count = classes.confusion.counts[row]![place]!
        return { moment, truth, called, objects: count, ofTruth: objects, share: count / objects }
      })
    }))
  const confusion = end.classes?.confusion
  const absent = confusion === undefined ? 'The model has no classes.' : rows.length === 0 ? 'No object was ever detected.' : null
  const panel = (moment: string): object => ({
    title: moment,
    width: { step: 30 },
    height: { step: 18 },
    transform: [{ filter: { field: 'moment', equal: moment } }],
    encoding: {
      x: { field: 'called', type: 'nominal', title: 'called', sort: confusion!.called, axis: { labelAngle: -60 } },
      y: { field: 'truth', type: 'nominal', title: 'true class', sort: confusion!.truth }
    },
    layer: [
      { mark: { type: 'rect', color: colour('one') }, encoding: { fillOpacity: { field: 'share', type: 'quantitative', scale: { domain: [0, 1], range: [0, 0.7] }, legend: null } } },
      { transform: [{ filter: 'datum.share >= 0.005' }], mark: { type: 'text', fontSize: 9 }, encoding: { text: { field: 'share', type: 'quantitative', format: '.0%' } } }
    ]
  })
  return {
    id: 'confusion',
    title: 'Classes',
    text: [`Each object is called by its most probable class, photo-z ${photoZ}. Completeness, purity and F1 are of the objects as given, whatever the mix of the sky; AUC is of the class's probability against the rest. Days count from the first detection.`],
    ...absent === null ? {} : { absent },
    figures: absent === null
      ? [{
          title: 'What the objects of each true class are called',
          alternative: `Confusion matrices of ${confusion!.truth.length} true classes and ${confusion!.called.length} classes of the model, after 4 days and at the end; the numbers are in confusion.csv.`,
          spec: { data: { values: rows.filter(({ moment }) => moment === '4 days' || moment === 'end') }, vconcat: ['4 days', 'end'].filter(moment => rows.some(row => row['moment'] === moment)).map(panel) }
        }]
      : [],
    wide: true,
    tables: absent === null
      ? [{
          caption: 'F1 · AUC against the rest, by days since the first detection',
          columns: ['class', 'objects', 'called', 'completeness', 'purity', ...moments.map(({ moment }) => moment)],
          rows: end.classes!.classes.map(({ name, objects, called, completeness, purity }, place) => [
            name, String(objects), String(called), fixed(completeness, 3), fixed(purity, 3),
            ...moments.map(({ classes }) => `${fixed(classes!.classes[place]!.f1, 3)} · ${fixed(classes!.classes[place]!.auc, 3)}`)
          ])
        }]
      : [],
    data: { file: 'confusion.csv', rows }
  }
}
