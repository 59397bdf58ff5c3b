import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { wrongInAccounting } from './checks.ts'
import { latenciesOf, quantiles } from './latencies.ts'
import { growthOf, notFlat } from './memory.ts'
import { fedPackets, mix, packetsIn, prepare, type Prepared } from './packets.ts'
import { plan } from './plan.ts'
import { sampleOf, slope, type Sample } from './samples.ts'
import type { Found, Way } from './way.ts'

test('a plan has its alerts at the rate, bursts on top, and what goes wrong in the middle between two of them', () => {
  const { due, bursts, kill, restart, length } = plan({ minutes: 10, rate: 333, burst: 10_000, burstEvery: 2 })
  assert.equal(length, 600_000)
  assert.deepEqual(bursts, [120_000, 240_000, 360_000, 480_000])
  assert.equal(due.length, 10 * 60 * 333 + 4 * 10_000)
  assert.deepEqual([kill, restart], [180_000, 420_000])
  assert.ok(due.every((time, k) => k === 0 || time >= due[k - 1]!), 'in order')
  const between = due.filter(time => time >= 60_000 && time < 61_000).length
  assert.ok(Math.abs(between - 333) <= 10, `${between} alerts in a second`)
})

test('a moment that is given stands, and never is never', () => {
  const { kill, restart } = plan({ minutes: 1, rate: 10, burst: 0, burstEvery: 2, killAt: 0.5, restartAt: 'never' })
  assert.deepEqual([kill, restart], [30_000, null])
})

async function night (folder: string): Promise<{ prepared: Prepared, mixed: ReturnType<typeof mix> }> {
  const mixed = mix(200, { seed: 5, bad: 0.1, repeats: 0.1 })
  return { mixed, prepared: await prepare(folder, { seed: 5, objects: 60 }, packetsIn(mixed), () => {}) }
}

test('packets are the sky\'s; bad ones give a dead letter each, repeats the same bytes again', async t => {
  const { mixed, prepared } = await night(temporaryFolder(t))
  for (const kind of ['repeat', 'cut-off', 'not-framed', 'schema-unknown']) assert.ok(mixed.filter(alert => alert.kind === kind).length > 2, kind)
  const schemas = schemaFolders(SHIPPED_SCHEMAS)
  const sent = new Map<number, Uint8Array>()
  let k = 0
  for await (const { bytes, key } of fedPackets(prepared, mixed)) {
    const { packet, kind } = mixed[k++]!
    if (kind === 'first' || kind === 'repeat') {
      assert.equal((await decodeAlert(bytes, { schemas })).diaObjectId, key)
      if (kind === 'repeat') assert.deepEqual(bytes, sent.get(packet))
      sent.set(packet, bytes)
    } else {
      assert.equal(key, null)
      await assert.rejects(async () => await decodeAlert(bytes, { schemas }), { code: { 'cut-off': 'avro-invalid', 'not-framed': 'alert-not-framed', 'schema-unknown': 'schema-unknown' }[kind] })
    }
  }
  assert.equal(k, 200)
})

test('packets that were made ahead are taken the next time', async t => {
  const folder = temporaryFolder(t)
  const { prepared } = await night(folder)
  const told: string[] = []
  assert.deepEqual(await prepare(folder, { seed: 5, objects: 60 }, prepared.lengths.length, line => told.push(line)), prepared)
  assert.deepEqual(told, [])
})

test('quantiles by the nearest rank', () => {
  assert.deepEqual(quantiles(Array.from({ length: 200 }, (_, k) => 200 - k)), { alerts: 200, p50: 100, p90: 180, p99: 198, max: 200 })
  assert.deepEqual(quantiles([7]), { alerts: 1, p50: 7, p90: 7, p99: 7, max: 7 })
})

/** An alert each 100 ms for a minute; one that comes between 20 s and 25 s waits until 26 s. */
const ways = Array.from({ length: 600 }, (_, k): Way => {
  const appended = 1_000_000 + 100 * k
  const received = k >= 200 && k < 250 ? 1_026_000 : appended + 40
  return { origin: `survey/0@${k}`, appended, ingested: appended + 10, sent: received - 5, received, outcome: 'classified' }
})

test('what happened is told apart from the calm, with how long it took', () => {
  const options = { began: 1_000_000, warmUp: 5000, limit: 1000 }
  const { steady, steadyParts, warmUp, disturbed, overall, seconds } = latenciesOf(ways, { ...options, happenings: [{ name: 'a kill', from: 1_020_000, until: 1_021_500 }] })
  assert.deepEqual(steady, { alerts: 500, p50: 40, p90: 40, p99: 40, max: 40 })
  assert.deepEqual(steadyParts.map(({ latency }) => latency.max), [10, 25, 5])
  assert.equal(warmUp.alerts, 50)
  assert.equal(overall.max, 6000)
  assert.deepEqual(seconds, { steady: 50, all: 60 })
  assert.deepEqual(disturbed, [{ name: 'a kill', latency: { alerts: 50, p50: 3500, p90: 5500, p99: 6000, max: 6000 }, recovery: 5000, published: 6000 }])
})

test('what nobody caused belongs to the calm', () => {
  const { steady } = latenciesOf(ways, { began: 1_000_000, warmUp: 5000, limit: 1000, happenings: [] })
  assert.deepEqual([steady.alerts, steady.max], [550, 6000])
})

