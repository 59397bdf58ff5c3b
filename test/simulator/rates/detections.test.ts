import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alertsByRow, countedAlerts, DETECTION_ROWS, rowOf } from '../../../src/simulator/rates/detections.ts'
import type { Observations } from '../../../src/simulator/survey/alerts.ts'

/** A point a day of S/N as given, each caused by the source. */
const observations = (signals: readonly number[], mjd = signals.map((_, k) => k)): Observations => ({
  flux: Float64Array.from(signals),
  fluxErr: new Float64Array(signals.length).fill(1),
  noiseFree: Float64Array.from(signals),
  visits: { mjd: Float64Array.from(mjd), band: new Uint8Array(signals.length), depth: new Float64Array(signals.length) }
})

test('a number of detections belongs to the nearest row, by its logarithm', () => {
  assert.deepEqual([1, 2, 3, 4, 6, 7, 9, 10, 15, 16, 26, 27, 45, 46, 77, 78, 5000].map(count => DETECTION_ROWS[rowOf(count)]), [1, 2, 3, 5, 5, 8, 8, 12, 12, 20, 20, 35, 35, 60, 60, 100, 100])
})

test('alerts count from the first positive detection on, with significant points of both kinds of photometry behind them', () => {
  // Negative first: nothing to classify. 4.5 is forced photometry that counts. The negative one later is an alert, and no detection.
  const alerts = countedAlerts(observations([-9, 4.5, 1, 6, 4.5, -9, 7]))
  assert.deepEqual(alerts, [{ at: 3, detections: 2 }, { at: 5, detections: 3 }, { at: 6, detections: 4 }])
  assert.deepEqual(alertsByRow(alerts), [0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
  assert.deepEqual(countedAlerts(observations([-9, -9, 4.9])), [])
})

test('points more than 30 days before the first detection, and points outside the part that is followed, do not count', () => {
  const one = observations([4.5, 4.5, 6, 8], [0, 31, 60, 61])
  assert.deepEqual(countedAlerts(one).map(({ detections }) => detections), [2, 3])
  assert.deepEqual(countedAlerts(one, 3), [{ at: 3, detections: 1 }])
  assert.deepEqual(countedAlerts(one, 0, 2), [])
})
