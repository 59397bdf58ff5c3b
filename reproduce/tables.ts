/** The tables of README.md and docs/models.md from what was measured. */
import { multiplyAdds } from '../src/model/shape.ts'
import { ABOUT_SKIES, SKIES } from '../src/training/data/altered-sky.ts'
import type { Evaluation } from '../src/training/evaluation/evaluate.ts'
import { fixed, type Metrics } from '../src/training/evaluation/metrics.ts'
import { head, row, spread } from './markdown.ts'
import { CARRIED, CELLS, OBSERVED, PLAIN, REFERENCE, SIZES, SPECTROSCOPIC, WITH_CLASSES, type Run } from './runs.ts'
import { skyParts, type EvaluatedSky, type SkyOfCard } from './sky-table.ts'

interface Lines { final: Metrics, early: Metrics, largestEce: { ece: number, epochs: number } | null, reliability?: object }

/** What the tables need of a card.json. */
interface Card {
  table: { photoZKnown?: Lines, photoZUnknown?: Lines, final?: Metrics } | null
  sky?: SkyOfCard
}

export interface Results {
  /** By run, one a seed. */
  cards: Record<string, Card[]>
  /** By '<run> <sky> <photo-z>'. */
  skies: Record<string, Evaluation>
  /** By run: measured on the sets that it left out. */
  leftOut: Record<string, EvaluatedSky>
}

const COLUMNS = ['accuracy', 'auc', 'figureOfMerit', 'completeness', 'purity', 'ece'] as const
const DIGITS: Record<typeof COLUMNS[number], number> = { accuracy: 2, auc: 4, figureOfMerit: 3, completeness: 3, purity: 3, ece: 4 }

const cells = (all: readonly Metrics[]): string[] => COLUMNS.map(column => spread(all.map(metrics => metrics[column]), DIGITS[column]))
const MEASURES = ['accuracy %', 'AUC', 'figure of merit', 'completeness', 'purity', 'ECE']

type PhotoZ = 'photoZKnown' | 'photoZUnknown'
const PHOTO_Z: ReadonlyArray<readonly [PhotoZ, string]> = [['photoZKnown', 'known'], ['photoZUnknown', 'unknown']]

const linesOf = (cards: readonly Card[], photoZ: PhotoZ): Lines[] => cards.flatMap(({ table }) => table?.[photoZ] ?? [])

/** End and early, photo-z known and unknown. */
const rowsOf = (runs: readonly Run[], { cards }: Results): string[] => runs.flatMap(({ name, about }) => PHOTO_Z.flatMap(([photoZ, label]) => {
  const lines = linesOf(cards[name] ?? [], photoZ)
  if (lines.length === 0) return []
  return (['final', 'early'] as const).map(when => row(about, label, when === 'final' ? 'end' : 'early', ...cells(lines.map(line => line[when])), lines.length))
}))

/** A table under its title; nothing where it has no rows. */
const titled = (title: string, header: readonly string[], rows: readonly string[], before: readonly string[] = []): string[] =>
  rows.length === 0 ? [] : [`## ${title}`, '', ...before, ...header, ...rows]

function carried (results: Results): string[] {
  const lines = titled('Carried network', head('trained on', 'photo-z', 'when', ...MEASURES, 'seeds'), rowsOf([...CARRIED, WITH_CLASSES, ...OBSERVED], results))
  const calibrated = PHOTO_Z.flatMap(([photoZ, label]) => {
    const worst = linesOf(results.cards[CARRIED[0]!.name] ?? [], photoZ).flatMap(({ largestEce }) => largestEce ?? [])
    return worst.length === 0 ? [] : [`Largest ECE of all numbers of epochs from 3 on that 500 objects reach, photo-z ${label}: ${worst.map(({ ece, epochs }) => `${ece} after ${epochs} epochs`).join(', ')}.`]
  })
  return calibrated.length === 0 ? lines : [...lines, '', ...calibrated]
}

const bySpectra = (results: Results): string[] =>
  titled('Trained on the spectroscopic sample, measured on the photometric rest', head('training', 'photo-z', 'when', ...MEASURES, 'seeds'), rowsOf(SPECTROSCOPIC, results))