test('a night that is not calm again before the next thing happens never was', () => {
  const { disturbed } = latenciesOf(ways, { began: 1_000_000, warmUp: 5000, limit: 1000, happenings: [{ name: 'one', from: 1_020_000, until: 1_020_000 }, { name: 'other', from: 1_023_000, until: 1_023_000 }] })
  assert.deepEqual(disturbed.map(({ recovery }) => recovery), [Infinity, 2000])
})

test('the slope of a line is its slope', () => {
  assert.equal(slope([[0, 1], [1, 3], [2, 5]]), 2)
  assert.equal(slope([[3, 1], [3, 2]]), 0)
})

const grown = (bytes: (minute: number) => number, files = (_: number): number => 20): Sample[] => Array.from({ length: 301 }, (_, k): Sample => {
  const minute = k / 30
  return { time: 60_000 * minute, anonymous: bytes(minute) * 2 ** 20, kept: null, resident: 300 * 2 ** 20, files: files(minute), processor: 0.5 * 60 * minute }
})
const watched = (samples: Sample[]) => ({ name: 'classify 0', pid: 1, folder: null, stderr: null, samples, sizes: samples.map(() => 0) })
const BOUNDS = { slope: 3, files: 20 }

test('memory that rises all the time is not flat, one that has risen is', () => {
  const settled = growthOf(watched(grown(minute => minute < 4 ? 100 + 20 * minute : 180)), 0, 600_000)!
  assert.deepEqual([settled.kept, settled.slope, settled.minutes, settled.processors], [180, 0, 10, 0.5])
  assert.deepEqual(notFlat([settled], BOUNDS), [])
  assert.deepEqual(notFlat([growthOf(watched(grown(minute => 100 + 4 * minute)), 0, 600_000)!], BOUNDS), ['memory of classify 0 rises by 4.0 MiB/min, more than 3'])
})

test('garbage that has not been collected yet is not what a process keeps', () => {
  // It collects every three minutes by itself, and every half a minute when it is told to.
  const samples = grown(minute => 100 + 50 * (minute % 3)).map((sample, k) => k % 15 === 0 ? { ...sample, kept: 60 * 2 ** 20 } : sample)
  const growth = growthOf(watched(samples), 0, 600_000)!
  assert.deepEqual([growth.kept, growth.slope], [60, 0])
  assert.ok(growth.anonymous > 150, `all of it is ${growth.anonymous} MiB`)
})

test('files that are left open are found', () => {
  const growth = growthOf(watched(grown(() => 100, minute => 20 + 10 * Math.floor(minute))), 0, 600_000)!
  assert.deepEqual(notFlat([growth], BOUNDS), ['classify 0 has 120 files open in the end, 70 in the middle of its time'])
})

test('a process is seen in /proc while it runs', { skip: process.platform !== 'linux' && 'there is no /proc' }, async t => {
  const folder = join(temporaryFolder(t), 'a')
  mkdirSync(folder)
  const child = spawn(process.execPath, ['-e', 'const kept = Buffer.alloc(100 * 2 ** 20, 1); console.log(kept.length); setInterval(() => {}, 1000)'])
  t.after(() => child.kill('SIGKILL'))
  await new Promise(resolve => child.stdout.once('data', resolve))
  const { anonymous, files, processor } = sampleOf(child.pid!)!
  assert.ok(anonymous > 100 * 2 ** 20 && anonymous < 400 * 2 ** 20, String(anonymous))
  assert.ok(files > 3 && processor > 0, `${files} files, ${processor} s`)
  child.kill('SIGKILL')
  while (child.exitCode === null && child.signalCode === null) await delay(5)
  assert.equal(sampleOf(child.pid!), null)
})

test('alerts that are lost, counted wrong or without an outcome are told', () => {
  const mixed = mix(100, { seed: 5, bad: 0.1, repeats: 0.1 })
  const bad = mixed.filter(({ kind }) => kind !== 'first' && kind !== 'repeat').length
  const byOutcome = new Map([['classified', 90 - bad], ['declined', 0], ['duplicate', 10], ['dead-lettered', bad]])
  const found: Found = { ways: [], survey: 100, photometry: 100, outcomes: 100, byOutcome, newest: new Map(), differences: [] }
  const accounting = { received: 100, classified: 90 - bad, declined: 0, duplicate: 10, deadLettered: bad, replayed: 0, declinedByReason: {}, deadLetteredByCode: {} }
  assert.deepEqual(wrongInAccounting(found, accounting, mixed, 100), [])
  assert.deepEqual(wrongInAccounting({ ...found, outcomes: 99 }, accounting, mixed, 100), ['100 alerts in photometry, 100 received, 99 outcomes'])
  assert.deepEqual(wrongInAccounting(found, { ...accounting, duplicate: 9 }, mixed, 100), [
    `received 100 is not classified ${90 - bad} + declined 0 + duplicate 9 + dead-lettered ${bad}`, '9 alerts are told to be duplicate, 10 were published as that'
  ])
  assert.deepEqual(wrongInAccounting({ ...found, survey: 99 }, accounting, mixed, 99), ['100 alerts were to be sent, 99 were, and the survey\'s topic has 99'])
})
