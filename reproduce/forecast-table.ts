/**
 * The tables of forecasts as Markdown: `candela evaluate --json … | node --import tsx reproduce/forecast-table.ts`.
 * What is infinite in the figures is null in JSON, and – here.
 */
import { json } from 'node:stream/consumers'
import type { ForecastEvaluation } from '../src/training/evaluation/forecast/evaluate-forecast.ts'
import { aboutForecasts, forecastMarkdown } from '../src/training/evaluation/forecast/tables.ts'

const { forecast } = await json(process.stdin) as { forecast?: ForecastEvaluation }
if (forecast) process.stdout.write(`${forecastMarkdown(forecast)}\n${aboutForecasts(forecast)}.\n`)
else {
  process.stderr.write('no forecasts: the model has no decoder, or --forecasts was 0\n')
  process.exitCode = 1
}