function reference ({ cards }: Results): string[] {
  return titled('Network of Charnock & Moss 2017 on the same split', head('trained on', ...MEASURES, 'seeds'), REFERENCE.flatMap(({ name, about }) => {
    const measured = (cards[name] ?? []).flatMap(({ table }) => table?.final ?? [])
    return measured.length === 0 ? [] : [row(about, ...cells(measured), measured.length)]
  }))
}

/** End and early, photo-z known, beside the cost of a step. */
function compared (title: string, runs: readonly Run[], { cards }: Results): string[] {
  const header = head('network', 'multiply-adds a step', 'accuracy % at the end', 'AUC', 'figure of merit', 'accuracy % early', 'AUC', 'seeds')
  return titled(title, header, runs.flatMap(({ name, about, settings }) => {
    const lines = linesOf(cards[name] ?? [], 'photoZKnown')
    if (lines.length === 0) return []
    const { cell = 'lstm', width = 64, headWidth = 64 } = settings as { cell?: 'lstm' | 'gru' | 'rnn', width?: number, headWidth?: number }
    const { total } = multiplyAdds({ cell, bands: ['g', 'r', 'i', 'z'], features: 1, layers: 2, width, consensus: 'mean', heads: 1, headWidth, classes: null, decoder: null })
    const [final, early] = [cells(lines.map(line => line.final)), cells(lines.map(line => line.early))]
    return [row(about, total.toLocaleString('en'), final[0]!, final[1]!, final[2]!, early[0]!, early[1]!, lines.length)]
  }))
}

function otherSkies ({ skies }: Results): string[] {
  const runs: ReadonlyArray<readonly [string, Run]> = [['the recipe', CARRIED[0]!], [PLAIN.about, PLAIN]]
  const shown = (run: Run, sky: string, photoZ: string): string => {
    const measured = skies[`${run.name} ${sky} ${photoZ}`]
    return measured ? `${fixed(measured.final.accuracy, 2)} / ${fixed(measured.final.auc, 4)} / ${fixed(measured.early.accuracy, 2)}` : ''
  }
  const rows = SKIES.flatMap(sky => ['known', 'unknown'].flatMap(photoZ => {
    const measured = runs.map(([, run]) => skies[`${run.name} ${sky} ${photoZ}`]).find(evaluation => evaluation !== undefined)
    return measured ? [row(ABOUT_SKIES[sky], photoZ, measured.objects, ...runs.map(([, run]) => shown(run, sky, photoZ)))] : []
  }))
  return titled('Other skies', head('sky', 'photo-z', 'objects', ...runs.map(([label]) => label)), rows, ['Accuracy % at the end / AUC at the end / accuracy % early, first seed.', ''])
}

/** For the card of the model trained on every object: the table of the same recipe trained on the training part alone. */
export function measuredBySplit ({ cards }: Results): object {
  const measured = (cards[CARRIED[0]!.name] ?? []).flatMap(({ table }) => table ?? [])
  if (measured.length === 0) return {}
  const of = (photoZ: PhotoZ): object => ({
    ...Object.fromEntries((['final', 'early'] as const).map(when => [when, Object.fromEntries(
      COLUMNS.map(column => [column, spread(measured.map(table => table[photoZ]?.[when][column] ?? null), DIGITS[column])]))])),
    reliability: measured[0]?.[photoZ]?.reliability
  })
  return {
    tableOfTheRecipe: {
      about: `This model was trained on every object. The table is that of ${measured.length} trainings with the same settings on 10,660 objects, measured on the other 6,492: mean and standard deviation; reliability is that of the first.`,
      photoZKnown: of('photoZKnown'),
      photoZUnknown: of('photoZUnknown')
    }
  }
}

/** The table of the parts of the model of the sky. */
const ofSky = ({ cards, leftOut }: Results): string[] =>
  skyParts(Object.fromEntries(Object.entries(cards).map(([name, all]) => [name, all.flatMap(({ sky }) => sky ?? [])])), leftOut)

/** All tables that have rows, as Markdown. */
export function resultsMarkdown (results: Results): string {
  return [
    carried(results), bySpectra(results), reference(results),
    compared('Cells, 1,103 training objects', [{ ...CARRIED[1]!, about: 'lstm' }, ...CELLS], results),
    compared('Sizes, 10,660 training objects', [...SIZES, { ...CARRIED[0]!, about: 'width 64' }], results),
    otherSkies(results), ofSky(results)
  ].filter(lines => lines.length > 0).map(lines => lines.map(line => `${line}\n`).join('')).join('\n')
}
