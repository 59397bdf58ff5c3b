/** The page of a comparison, and its numbers as CSV and JSON. */
import { csvLines } from '../../report/csv.ts'
import { openReportFolder } from '../../report/folder.ts'
import { reportPage } from '../../report/page.ts'
import type { Plot } from '../../report/plot.ts'
import type { DataRow, Origin, Section, Table } from '../../report/section.ts'
import { lostParts, type Side } from './collect.ts'
import { FEWEST, type ComparedClass, type Comparison, type Row, type Summary } from './compare.ts'
import { cumulativeFigure } from './cumulative.ts'
import { quantileOf } from './distribution.ts'

const FILES = {
  'comparison.csv': 'one line a class, quantity and band: medians, 16 and 84 %, distance',
  'quantiles.csv': 'the distributions themselves: quantiles in steps of 2 %',
  'comparison.json': 'the same, with what was given and what was left out'
}
const QUANTILES = Array.from({ length: 51 }, (_, k) => k / 50)
/** Of a number of a table. */
const SIGNIFICANT = 3

export const titleOf = ({ quantity: { title, unit }, part }: Row): string => `${title}${part === '' ? '' : `, ${part}`}${unit === '' ? '' : ` [${unit}]`}`
const judged = (rows: readonly Row[]): Row[] => rows.filter(({ differs }) => differs !== null)
export const differing = (rows: readonly Row[]): Row[] => rows.filter(({ differs }) => differs === true).sort((a, b) => b.distance! - a.distance!)

const numberText = (value: number): string => String(Number(Number(value.toPrecision(Math.abs(value) >= 100 ? 4 : SIGNIFICANT)).toFixed(3))).replace('-', '−')
const summaryCells = (summary: Summary | null): string[] =>
  summary === null ? ['–', '–'] : [String(summary.objects), `${numberText(summary.median)} (${numberText(summary.low)} … ${numberText(summary.high)})`]

export const dataRow = ({ class: name, quantity, part, real, simulated, distance, chance, differs }: Row): DataRow => {
  const of = (side: string, summary: Summary | null): DataRow =>
    ({ [`${side}Objects`]: summary?.objects ?? 0, [`${side}Median`]: summary?.median ?? null, [`${side}16`]: summary?.low ?? null, [`${side}84`]: summary?.high ?? null })
  return { class: name, quantity: quantity.id, part, unit: quantity.unit, ...of('real', real), ...of('simulated', simulated), distance, distanceByChance: chance, differs }
}

/** Classes that are on one side alone, each with its number of objects; '' where there are none. */
export const oneSided = ({ classes }: Pick<Comparison, 'classes'>): string =>
  classes.flatMap(({ class: name, real, simulated }) => real === 0 ? [`${name} (${simulated} simulated)`] : simulated === 0 ? [`${name} (${real} real)`] : []).join(', ')

function summaryTable ({ classes, limit }: Comparison): Table {
  return {
    caption: `Differing: a distance above ${limit}, and above what chance alone gives once in a hundred times`,
    columns: ['class', 'real', 'simulated', 'quantities judged', 'differing', 'the largest distance'],
    rows: classes.map(({ class: name, real, simulated, rows }) => [
      name, String(real), String(simulated), String(judged(rows).length), String(differing(rows).length),
      differing(rows).slice(0, 1).map(row => `${titleOf(row)}: ${row.distance!.toFixed(2)}`)[0] ?? '–'
    ])
  }
}

function classesSection (comparison: Comparison): Section {
  const alone = oneSided(comparison)
  return {
    id: 'classes',
    title: 'By class',
    text: [
      `Simulated light curves beside real ones. Each object gives a quantity once. The distance is Kolmogorov's and Smirnov's: the largest difference of the two cumulative distributions, 0 to 1. A quantity is judged where both sides have it of at least ${FEWEST} objects.`,
      'A distance is no fault by itself: real sets are chosen (by brightness, by a spectrum, by a survey\'s rules), and a simulation that is not chosen alike differs from them.',
      ...alone === '' ? [] : [`On one side alone, and not compared: ${alone}.`]
    ],
    figures: [],
    tables: [summaryTable(comparison)],
    wide: true,
    data: { file: 'comparison.csv', rows: comparison.classes.flatMap(({ rows }) => rows.map(dataRow)) }
  }
}

