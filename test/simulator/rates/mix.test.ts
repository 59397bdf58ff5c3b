import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ratesTable } from '../../../src/cli/simulate/rates.ts'
import { mixOf, type Mix } from '../../../src/simulator/rates/mix.ts'
import type { AttemptsResult, FactsResult } from '../../../src/simulator/workers/tasks.ts'

const facts: FactsResult = {
  area: 1000,
  years: 10,
  classes: [
    { class: 'Ia', share: 0.5, density: 2, kind: 'events' },
    { class: 'RRL', share: 0.25, density: 3, kind: 'sources' },
    { class: 'fast', share: 0.25, density: 1, kind: 'events' }
  ]
}
const attempts = (skyClass: AttemptsResult['class'], of: number, seen: number, each: number): AttemptsResult =>
  ({ class: skyClass, attempts: of, seen, alerts: seen * each, alertsSquared: seen * each ** 2, nights: seen, rows: [], rowsSquared: [] })

const mix = (): Mix => mixOf('lsst', facts, new Map([['Ia', attempts('Ia', 400, 100, 10)], ['RRL', attempts('RRL', 100, 50, 200)], ['fast', attempts('fast', 300, 0, 0)]]))

test('events count by year, sources by the whole survey, each with what part of them alerts', () => {
  const [ia, rrl, fast] = mix().classes
  // 2000 events a year, a quarter seen: 500 ± 2000·√(.25·.75/400); 2.5 alerts an event.
  assert.deepEqual([ia!.population, ia!.newObjectsPerYear.value], [2000, 500])
  assert.ok(Math.abs(ia!.newObjectsPerYear.error - 43.301) < 0.001)
  assert.ok(Math.abs(ia!.alertsPerNight.value - 2000 * 2.5 / 365.25) < 1e-9)
  // Of 10 alerts at a time with a chance of a quarter: σ = 10·√(.25·.75), of the mean of 400 (n − 1).
  assert.ok(Math.abs(ia!.alertsPerNight.error - 2000 / 365.25 * 10 * Math.sqrt(0.1875 / 399)) < 1e-9)
  // 3000 stars, half of them seen in ten years, with 100 alerts a star.
  assert.deepEqual([rrl!.population, rrl!.newObjectsPerYear.value], [3000, 150])
  assert.ok(Math.abs(rrl!.alertsPerNight.value - 3000 * 100 / 10 / 365.25) < 1e-9)
  // None of 300: fewer than 1 in 100 at 95 %.
  assert.deepEqual([fast!.isLimit, fast!.newObjectsPerYear.value, fast!.newObjectsPerYear.error, fast!.shareOfAlerts], [true, 0, 10, 0])
})

test('the whole is the sum of what is seen, with the errors in quadrature', () => {
  const { newObjectsPerYear, alertsPerNight, classes } = mix()
  assert.equal(newObjectsPerYear.value, 650)
  assert.ok(Math.abs(newObjectsPerYear.error - Math.hypot(43.301, 300 * Math.sqrt(0.25 / 100))) < 0.001)
  assert.equal(alertsPerNight.value, classes[0]!.alertsPerNight.value + classes[1]!.alertsPerNight.value)
  assert.ok(Math.abs(classes.reduce((sum, { shareOfAlerts }) => sum + shareOfAlerts, 0) - 1) < 1e-12)
})

test('the table has as many digits as the errors allow', () => {
  const lines = ratesTable(mix()).split('\n')
  assert.match(lines[1]!, /^Ia\s+2,000 a year\s+25 %\s+500 ± 43\s+13\.7 ± 1\.2\s+14 %$/)
  assert.match(lines[2]!, /^RRL\s+3,000\s+50 %\s+150 ± 15\s+82\.1 ± 8\.3\s+86 %$/)
  assert.match(lines[3]!, /^fast\s+1,000 a year\s+< 1 %\s+< 10\s+< 0\.027\s+0 %$/)
})
