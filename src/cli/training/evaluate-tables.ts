/** What `candela evaluate` prints of sets, types and classes. */
import { basename } from 'node:path'
import { AGAINST_MOMENTS, type AgainstLine } from '../../training/evaluation/against.ts'
import { EPOCHS_SHOWN, type SharesAbove, type TypeLine } from '../../training/evaluation/by-type.ts'
import type { ErrorQuintile } from '../../training/evaluation/error-quintiles.ts'
import { fixed } from '../../training/evaluation/metrics.ts'
import type { MomentFigures, SkyEvaluation } from '../../training/evaluation/sky-evaluation.ts'

const perCent = (share: number | null | undefined): string => fixed(share === null || share === undefined ? null : 100 * share, 1)

/** Columns as wide as their longest cell; the first `left` of them begin at the left. */
export function columns (rows: ReadonlyArray<readonly string[]>, left = 1): string[] {
  const widths = rows[0]!.map((_, k) => Math.max(...rows.map(row => row[k]!.length)))
  return rows.map(row => row.map((cell, k) => k < left ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)).join('  ').trimEnd())
}

/** The last part of each path without its endings, where that tells all sets apart; else the paths. */
export function shortNames (sets: readonly string[]): ReadonlyMap<string, string> {
  const short = sets.map(path => basename(path).replace(/(\.(tar|dat|fits|list|txt|gz|xz|zst|zstd|tgz|txz))+$/i, ''))
  return new Map(sets.map((path, k) => [path, new Set(short).size === sets.length && short[k] !== '' ? short[k]! : path]))
}

function typesTable (types: readonly TypeLine[]): string[] {
  const names = shortNames([...new Set(types.map(({ set }) => set))])
  const pair = ({ half, sure }: SharesAbove): string => `${perCent(half).padStart(5)} ${perCent(sure).padStart(5)}`
  return [
    'share of the objects [%] with P(Ia) > 0.5 and > 0.9 at the end, after so many epochs (an object with fewer counts with its last), at any epoch',
    ...columns([
      ['set', 'type', 'class', 'objects', 'never', 'end', ...EPOCHS_SHOWN.map(epochs => `${epochs} epochs`), 'ever', 'median P(Ia)'],
      ...types.map(({ set, label, type, objects, never, end, after, ever, median }) =>
        [names.get(set)!, label, type, String(objects), String(never), pair(end), ...EPOCHS_SHOWN.map(epochs => pair(after[epochs]!)), pair(ever), fixed(median, 3)])
    ], 3)
  ]
}

/** Of fewer objects an AUC says nothing. */
const FEWEST_AGAINST = 5

const againstTable = (lines: readonly AgainstLine[]): string[] => [
  'AUC of P(Ia), Ia of all sets against',
  ...columns([
    ['', 'Ia', 'others', ...AGAINST_MOMENTS.map(({ name }) => name)],
    ...lines.filter(({ objects }) => objects >= FEWEST_AGAINST).map(({ against, typeIa, objects, auc }) => [against, String(typeIa), String(objects), ...AGAINST_MOMENTS.map(({ name }) => fixed(auc[name], 3))])
  ])
]

function momentsTable (moments: readonly MomentFigures[], shares: string | null): string[] {
  const withClasses = moments.some(({ classes }) => classes !== null)
  const covered = moments.at(-1)!.ia.coverage
  return [
    shares === null
      ? 'by days since the first detection'
      : `by days since the first detection; P(Ia) in the mix of the class shares '${shares}'${covered < 0.995 ? `, of which the objects have the classes of ${perCent(covered)} %` : ''}`,
    ...columns([
      ['', 'objects', 'Ia', ...shares === null ? [] : ['worth'], 'AUC', 'compl. >.5', 'purity >.5', 'compl. >.9', 'purity >.9', 'purity at 50 %', '70 %', '90 %', 'ECE', 'by chance', ...withClasses ? ['accuracy', 'macro F1', 'macro AUC'] : []],
      ...moments.map(({ moment, objects, typeIa, ia, classes }) => [
        moment, String(objects), String(typeIa), ...shares === null ? [] : [ia.effectiveObjects.toFixed(0)], fixed(ia.auc, 3), fixed(ia.completeness, 3), fixed(ia.purity, 3), fixed(ia.sureCompleteness, 3), fixed(ia.surePurity, 3),
        ...Object.values(ia.purityAt).map(purity => fixed(purity, 3)), fixed(ia.ece, 4), fixed(ia.eceNoise, 4),
        ...classes === null ? [] : [fixed(classes.accuracy, 1), fixed(classes.macroF1, 3), fixed(classes.macroAuc, 3)]
      ])
    ])
  ]
}

/** F1 and AUC of each class by days. */
function classesTable (moments: readonly MomentFigures[]): string[] {
  const end = moments.at(-1)!.classes!
  const shown = moments.map(({ moment, classes }) => ({ moment: moment.replace(/ days?$/, ' d'), classes: classes!.classes }))
  return [
    'each class of the model: objects and what is called so at the end, then F1 · AUC against the rest by days since the first detection',
    ...columns([
      ['', 'objects', 'called', 'compl.', 'purity', ...shown.map(({ moment }) => moment)],
      ...end.classes.filter(({ objects, called }) => objects + called > 0).map(({ name, objects, called, completeness, purity }) =>
        [name, String(objects), String(called), fixed(completeness, 2), fixed(purity, 2), ...shown.map(({ classes }) => {
          const { f1, auc } = classes.find(one => one.name === name)!
          return `${fixed(f1, 2)} · ${fixed(auc, 3)}`
        })])
    ])
  ]
}

function confusionTable ({ classes }: MomentFigures): string[] {
  const { truth, called, counts } = classes!.confusion
  return [
    'share of each true class [%] that is called so at the end',
    ...columns([
      ['', 'objects', ...called.map(name => name.length > 7 ? `${name.slice(0, 6)}.` : name)],
      ...truth.map((name, row) => {
        const objects = counts[row]!.reduce((a, b) => a + b, 0)
        return [name, String(objects), ...counts[row]!.map(count => count === 0 ? '·' : (100 * count / objects).toFixed(count / objects < 0.0995 ? 1 : 0))]
      })
    ])
  ]
}

function errorsTable (errors: readonly ErrorQuintile[]): string[] {
  return [
    'is P(Ia) wrong where its error is large? At the end, in five parts by the error; in brackets what P(Ia) itself says',
    ...columns([
      ['ordered by', 'part', 'error', 'objects', 'wrong %', '', 'Brier', ''],
      ...errors.map(({ by, quintile, from, to, objects, wrong, wrongExpected, brier, brierExpected }) =>
        [by, String(quintile), `${from.toPrecision(2)} to ${to.toPrecision(2)}`, String(objects), perCent(wrong), `(${perCent(wrongExpected)})`, fixed(brier, 4), `(${fixed(brierExpected, 4)})`])
    ])
  ]
}

/** Tables with an empty line before each. */
export function skyTables ({ shares, types, against, moments, errors }: SkyEvaluation): string[] {
  const end = moments.at(-1)!
  return [
    typesTable(types),
    ...against.some(({ objects }) => objects >= FEWEST_AGAINST) ? [againstTable(against)] : [],
    momentsTable(moments, shares),
    ...end.classes !== null && end.objects > 0 ? [classesTable(moments), confusionTable(end)] : [],
    ...errors.length > 0 ? [errorsTable(errors)] : []
  ].flatMap(lines => ['', ...lines])
}
