/**
 * The alerts of the data folder against what Python's fastavro reads from them: a script of its own turned the
 * records into points by the rules of the docs, and only its numbers are here (expected-alerts.json).
 */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { Alert, PhotometricPoint } from '../../src/alert/alert.ts'
import { decodeFile } from '../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../src/alert/schemas/source.ts'
import { needs, sharedData } from '../parts.ts'

interface FileOfAlerts {
  /** diaObjectId, diaSourceId. */
  alerts: Array<[string | null, string]>
  detections: number
  forced: number
  bands: Record<string, number>
  omitted: Record<string, number>
  solarSystem: number
  /** Sums over all points [nJy], [nJy], [d]; of ra and dec over all alerts [deg]. */
  psfFlux: number
  psfFluxErr: number
  midpointMjdTai: number
  raDec: number
}
type Row = [midpointMjdTai: number, band: string, psfFlux: number, psfFluxErr: number, kind: string, visit: number | null, timeProcessedMjdTai: number | null]
interface Expected {
  files: Record<string, FileOfAlerts>
  examples: Record<string, { diaObjectId: string, diaSourceId: string, midpointMjdTai: number, ra: number, dec: number, points: Row[] }>
}
const { files, examples } = JSON.parse(readFileSync(new URL('expected-alerts.json', import.meta.url), 'utf8')) as Expected

const schemas = schemaFolders(SHIPPED_SCHEMAS)
async function alertsOf (file: string): Promise<Alert[]> {
  const alerts: Alert[] = []
  for await (const one of decodeFile(readFileSync(join(sharedData, 'alerts', file)), { schemas, given: { minReliability: 0 } })) {
    if ('error' in one) throw one.error
    alerts.push(one.alert)
  }
  return alerts
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0)
function near (actual: number | null, expected: number | null, where: string, scale = Math.abs(expected ?? 0)): void {
  if (actual === null || expected === null) return assert.equal(actual, expected, where)
  assert.ok(Math.abs(actual - expected) <= 1e-12 * scale, `${where}: ${actual} is not ${expected}`)
}
function counts (values: string[]): Record<string, number> {
  const counted: Record<string, number> = {}
  for (const value of values) counted[value] = (counted[value] ?? 0) + 1
  return counted
}

test('the table has every Avro file of the data folder', t => {
  if (!needs(t, 'shared-data')) return
  const there = readdirSync(join(sharedData, 'alerts'), { recursive: true, encoding: 'utf8' }).filter(file => /\.avro$/.test(file) && file !== 'ztf-snappy/sample.avro')
  assert.deepEqual(there.sort(), Object.keys(files).sort())
})

test('ids, counts, bands and sums of fluxes, errors, times and positions are those that fastavro reads, in all files', async t => {
  if (!needs(t, 'shared-data')) return
  for (const [file, expected] of Object.entries(files)) {
    const alerts = await alertsOf(file)
    const points: PhotometricPoint[] = alerts.flatMap(alert => alert.points)
    assert.deepEqual({
      alerts: alerts.map(alert => [alert.diaObjectId, alert.diaSourceId]),
      detections: points.filter(point => point.kind === 'detection').length,
      forced: points.filter(point => point.kind === 'forced').length,
      bands: counts(points.map(point => point.band)),
      omitted: counts(alerts.flatMap(alert => alert.omitted.map(({ reason }) => reason))),
      solarSystem: alerts.filter(alert => alert.solarSystem).length
    }, {
      alerts: expected.alerts,
      detections: expected.detections,
      forced: expected.forced,
      bands: expected.bands,
      omitted: expected.omitted,
      solarSystem: expected.solarSystem
    }, file)
    near(sum(points.map(point => point.psfFlux)), expected.psfFlux, file, sum(points.map(point => Math.abs(point.psfFlux))))
    near(sum(points.map(point => point.psfFluxErr)), expected.psfFluxErr, file)
    near(sum(points.map(point => point.midpointMjdTai)), expected.midpointMjdTai, file)
    near(sum(alerts.map(alert => alert.ra + alert.dec)), expected.raDec, file, 360)
  }
})

test('one alert of each dialect has every point that fastavro reads', async t => {
  if (!needs(t, 'shared-data')) return
  for (const [file, { points, ...expected }] of Object.entries(examples)) {
    const [alert, ...more] = await alertsOf(file)
    assert.ok(alert && more.length === 0)
    const { diaObjectId, diaSourceId, midpointMjdTai, ra, dec } = alert
    assert.deepEqual({ diaObjectId, diaSourceId, midpointMjdTai, ra, dec }, expected, file)
    assert.deepEqual(alert.points.map(({ band, kind, visit }) => [band, kind, visit]), points.map(([, band, , , kind, visit]) => [band, kind, visit]), file)
    for (const [k, [time, , flux, fluxErr, , , processed]] of points.entries()) {
      const point = alert.points[k]!
      near(point.midpointMjdTai, time, `${file} ${k}`)
      near(point.psfFlux, flux, `${file} ${k}`)
      near(point.psfFluxErr, fluxErr, `${file} ${k}`)
      near(point.timeProcessedMjdTai, processed, `${file} ${k}`)
    }
  }
})
