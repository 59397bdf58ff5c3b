/** Tables of forecasts: for the terminal, the report and the documents. */
import type { Method } from './comparisons.ts'
import type { ForecastFigures, ForecastEvaluation } from './evaluate-forecast.ts'
import type { Errors, ForecastLine, PeakLine } from './figures.ts'

export interface FiguresTable {
  caption: string
  columns: readonly string[]
  rows: readonly string[][]
  /** Columns from the left that are words. */
  words: number
}

const shown = (value: number | null, digits: number): string => value === null ? '–' : Number.isFinite(value) ? value.toFixed(digits).replace('-', '−') : '∞'
const perCent = (value: number | null): string => shown(value === null ? null : 100 * value, 1)
const fromWords = (from: ForecastLine['from']): string => from === null || from === 'all' ? 'all' : from > 0 ? `+${from}` : String(from).replace('-', '−')

/** In the order of their columns. */
const NAMES: ReadonlyArray<readonly [Method, string]> = [['forecast', 'forecast'], ['carried', 'last flux'], ['bazin', 'Bazin']]

/**
 * Errors and coverage by horizon.
 * @param byPhase a line for each phase instead of all together
 */
export function horizonsTable (lines: readonly ForecastLine[], byPhase = false): FiguresTable {
  const cells = (errors: ForecastLine['errors'], of: keyof Errors, digits: number): string[] => NAMES.map(([method]) => shown(errors[method][of], digits))
  const own = lines.filter(({ from }) => byPhase ? typeof from === 'number' : typeof from !== 'number')
  const headOf = (unit: string): string[] => NAMES.map(([, name], k) => k === 0 ? `${unit}: ${name}` : name)
  return {
    caption: 'error of the flux to come: median in photometric errors (σ) and in mag, mean in asinh flux; share of what came within the intervals of 68.3 and 95 %',
    columns: ['truth', 'class', ...byPhase ? ['from day'] : [], 'days ahead', 'objects', 'points', ...headOf('σ'), ...headOf('mag'), ...headOf('asinh'), '68.3 %', '95 %'],
    rows: own.map(({ truth, group, from, horizon, objects, points, errors, within68, within95 }) => [
      truth, group, ...byPhase ? [fromWords(from)] : [], String(horizon), String(objects), String(points),
      ...cells(errors, 'sigma', 2), ...cells(errors, 'magnitudes', 3), ...cells(errors, 'asinh', 3), perCent(within68), perCent(within95)
    ]),
    words: 2
  }
}

/** Time and magnitude of the peak by phase: of the object, and of the maxima of all bands together. */
export const peaksTable = (lines: readonly PeakLine[]): FiguresTable => ({
  caption: 'error of the peak: half-width in days that holds 68.3 %, median of said less true, share within ±2 d, share of the true times within the intervals of 68.3 and 95 %; median error of the maxima in mag, share of the true fluxes within both intervals; the same of Bazin\'s function where it has a maximum',
  columns: ['truth', 'class', 'peak of', 'from day', 'peaks', '± d', 'bias d', '±2 d %', '68.3 %', '95 %', 'mag', '68.3 %', '95 %', 'Bazin: peaks', '± d', '±2 d %', 'mag'],
  rows: lines.filter(({ of }) => of === 'phase' || of === 'bands').map(({ truth, group, of, from, peaks, days68, bias, within2Days, within68, within95, magnitudes, flux, bazin }) => [
    truth, group, of === 'phase' ? 'object' : 'bands', fromWords(from), String(peaks), shown(days68, 2), shown(bias, 2), perCent(within2Days), perCent(within68), perCent(within95),
    shown(magnitudes, 3), perCent(flux.within68), perCent(flux.within95), String(bazin.peaks), shown(bazin.days68, 2), perCent(bazin.within2Days), shown(bazin.magnitudes, 3)
  ]),
  words: 3
})

export function aboutForecasts ({ objects, forecasts, most, fits }: Pick<ForecastEvaluation, 'objects' | 'forecasts' | 'most' | 'fits'>): string {
  const all = Object.values(fits).reduce((a, b) => a + b, 0)
  const part = (count: number): string => perCent(all === 0 ? null : count / all)
  return `forecasts of ${objects} objects, up to ${most} of each class and set, from ${forecasts} steps; Bazin's function was fitted to the band alone in ${part(fits.own)} %, ` +
    `with the shape of another band in ${part(fits.shared)} %, of all bands together in ${part(fits.together)} %; in ${part(fits.carried)} % there were too few points, and the last flux is carried forward`
}

const markdownRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`

/** Both tables for a document. */
export const forecastMarkdown = ({ lines, peaks }: Pick<ForecastFigures, 'lines' | 'peaks'>): string => [horizonsTable(lines), peaksTable(peaks)].map(({ columns, rows }) =>
  [markdownRow(columns), markdownRow(columns.map(() => '---')), ...rows.map(markdownRow)].join('\n') + '\n').join('\n')
