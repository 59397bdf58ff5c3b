/** A year of a deep drilling field has more points than were believed to be no damage: its supernovae became dead letters. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { PhotometricPoint } from '../../../src/alert/alert.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { admission, MOST_POINTS } from '../../../src/state/processor/admission.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { plainAlert } from '../../fixtures/plain-alerts.ts'
import { alertFor, openPipeline, point } from '../../pipeline.ts'

/** Visits in a year of COSMOS, LSST's busiest field: the most in 365 d of baseline v3.0. */
const VISITS = 12_129

/** 130 visits a night; each gives a detection and, a day later, forced photometry. */
const visits = (count: number, first = 0): PhotometricPoint[] => Array.from({ length: count }, (_, k) => first + k).flatMap(visit => {
  const midpointMjdTai = 60000 + Math.floor(visit / 130) + (visit % 130) * 0.002
  const seen = { midpointMjdTai, band: 'grizy'[visit % 5] as 'g', psfFlux: 2000 + Math.sin(visit) * 100, visit }
  return [point(seen), point({ ...seen, kind: 'forced', psfFlux: seen.psfFlux + 10 })]
})

test('a year of a deep drilling field is taken in whole: a visit counts once', () => {
  const year = alertFor('1', visits(VISITS))
  assert.deepEqual(admission(year), { alert: year, tooMany: 0 })
})

test('beyond the bound an object is classified on its newest points', () => {
  // Some 30 more than are taken in.
  const all = alertFor('1', visits(MOST_POINTS + 30))
  const admitted = admission(all)
  assert.ok('alert' in admitted)
  assert.deepEqual([admitted.tooMany, admitted.alert.points.length], [60, 2 * MOST_POINTS])
  assert.deepEqual([admitted.alert.points[0], admitted.alert.points.at(-1)], [all.points[60], all.points.at(-1)])
})

test('an alert of 15,000 points as JSON is read', async () => {
  const points = visits(7500).map(({ withdrawn: _, timeProcessedMjdTai: __, ...given }) => given)
  const alert = await decodeAlert(Buffer.from(JSON.stringify(plainAlert({ points }))), { schemas: countingSource() })
  assert.equal(alert.points.length, 15_000)
})

test('a long light curve leaves turns to others, and the end is that of short ones', async t => {
  const { processor } = await openPipeline(t)
  const many = visits(1500)
  await processor.process([{ alert: alertFor('warm', visits(70)), origin: 'test' }])
  // Processor time between two turns: what others of the machine do is no delay of ours.
  let turns = 0
  let longest = 0
  let all = 0
  let last = process.cpuUsage()
  const turning = setInterval(() => {
    const { user, system } = process.cpuUsage(last)
    last = process.cpuUsage()
    longest = Math.max(longest, (user + system) / 1000)
    all += (user + system) / 1000
    turns++
  }, 1)
  const [whole] = await processor.process([{ alert: alertFor('whole', many), origin: 'test' }])
  await sleep(5)
  clearInterval(turning)
  assert.deepEqual([whole!.outcome, whole!.epochs], ['classified', 1200])
  assert.ok(turns > 5, `${turns} turns`)
  assert.ok(longest < all / 3, `${longest} of ${all} ms without a turn`)
  t.diagnostic(`${turns} turns, at most ${longest.toFixed(0)} ms apart`)
  for (let from = 0; from < 1500; from += 500) {
    const [part] = await processor.process([{ alert: alertFor('parts', visits(500, from)), origin: 'test' }])
    if (from === 1000) assert.equal(part!.probabilityIa, whole!.probabilityIa)
  }
})