function classSection (compared: ComparedClass): Section {
  const { class: name, real, simulated, rows } = compared
  const shown = rows.filter(row => row.real !== null && row.simulated !== null)
  const figure = cumulativeFigure(name, judged(rows))
  const alone = oneSided({ classes: [compared] })
  return {
    id: `class-${name}`,
    title: `${name}: ${real} real, ${simulated} simulated`,
    text: [],
    ...figure === null && { absent: alone === '' ? `Fewer than ${FEWEST} objects on a side: nothing is judged.` : 'On one side alone.' },
    figures: figure === null ? [] : [figure],
    tables: shown.length === 0
      ? []
      : [{
          caption: 'Objects, then median (16 % … 84 %)',
          columns: ['quantity', 'real', '', 'simulated', '', 'distance', 'by chance', ''],
          rows: shown.map(row => [titleOf(row), ...summaryCells(row.real), ...summaryCells(row.simulated), row.distance!.toFixed(2), row.chance!.toFixed(2), row.differs === null ? 'too few' : row.differs ? 'differs' : '']),
          strong: shown.flatMap(({ differs }, k) => differs ? [k] : [])
        }],
    wide: true,
    data: { file: 'comparison.csv', rows: rows.map(dataRow) }
  }
}

function labelsSection ({ real, simulated }: Comparison): Section {
  const rows = ([['real', real], ['simulated', simulated]] as const).flatMap(([side, { labels }]) =>
    [...labels].sort(([, a], [, b]) => b.objects - a.objects).map(([label, { class: name, objects }]) => ({ side, label, class: name, objects })))
  return {
    id: 'labels',
    title: 'Which label is which class',
    text: ([['Real', real], ['Simulated', simulated]] as const).flatMap(([side, lost]) => lostParts(lost).map(part => `${side}: ${part}.`)),
    figures: [],
    tables: [{ caption: 'Types as the files name them', columns: ['label', 'side', 'class', 'objects'], rows: rows.map(row => [row.label, row.side, row.class, String(row.objects)]) }],
    wide: true,
    data: { file: 'labels.csv', rows }
  }
}

function * quantileRows ({ classes }: Comparison): Generator<DataRow> {
  for (const { rows } of classes) {
    for (const { class: name, quantity, part, values } of rows) {
      for (const side of ['real', 'simulated'] as const) {
        if (values[side].length === 0) continue
        for (const share of QUANTILES) yield { class: name, quantity: quantity.id, part, side, share, value: quantileOf(values[side], share) }
      }
    }
  }
}

const sideJson = ({ paths, classes, labels, leftOut, unknown, untyped, empty, faint }: Side): object => ({
  paths,
  objects: Object.fromEntries([...classes].map(([name, { objects }]) => [name, objects])),
  labels: Object.fromEntries(labels),
  leftOut: Object.fromEntries(leftOut),
  unknownLabels: Object.fromEntries(unknown),
  untyped,
  withoutPoints: empty,
  tooFaint: faint
})

/** Everything that is measured, for machines. */
export const comparisonJson = ({ real, simulated, limit, classes }: Comparison): object => ({
  limit,
  real: sideJson(real),
  simulated: sideJson(simulated),
  classes: classes.map(({ class: name, real, simulated, rows }) => ({
    class: name, real, simulated, judged: judged(rows).length, differing: differing(rows).length, quantities: rows.map(dataRow)
  }))
})

export interface ComparisonWriter {
  /** @throws CandelaError `report-unwritable` */
  write (comparison: Comparison, origin: Origin): Promise<void>
}

/**
 * Makes sure that the page can be written, before the work.
 * @throws CandelaError `report-unwritable`, or `plots-missing` where Vega is not installed
 */
export async function openComparison (folder: string): Promise<ComparisonWriter> {
  const { plot, write } = await openReportFolder(folder, { flag: '--out' })
  return { write: async (comparison, origin) => await write(await comparisonFiles(comparison, origin, plot)) }
}

/** Every file of the page by name. */
async function comparisonFiles (comparison: Comparison, origin: Origin, plot: Plot): Promise<Map<string, string | Iterable<string>>> {
  const sections = [classesSection(comparison), ...comparison.classes.map(classSection), labelsSection(comparison)]
  const files = new Map<string, string | Iterable<string>>()
  files.set('index.html', await reportPage({ title: 'Simulated light curves beside real ones', origin, sections, files: FILES }, plot))
  files.set('comparison.csv', csvLines(comparison.classes.flatMap(({ rows }) => rows.map(dataRow))))
  files.set('quantiles.csv', csvLines(quantileRows(comparison)))
  files.set('labels.csv', csvLines(sections.at(-1)!.data.rows))
  files.set('comparison.json', `${JSON.stringify({ origin: Object.fromEntries(origin), ...comparisonJson(comparison) }, null, 1)}\n`)
  return files
}
