/** What `candela evaluate` prints of the forecasts of a model. */
import type { ForecastEvaluation } from '../../training/evaluation/forecast/evaluate-forecast.ts'
import { aboutForecasts, horizonsTable, peaksTable } from '../../training/evaluation/forecast/tables.ts'
import { columns } from './evaluate-tables.ts'

/** Tables with an empty line before each. */
export const forecastTables = (evaluation: ForecastEvaluation): string[] => [
  '',
  aboutForecasts(evaluation),
  ...[horizonsTable(evaluation.lines), peaksTable(evaluation.peaks)].flatMap(({ caption, columns: names, rows, words }) => rows.length === 0 ? [] : ['', caption, ...columns([names, ...rows], words)])
]
