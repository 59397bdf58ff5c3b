import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { forecastTables } from '../../../src/cli/training/evaluate-forecast.ts'
import { evaluateForecast } from '../../../src/training/evaluation/forecast/evaluate-forecast.ts'
import { forecastOfCard } from '../../../src/training/evaluation/forecast/forecast-of-card.ts'
import { openReport } from '../../../src/training/report/report.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { asked, curve, SLOPE, straight } from '../evaluation/forecast/straight.ts'
import { reportFacts } from './report-facts.ts'

const measured = () => evaluateForecast(straight(SLOPE + 0.02, 0.05), [curve('1', true), curve('2', false, { source: 'other' })], asked)!

test('a report of a model with a decoder shows errors by days ahead, coverage and peaks', async t => {
  const folder = join(temporaryFolder(t), 'report')
  await (await openReport(folder)).write(reportFacts([{ snid: '1', type: 'Ia', probabilities: [0.9] }], { forecast: measured() }))
  const page = readFileSync(join(folder, 'index.html'), 'utf8')
  const [forecast, peaks] = ['forecast', 'forecast-peaks'].map(id => page.split(`<section id="${id}"`)[1]!.split('</section>')[0]!)
  assert.equal(forecast!.match(/<figure /g)!.length, 2)
  assert.equal(peaks!.match(/<figure /g)!.length, 1)
  assert.ok(!/NaN|undefined|∞/.test(forecast! + peaks!))
  for (const words of ['Ia · noise-free', 'Ia · measured', 'last flux', 'Bazin fit', 'Forecasts of 2 objects']) assert.ok(forecast!.includes(words), words)
  const rows = readFileSync(join(folder, 'forecast.csv'), 'utf8').trimEnd().split('\n').map(line => line.split(','))
  assert.deepEqual(rows[0]!.slice(0, 7), ['set', 'truth', 'group', 'from', 'daysAhead', 'objects', 'points'])
  // Both truths, six phases and all of them, five horizons; once in all and once by set.
  assert.equal(rows.length, 1 + 2 * 2 * 7 * 5)
  assert.equal(readFileSync(join(folder, 'forecast-peaks.csv'), 'utf8').trimEnd().split('\n')[0]!.split(',')[0], 'set')
})

test('the command prints a line for each class and horizon, and one for each phase of the peak', () => {
  const lines = forecastTables(measured())
  assert.match(lines[1]!, /^forecasts of 2 objects, up to 40 of each class and set, from 12 steps; Bazin's function was fitted to the band alone in 66\.7 %, with the shape of another band in 0\.0 %, of all bands together in 16\.7 %; in 16\.7 %/)
  assert.equal(lines.filter(line => /^(noise-free|measured) +Ia +(1|3|7|14|30) /.test(line)).length, 10)
  assert.equal(lines.filter(line => /^(noise-free|measured) +Ia +object +(−10|−5|0|\+5|\+10|\+20|all) /.test(line)).length, 14)
})

test('the card has the figures of all phases together, without what JSON cannot hold', () => {
  const { forecast } = forecastOfCard({ part: 'test', told: asked.told, evaluation: measured() }) as { forecast: { horizons: Array<{ truth: string, days: number, points: number, forecast: number[], coverage: number[] }>, peaks: object[] } }
  assert.deepEqual(forecast.horizons.map(({ truth, days }) => `${truth} ${days}`), ['noise-free', 'measured'].flatMap(truth => [1, 3, 7, 14, 30].map(days => `${truth} ${days}`)))
  assert.equal(forecast.horizons[0]!.forecast[2], 0.02)
  assert.deepEqual(JSON.parse(JSON.stringify(forecast)), forecast)
})
