import assert from 'node:assert/strict'
import test from 'node:test'
import { createMeasures, quantile, type Bucket } from '../../src/stream/measures.ts'
import { familiesOf } from '../http/operation/exposition.ts'

const NOTHING = { count: 0, mean: null, p50: null, p90: null, p99: null, max: null }
const NOW = Date.parse('2026-05-01T00:00:00Z')

/** Bounds and numbers of values in each bucket, the last without a bound. */
const buckets = (...each: Array<[le: number, values: number]>): Bucket[] => {
  let count = 0
  return each.map(([le, values]) => ({ le, count: (count += values) }))
}

const near = (actual: number | null, expected: number): void => assert.ok(actual !== null && Math.abs(actual - expected) < 1e-9, `${actual} is ${expected}`)

test('a quantile is linear within the bucket of its rank, as histogram_quantile has it', () => {
  // Rank 5 of 10: the first 4 are below 1, so it is the 1st of the 4 between 1 and 2.
  const ten = buckets([1, 4], [2, 4], [5, 2], [Infinity, 0])
  near(quantile(0.5, ten), 1.25)
  // Rank 9: the 1st of 2 between 2 and 5.
  near(quantile(0.9, ten), 3.5)
  // Rank 9.9: 1.9 of 2.
  near(quantile(0.99, ten), 4.85)
  // Rank 2 of 4 in the first bucket: half of the way from 0.
  near(quantile(0.2, ten), 0.5)
  // On a bound.
  near(quantile(0.4, ten), 1)
  near(quantile(1, ten), 5)
})

test('a quantile beyond the last bound is that bound, one in a first bucket of zeros is 0, of nothing null', () => {
  assert.equal(quantile(0.5, buckets([1, 1], [2, 1], [Infinity, 3])), 2)
  const lags = buckets([0, 8], [1, 2], [Infinity, 0])
  assert.equal(quantile(0.5, lags), 0)
  near(quantile(0.9, lags), 0.5)
  assert.equal(quantile(0.5, buckets([1, 0], [Infinity, 0])), null)
})

test('nothing measured: known stages and roles with a count of 0, no topic', async () => {
  const measures = createMeasures()
  assert.deepEqual(await measures.statistics(), {
    latency: { ingest: NOTHING, classify: NOTHING, total: NOTHING, query: NOTHING },
    lag: {},
    restore: { classify: NOTHING, query: NOTHING },
    waiting: [],
    served: []
  })
  const families = familiesOf(await measures.metrics())
  assert.equal(families.size, 14)
  assert.equal(families.get('candela_alert_latency_seconds')!.samples.get('candela_alert_latency_seconds_count{stage="ingest"}'), 0)
})

test('announcements are counted by source and by what became of them, all of a source from its first on', async () => {
  const measures = createMeasures()
  for (const outcome of ['followed', 'cached', 'followed'] as const) measures.announced('alerce', outcome)
  const { samples } = familiesOf(await measures.metrics()).get('candela_announced_total')!
  assert.deepEqual(Object.fromEntries(samples), {
    'candela_announced_total{source="alerce",outcome="followed"}': 2,
    'candela_announced_total{source="alerce",outcome="cached"}': 1,
    'candela_announced_total{source="alerce",outcome="failed"}': 0,
    'candela_announced_total{source="alerce",outcome="declined"}': 0
  })
})

test('latency is in seconds by stage, from the timestamp of the record', async () => {
  const measures = createMeasures()
  for (const ms of [4, 4, 4, 30]) measures.latency('classify', NOW, NOW + ms)
  measures.latency('total', NOW, NOW + 3_600_000)
  const { latency: { ingest, classify, total } } = await measures.statistics()
  assert.deepEqual(ingest, NOTHING)
  assert.equal(classify.count, 4)
  near(classify.mean, 0.0105)
  // Rank 2 of the 3 between 2 and 5 ms; rank 3.6 and 3.96: 0.6 and 0.96 of the one between 20 and 50 ms.
  near(classify.p50, 0.004)
  near(classify.p90, 0.038)
  near(classify.p99, 0.0488)
  assert.equal(classify.max, 0.03)
  assert.deepEqual(total, { count: 1, mean: 3600, p50: 600, p90: 600, p99: 600, max: 3600 })
})

