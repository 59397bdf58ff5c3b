/** Errors of the forecasts by days ahead, against the last flux and a fit, and how often their intervals hold. */
import { METHODS, type Method } from '../evaluation/forecast/comparisons.ts'
import type { ForecastEvaluation } from '../evaluation/forecast/evaluate-forecast.ts'
import type { ForecastLine } from '../evaluation/forecast/figures.ts'
import { aboutForecasts, horizonsTable, peaksTable } from '../evaluation/forecast/tables.ts'
import type { DataRow, Figure, Section } from '../../report/section.ts'
import { colour } from '../../report/theme.ts'

const NAMES: Record<Method, string> = { forecast: 'forecast', carried: 'last flux', bazin: 'Bazin fit' }
const COLOURS: Record<Method, string> = { forecast: colour('one'), carried: colour('quiet'), bazin: colour('other') }
const DASHES: Record<Method, readonly [number, number]> = { forecast: [1, 0], carried: [2, 3], bazin: [6, 3] }

/** Methods are told apart by colour and dashes, both. */
function byMethod (methods: readonly Method[]): { color: object, strokeDash: object } {
  const field = { field: 'method', type: 'nominal', title: null }
  const domain = methods.map(method => NAMES[method])
  return { color: { ...field, scale: { domain, range: methods.map(method => COLOURS[method]) } }, strokeDash: { ...field, scale: { domain, range: methods.map(method => DASHES[method]) } } }
}

const finite = (value: number | null): number | null => value !== null && Number.isFinite(value) ? value : null
const togetherLines = (lines: readonly ForecastLine[]): ForecastLine[] => lines.filter(({ from }) => typeof from !== 'number')

const ROW_HEIGHT = 130
const panel = { type: 'ordinal', title: 'days ahead', axis: { labelAngle: 0 } }
const nameOf = ({ truth, group }: Pick<ForecastLine, 'truth' | 'group'>): string => `${group} · ${truth}`

function errorsFigure (lines: readonly ForecastLine[]): Figure {
  const values = togetherLines(lines).flatMap(line => METHODS.map(method => ({
    name: nameOf(line), days: line.horizon, method: NAMES[method], sigma: finite(line.errors[method].sigma), magnitudes: finite(line.errors[method].magnitudes), asinh: finite(line.errors[method].asinh)
  })))
  const names = [...new Set(values.map(({ name }) => name))]
  const measures = [['sigma', 'median error [σ]'], ['magnitudes', 'median error [mag]'], ['asinh', 'mean error [asinh flux]']] as const
  return {
    title: 'Error by days ahead',
    alternative: `Error of the forecast, of the last flux carried forward and of a Bazin fit over the days ahead, in σ, mag and asinh flux, for ${names.join(', ')}; the numbers are in the table.`,
    spec: {
      data: { values },
      spacing: 14,
      vconcat: names.map(name => ({
        title: name,
        transform: [{ filter: { field: 'name', equal: name } }],
        hconcat: measures.map(([field, title]) => ({
          width: 240,
          height: ROW_HEIGHT,
          mark: { type: 'line', point: { size: 30 } },
          encoding: { x: { field: 'days', ...panel }, y: { field, type: 'quantitative', title, scale: { zero: true }, axis: { tickCount: 4 } }, ...byMethod(METHODS) }
        }))
      }))
    }
  }
}

/** A panel for each class, all with the same layers. */
const byClass = (values: ReadonlyArray<{ name: string }>, layer: object[]): Figure['spec'] => ({
  data: { values },
  columns: 3,
  facet: { field: 'name', type: 'nominal', title: null, sort: [...new Set(values.map(({ name }) => name))] },
  spec: { width: 200, height: ROW_HEIGHT, layer }
})

function coverageFigure (lines: readonly ForecastLine[]): Figure {
  const values = togetherLines(lines).flatMap(line => [{ name: nameOf(line), days: line.horizon, interval: '68.3 %', covered: line.within68 }, { name: nameOf(line), days: line.horizon, interval: '95 %', covered: line.within95 }])
  return {
    title: 'How much of what came lies within the intervals',
    alternative: 'Share of the later fluxes within the intervals of 68.3 and 95 % over the days ahead, by class; lines mark 68.3 and 95 %.',
    spec: byClass(values, [
      { data: { values: [{ nominal: 0.6827 }, { nominal: 0.95 }] }, mark: { type: 'rule', strokeDash: [3, 3] }, encoding: { y: { field: 'nominal', type: 'quantitative' } } },
      {
        mark: { type: 'line', point: { size: 30 } },
        encoding: {
          x: { field: 'days', ...panel },
          y: { field: 'covered', type: 'quantitative', title: 'share within', scale: { domain: [0, 1] }, axis: { format: '%', tickCount: 5 } },
          color: { field: 'interval', type: 'nominal', title: 'interval', scale: { domain: ['68.3 %', '95 %'], range: [colour('one'), colour('other')] } }
        }
      }
    ])
  }
}

