import assert from 'node:assert/strict'
import test from 'node:test'
import { readFileSync } from 'node:fs'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { CandelaError } from '../../../src/errors.ts'
import { EPOCH_RANGES, PROBABILITY_BINS } from '../../../src/model/reference-distribution.ts'
import { DEAD_LETTER_CODES } from '../../../src/state/dead-letters/codes.ts'
import { DECLINE_REASONS } from '../../../src/state/views.ts'
import { createMeasures } from '../../../src/stream/measures.ts'
import { alertFor, point } from '../../pipeline.ts'
import { familiesOf, type Family } from './exposition.ts'
import { measured } from './measured.ts'
import { openService, type Service } from '../service.ts'

async function scrapeFamilies ({ ask }: Pick<Service, 'ask'>): Promise<Map<string, Family>> {
  const response = await ask('/metrics')
  assert.match(String(response.headers['content-type']), /^text\/plain; version=0\.0\.4/)
  return familiesOf(response.body)
}

/** Samples by name and labels. */
async function scrape (service: Pick<Service, 'ask'>): Promise<Map<string, number>> {
  return new Map([...(await scrapeFamilies(service)).values()].flatMap(({ samples }) => [...samples]))
}

const COUNTS = EPOCH_RANGES.map(() => new Array<number>(PROBABILITY_BINS).fill(100))
const REFERENCE = { photoZKnown: COUNTS, photoZUnknown: COUNTS }

const sumOf = (samples: Map<string, number>, name: string): number => [...samples].filter(([sample]) => sample.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0)

test('every scrape has the accounting of the store, by outcome, reason and code', async t => {
  const service = await openService(t)
  const empty = await scrape(service)
  assert.equal(empty.get('candela_alerts_received_total'), 0)
  for (const reason of DECLINE_REASONS) assert.equal(empty.get(`candela_alerts_declined_total{reason="${reason}"}`), 0)
  for (const code of DEAD_LETTER_CODES) assert.equal(empty.get(`candela_alerts_dead_lettered_total{code="${code}"}`), 0)

  await service.observe('1', 2)
  await service.pipeline.processor.process([
    { alert: alertFor('1', [point()]), origin: 'test' },
    { alert: alertFor(null, [point()]), origin: 'test' },
    { error: new CandelaError('avro-invalid', 'no alert'), bytes: new Uint8Array([1]), origin: 'test' },
    { error: new CandelaError('of-tomorrow', 'no alert'), bytes: new Uint8Array([1]), origin: 'test' }
  ])
  const samples = await scrape(service)
  const expected: Record<string, number> = {
    candela_alerts_received_total: 5,
    'candela_alerts_total{outcome="classified"}': 1,
    'candela_alerts_total{outcome="declined"}': 1,
    'candela_alerts_total{outcome="duplicate"}': 1,
    'candela_alerts_total{outcome="dead-lettered"}': 2,
    'candela_alerts_declined_total{reason="no-object-id"}': 1,
    'candela_alerts_dead_lettered_total{code="avro-invalid"}': 1,
    'candela_alerts_dead_lettered_total{code="of-tomorrow"}': 1,
    candela_alerts_replayed_total: 0,
    candela_dead_letters: 2,
    candela_dead_letters_discarded_total: 0,
    candela_archived_objects: 0,
    candela_objects: 1,
    'candela_info{version="0.0.0",model="untrained/1.0",engine="wasm/4.22.0"}': 1
  }
  for (const [name, value] of Object.entries(expected)) assert.equal(samples.get(name), value, name)
  assert.equal(sumOf(samples, 'candela_alerts_total'), 5)
  assert.equal(sumOf(samples, 'candela_alerts_declined_total'), 1)
  assert.equal(sumOf(samples, 'candela_alerts_dead_lettered_total'), 2)
})

test('two services in one process have metrics of their own', async t => {
  const [one, other] = [await openService(t), await openService(t)]
  await one.observe('1', 1)
  assert.equal((await scrape(one)).get('candela_alerts_received_total'), 1)
  assert.equal((await scrape(other)).get('candela_alerts_received_total'), 0)
})

test('the identity holds in every scrape while alerts come in', async t => {
  const service = await openService(t)
  const scrapes: Array<Promise<Map<string, number>>> = []
  for (let k = 0; k < 40; k++) {
    scrapes.push(scrape(service))
    await service.pipeline.processor.process([{ alert: alertFor(String(k % 7), [point({ midpointMjdTai: 60000 + k % 20 })]), origin: 'test' }])
    await nextTurn()
  }
  const received = (await Promise.all(scrapes)).map(samples => {
    assert.equal(sumOf(samples, 'candela_alerts_total'), samples.get('candela_alerts_received_total'))
    return samples.get('candela_alerts_received_total')!
  })
  assert.ok(new Set(received).size > 1, 'scrapes of different commits')
})

test('the measures of the stream stand beside the accounting', async t => {
  const measures = createMeasures()
  const service = await openService(t, { measures })
  measured(measures)
  const samples = await scrape(service)
  assert.equal(samples.get('candela_alerts_received_total'), 0)
  assert.equal(samples.get('candela_alert_latency_seconds_count{stage="total"}'), 1)
  assert.equal(samples.get('candela_alert_latency_seconds_bucket{le="0.02",stage="total"}'), 1)
  assert.equal(samples.get('candela_kafka_lag{topic="candela.photometry",partition="3"}'), 7)
  const { stream } = (await service.ask('/v1/statistics')).json<{ stream: unknown }>()
  assert.deepEqual(stream, JSON.parse(JSON.stringify(await measures.statistics())))

  const plain = await scrapeFamilies(await openService(t))
  assert.deepEqual([...plain.keys()].filter(name => /latency|kafka|restore|batch/.test(name)), [])
})

test('docs/metrics.md lists every metric with its type and labels', async t => {
  const measures = createMeasures({ reference: REFERENCE })
  const service = await openService(t, { measures, diskUse: async () => ({ used: 1, free: 2 }) })
  await service.ask('/v1/models')
  for (let k = 0; k < 5000; k++) measured(measures)
  measured(measures)
  const scraped = [...await scrapeFamilies(service)].map(([name, { type, labels }]) => [name, type, [...labels].sort().join(', ')])
  const documented = [...readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8').matchAll(/^\| `(candela_\w+)` \| (\w+) \|([^|]*)\| [^|]+ \| [^|]+ \|$/gm)]
    .map(([, name, type, labels]) => [name, type, [...labels!.matchAll(/`(\w+)`/g)].map(([, label]) => label).sort().join(', ')])
  const sorted = (rows: unknown[][]): unknown[][] => rows.sort(([a], [b]) => String(a) < String(b) ? -1 : 1)
  assert.deepEqual(sorted(documented), sorted(scraped))
})
