import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadClassShares } from '../../../src/model/class-shares.ts'
import { largestError, shareEstimate, shareFile, shareTable, type ShareTable } from '../../../src/simulator/rates/class-shares.ts'
import { DETECTION_ROWS } from '../../../src/simulator/rates/detections.ts'
import { SKY_CLASSES, type SkyClass } from '../../../src/simulator/sources/source.ts'
import type { AttemptsResult, FactsResult } from '../../../src/simulator/workers/tasks.ts'

const facts: FactsResult = {
  area: 1000,
  years: 10,
  classes: [{ class: 'Ia', share: 0.5, density: 2, kind: 'events' }, { class: 'RRL', share: 0.5, density: 3, kind: 'sources' }]
}
/** Each of `seen` of 400 attempts has as many alerts in each row. */
const attempts = (skyClass: SkyClass, seen: number, each: readonly number[]): AttemptsResult => {
  const rows = DETECTION_ROWS.map((_, row) => each[row] ?? 0)
  return { class: skyClass, attempts: 400, seen, alerts: 0, alertsSquared: 0, nights: 0, rows: rows.map(count => seen * count), rowsSquared: rows.map(count => seen * count ** 2) }
}
const estimate = (): ReturnType<typeof shareEstimate> => shareEstimate(facts, new Map([['Ia', attempts('Ia', 100, [1, 1])], ['RRL', attempts('RRL', 400, [10, 20, 40])]]))

test('the share of a class is its part of the alerts of objects with as many detections', () => {
  // 2000 events a year, a quarter seen: 500 alerts. 3000 stars with 10, 20 and 40 alerts in ten years: 3000, 6000, 12,000 a year.
  const { alerts } = estimate()
  assert.deepEqual([alerts.Ia.slice(0, 3), alerts.RRL.slice(0, 3)], [[500, 500, 0], [3000, 6000, 12_000]])
  const { shares } = shareTable('lsst', estimate(), { name: 'mine', command: 'c', followed: 1 })
  assert.ok(Math.abs(shares.Ia[0]! - 500 / 3500) < 1e-4)
  assert.ok(Math.abs(shares.Ia[1]! - 500 / 6500) < 1e-4)
  // None of them: the least share. A row without an alert is as the one before.
  for (const [share, expected] of [[shares.Ia[2], 1e-6], [shares.AGN[0], 1e-6], [shares.RRL[3], shares.RRL[2]]] as const) assert.ok(Math.abs(share! / expected! - 1) < 1e-4)
  // A quarter of 400: 500 ± 2000·√(.25·.75/399); the share of 1/7 has 6/7 of that over the total of 3500.
  assert.ok(Math.abs(largestError(estimate()) - 12 / 13 * 2000 * Math.sqrt(0.1875 / 399) / 6500 / (1 / 13)) < 1e-9)
})

test('a file of shares is JSON with a line for each class', () => {
  const table = shareTable('ztf', estimate(), { name: 'mine', command: 'candela simulate', followed: 3 })
  assert.deepEqual(JSON.parse(shareFile(table)), table)
  assert.equal(shareFile(table).split('\n').length, 9 + SKY_CLASSES.length)
  assert.match(table.about, /ZTF .* first 3 years/)
})

test('the tables that come with Candela have all classes, sum to 1, and end in what varies for years', () => {
  for (const name of ['lsst', 'ztf']) {
    const { detections, shares, ...table } = JSON.parse(readFileSync(new URL(`../../../shares/${name}.json`, import.meta.url), 'utf8')) as ShareTable
    assert.equal(table.name, name)
    assert.deepEqual([detections, Object.keys(shares)], [[...DETECTION_ROWS], [...SKY_CLASSES]])
    const share = (classes: readonly SkyClass[], row: number): number => classes.reduce((sum, skyClass) => sum + shares[skyClass][row]!, 0)
    for (let row = 0; row < detections.length; row++) {
      assert.ok(Math.abs(share(SKY_CLASSES, row) - 1) < 1e-4)
      assert.ok(SKY_CLASSES.every(skyClass => shares[skyClass][row]! >= 9e-7))
    }
    const staying: readonly SkyClass[] = ['AGN', 'RRL', 'Cepheid', 'DSCT', 'EB', 'LPV']
    assert.ok(share(staying, 9) > 0.7 && share(staying, 9) > 1.3 * share(staying, 0), `${name}: ${share(staying, 0)} to ${share(staying, 9)}`)
    // what is loaded as the shares of a model with these classes
    const loaded = loadClassShares(name, { classes: SKY_CLASSES.map((name, id) => ({ name, id, positive: name === 'Ia' })) })('')!
    assert.equal(loaded.name, name)
    assert.ok(Math.abs(loaded.shares[0]![0]! - shares.Ia[0]!) < 1e-4)
    assert.ok(share(['Ia'], 0) > 3 * share(['Ia'], 9))
  }
})
