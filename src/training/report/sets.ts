/** Of each set and type, the share that is called Ia, by number of epochs. */
import { EPOCHS_SHOWN, type SharesAbove } from '../evaluation/by-type.ts'
import { AGAINST_MOMENTS } from '../evaluation/against.ts'
import type { DataRow, Section } from '../../report/section.ts'
import { colour } from '../../report/theme.ts'
import { fixed, perCent, type SkyFacts } from './facts.ts'

const WHEN = [...EPOCHS_SHOWN.map(epochs => `${epochs} epochs`), 'end', 'ever']

export function setsSection ({ photoZ, evaluation: { types, against } }: SkyFacts): Section {
  const at = (type: typeof types[number], when: string): SharesAbove => when === 'end' ? type.end : when === 'ever' ? type.ever : type.after[when.split(' ')[0]!]!
  const rows = types.flatMap((type): DataRow[] => WHEN.map(when => ({
    set: type.set, type: type.label, class: type.type, typeIa: type.isIa, objects: type.objects, never: type.never, when, above05: at(type, when).half, above09: at(type, when).sure
  })))
  const named = rows.map(row => ({ ...row, name: `${String(row['set']).split('/').at(-1)!} · ${String(row['type'])}` }))
  const x = { field: 'when', type: 'ordinal', title: null, sort: WHEN, axis: { labelAngle: 0 } }
  const panel = (field: string, title: string): object => ({
    title,
    width: 300,
    height: { step: 15 },
    encoding: { x, y: { field: 'name', type: 'nominal', title: null, sort: null } },
    layer: [
      { mark: { type: 'rect', color: colour('one') }, encoding: { fillOpacity: { field, type: 'quantitative', scale: { domain: [0, 1], range: [0, 0.7] }, legend: null } } },
      { mark: { type: 'text', fontSize: 10 }, encoding: { text: { field, type: 'quantitative', format: '.1%' } } }
    ]
  })
  return {
    id: 'sets',
    title: 'By set and type',
    text: [
      `Share of the objects of each set and type with P(Ia) > 0.5 and > 0.9, photo-z ${photoZ}: after 5, 10, 20 epochs (an object with fewer counts with its last), at the end, at any epoch. For Ia a high share is right, for all others a low one. An object that was never detected counts as not called Ia.`,
      'The AUC of P(Ia) is of all sets together: some archives hold Ia alone, others the rest.'
    ],
    figures: [{
      title: 'Share called Ia',
      alternative: `Shares with P(Ia) above 0.5 and 0.9 of ${types.length} sets and types by number of epochs; the numbers are in the table.`,
      spec: { data: { values: named }, hconcat: [panel('above05', 'P(Ia) > 0.5'), panel('above09', 'P(Ia) > 0.9')] }
    }],
    wide: true,
    tables: [
      {
        caption: 'Share [%] with P(Ia) > 0.5 · > 0.9',
        columns: ['set', 'type', 'class', 'objects', 'never', ...WHEN, 'median P(Ia) at the end'],
        rows: types.map(type => [
          type.set, type.label, type.type, String(type.objects), String(type.never), ...WHEN.map(when => `${perCent(at(type, when).half)} · ${perCent(at(type, when).sure)}`), fixed(type.median, 3)
        ])
      },
      ...against.length === 0
        ? []
        : [{
            caption: 'AUC of P(Ia), Ia of all sets against',
            columns: ['class', 'Ia', 'others', ...AGAINST_MOMENTS.map(({ name }) => name)],
            rows: against.map(({ against: name, typeIa, objects, auc }) => [name, String(typeIa), String(objects), ...AGAINST_MOMENTS.map(one => fixed(auc[one.name], 4))])
          }]
    ],
    data: { file: 'sets.csv', rows }
  }
}