test('a record without a timestamp is not measured, one from a clock that is ahead counts as 0', async () => {
  const measures = createMeasures()
  measures.latency('ingest', -1, NOW)
  measures.latency('ingest', NaN, NOW)
  measures.latency('ingest', NOW + 500, NOW)
  measures.lag('alerts', 0, NaN)
  measures.restored('query', Infinity)
  measures.restoring('query', NaN)
  measures.batch(NaN)
  const { latency: { ingest }, lag, restore } = await measures.statistics()
  assert.deepEqual([ingest.count, ingest.mean, ingest.max], [1, 0, 0])
  assert.deepEqual(lag, {})
  assert.deepEqual(restore.query, NOTHING)
  familiesOf(await measures.metrics())
})

test('lag by topic over all partitions; the newest of each until it moves away', async () => {
  const measures = createMeasures()
  measures.lag('alerts', 0, 40)
  measures.lag('alerts', 0, 0)
  measures.lag('alerts', 11, 15)
  measures.lag('__proto__', 0, 3)
  const { lag } = await measures.statistics()
  assert.deepEqual(Object.keys(lag), ['alerts', '__proto__'])
  const { count, mean, max, newest } = lag['alerts']!
  assert.deepEqual({ count, mean, max, newest }, { count: 3, mean: 55 / 3, max: 40, newest: { 0: 0, 11: 15 } })
  measures.forgetLag('alerts', 0)
  measures.forgetLag('alerts', 5)
  const after = (await measures.statistics()).lag['alerts']!
  assert.deepEqual([after.count, after.newest], [3, { 11: 15 }])
  const samples = familiesOf(await measures.metrics()).get('candela_kafka_lag')!.samples
  assert.deepEqual([...samples.keys()], ['candela_kafka_lag{topic="alerts",partition="11"}', 'candela_kafka_lag{topic="__proto__",partition="0"}'])
})

test('restorations, batches and incidents are in the text in base units', async () => {
  const measures = createMeasures()
  measures.restoring('classify', 300)
  measures.restoring('classify', 200)
  measures.restored('classify', 2500)
  measures.batch(128)
  measures.batchTime('publish', 25)
  measures.incident('kafka-unreachable')
  measures.incident('kafka-unreachable')
  const samples = new Map([...familiesOf(await measures.metrics()).values()].flatMap(({ samples }) => [...samples]))
  const expected: Record<string, number> = {
    'candela_restored_records_total{role="classify"}': 500,
    'candela_restored_records_total{role="query"}': 0,
    'candela_restore_seconds_sum{role="classify"}': 2.5,
    candela_batch_alerts_sum: 128,
    'candela_batch_alerts_bucket{le="100"}': 0,
    'candela_batch_alerts_bucket{le="200"}': 1,
    'candela_batch_seconds_sum{stage="publish"}': 0.025,
    'candela_batch_seconds_count{stage="decode"}': 0,
    'candela_kafka_incidents_total{code="kafka-unreachable"}': 2
  }
  for (const [name, value] of Object.entries(expected)) assert.equal(samples.get(name), value, name)
  assert.equal((await measures.statistics()).restore.classify.max, 2.5)
})

test('classifications are counted by their P(Ia), other outcomes are not', async () => {
  const measures = createMeasures()
  const alert = { diaObjectId: '1', diaSourceId: '1', midpointMjdTai: 60000 }
  measures.outcomes([{ ...alert, outcome: 'classified', probabilityIa: 0.97, epochs: 4, revision: 0 }, { ...alert, outcome: 'declined', reason: 'withdrawn' }, { ...alert, outcome: 'classified', probabilityIa: 0, epochs: 1, revision: 0 }])
  const { samples } = familiesOf(await measures.metrics()).get('candela_probability_ia')!
  assert.deepEqual(['0.01', '0.95', '0.99', '+Inf'].map(le => samples.get(`candela_probability_ia_bucket{le="${le}"}`)), [1, 1, 2, 2])
})

test('without Kafka nothing of it is exported', async () => {
  const families = familiesOf(await createMeasures({ kafka: false }).metrics())
  assert.deepEqual([...families.keys()].sort(), ['candela_alert_latency_seconds', 'candela_batch_alerts', 'candela_batch_seconds', 'candela_probability_ia', 'candela_probability_ia_drift'])
})

test('two in one process share nothing', async () => {
  const [one, other] = [createMeasures(), createMeasures()]
  one.latency('total', NOW, NOW + 1)
  assert.equal((await other.statistics()).latency.total.count, 0)
})