const horizonRows = (lines: readonly ForecastLine[], set: string): DataRow[] => lines.map(({ truth, group, from, horizon, objects, points, errors, within68, within95 }) => ({
  set,
  truth,
  group,
  from: from ?? 'all',
  daysAhead: horizon,
  objects,
  points,
  ...Object.fromEntries(METHODS.flatMap(method => (['sigma', 'magnitudes', 'asinh'] as const).map(of => [`${method}${of[0]!.toUpperCase()}${of.slice(1)}`, finite(errors[method][of])]))),
  within68,
  within95
}))

const ABSENT = 'No object has a step to forecast from.'

export function forecastSection (evaluation: ForecastEvaluation): Section {
  const { lines, sets } = evaluation
  const isEmpty = lines.length === 0
  const { caption, columns, rows } = horizonsTable(lines)
  const about = aboutForecasts(evaluation)
  return {
    id: 'forecast',
    title: 'Forecasts by days ahead',
    text: [
      `${about[0]!.toUpperCase()}${about.slice(1)}.`,
      'From the last step not after each of −10, −5, 0, +5, +10 and +20 days from the peak, and at most 3 d before it; of what varies, from six steps by chance. The truth is the noise-free flux of a simulation, or the measured one of a survey, whose error is then part of the interval. Where a survey gives detections alone, what faded below its limit is not compared. A later point counts for the horizon of 1 d from 0.5 to 2 d, 3 d to 5 d, 7 d to 10 d, 14 d to 20 d, 30 d to 30.5 d.',
      'σ: in photometric errors of the later point. Mag: of fluxes above 5 of those errors; a forecast without positive flux is infinitely wrong. Last flux: of the band, or of any band where it was never seen.'
    ],
    ...isEmpty ? { absent: ABSENT } : {},
    figures: isEmpty ? [] : [errorsFigure(lines), coverageFigure(lines)],
    tables: isEmpty ? [] : [{ caption, columns, rows }],
    wide: true,
    data: { file: 'forecast.csv', rows: [...horizonRows(lines, ''), ...sets.flatMap(({ set, lines }) => horizonRows(lines, set))] }
  }
}

export function forecastPeaksSection ({ peaks, sets }: ForecastEvaluation): Section {
  const ofObjects = peaks.filter(({ of, from }) => of === 'phase' && typeof from === 'number')
  const values = ofObjects.flatMap(({ truth, group, from, days68, bazin }) => [
    { name: `${group} · ${truth}`, from, method: NAMES.forecast, days68 }, { name: `${group} · ${truth}`, from, method: NAMES.bazin, days68: bazin.days68 }
  ])
  const { caption, columns, rows } = peaksTable(peaks)
  const isEmpty = peaks.length === 0
  const rowsOf = (lines: typeof peaks, set: string): DataRow[] => lines.map(({ bazin, flux, magnitudes, from, ...line }) => ({
    set, ...line, from: from ?? 'all', magnitudes: finite(magnitudes), fluxWithin68: flux.within68, fluxWithin95: flux.within95, bazinPeaks: bazin.peaks, bazinDays68: bazin.days68, bazinWithin2Days: bazin.within2Days, bazinMagnitudes: finite(bazin.magnitudes)
  }))
  return {
    id: 'forecast-peaks',
    title: 'When the peak is',
    text: ['Time of the peak as the model says it from so many days from the true one. Of the object: its phase after the step. Of bands: the maxima that the decoder gives, against the parabola through the largest noise-free flux and its neighbours, where those lie within 6 d on both sides. Where the data name no time of peak, the brightest detection of the band with the most detections stands for it.'],
    ...isEmpty ? { absent: 'No object with a peak.' } : {},
    figures: isEmpty
      ? []
      : [{
          title: 'Error of the time of peak',
          alternative: 'Half-width in days that holds 68.3 % of the errors of the time of peak, over the days from the true peak, of the model and of a Bazin fit, by class; a line marks 2 d.',
          spec: byClass(values, [
            { data: { values: [{ aim: 2 }] }, mark: { type: 'rule', strokeDash: [3, 3] }, encoding: { y: { field: 'aim', type: 'quantitative' } } },
            {
              mark: { type: 'line', point: { size: 30 } },
              encoding: { x: { field: 'from', type: 'quantitative', title: 'days from the peak' }, y: { field: 'days68', type: 'quantitative', title: '± d', scale: { zero: true } }, ...byMethod(['forecast', 'bazin']) }
            }
          ])
        }],
    tables: isEmpty ? [] : [{ caption, columns, rows }],
    wide: true,
    data: { file: 'forecast-peaks.csv', rows: [...rowsOf(peaks, ''), ...sets.flatMap(({ set, peaks }) => rowsOf(peaks, set))] }
  }
}
