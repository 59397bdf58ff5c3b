import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../src/alert/alert.ts'
import { CandelaError } from '../../src/errors.ts'
import { runEmbeddedStream, type Packet } from '../../src/stream/embedded.ts'
import { createMeasures } from '../../src/stream/measures.ts'
import { submitAlerts } from '../../src/stream/submit.ts'
import { countingSource } from '../fixtures/alert-packets.ts'
import { plainAlert } from '../fixtures/plain-alerts.ts'
import { alertFor, openPipeline, point } from '../pipeline.ts'

const packet = (k: number): Packet => ({ bytes: Uint8Array.of(k), origin: `packet ${k}`, position: { given: k + 1 } })

/** Packet k is a point of object k mod 3; packet 5 is damaged. */
async function decode (bytes: Uint8Array): Promise<Alert> {
  const k = bytes[0]!
  if (k === 5) throw new CandelaError('avro-invalid', 'damaged')
  return alertFor(`${k % 3}`, [point({ midpointMjdTai: 60000 + k })])
}

async function * packets (from: number, to: number): AsyncGenerator<Packet> {
  for (let k = from; k < to; k++) yield packet(k)
}

test('a stream is processed to its end, a damaged packet among the others, and its position is kept', async t => {
  const { store, processor } = await openPipeline(t)
  await runEmbeddedStream({ source: 'test', packets: packets(0, 20), decode, processor, batchSize: 4, signal: new AbortController().signal })
  const { received, classified, deadLettered } = store.reader.statistics().accounting
  assert.deepEqual([received, classified, deadLettered], [20, 19, 1])
  assert.deepEqual(store.position('test'), { given: 20 })
})

test('a stream that is stopped goes on from its position: nothing is lost and nothing comes twice', async t => {
  const { store, processor } = await openPipeline(t)
  const stopping = new AbortController()
  let batches = 0
  await runEmbeddedStream({ source: 'test', packets: packets(0, 40), decode, processor, batchSize: 3, signal: stopping.signal, onBatch: () => { if (++batches === 4) stopping.abort() } })
  const { given } = store.position('test') as { given: number }
  assert.equal(store.reader.statistics().accounting.received, given)
  assert.ok(given >= 12 && given < 40)
  await runEmbeddedStream({ source: 'test', packets: packets(given, 40), decode, processor, batchSize: 3, signal: new AbortController().signal })
  const { received, duplicate } = store.reader.statistics().accounting
  assert.deepEqual([received, duplicate], [40, 0])
})

test('an alert that comes alone is not kept waiting for a full batch', async t => {
  const { store, processor } = await openPipeline(t)
  const stopping = new AbortController()
  let release = (): void => {}
  async function * one (): AsyncGenerator<Packet> {
    yield packet(1)
    await new Promise<void>(resolve => { release = resolve })
  }
  const classified = new Promise<void>(resolve => { store.reader.subscribe(() => resolve()) })
  const stream = runEmbeddedStream({ source: 'test', packets: one(), decode, processor, signal: stopping.signal })
  await classified
  stopping.abort()
  release()
  await stream
  assert.equal(store.reader.statistics().accounting.received, 1)
})

test('a stopped stream ends though its source is silent', async t => {
  const { processor, store } = await openPipeline(t)
  const stopping = new AbortController()
  async function * silent (): AsyncGenerator<Packet> {
    await new Promise<void>(() => {})
    yield packet(0)
  }
  const stream = runEmbeddedStream({ source: 'test', packets: silent(), decode, processor, signal: stopping.signal })
  stopping.abort()
  await stream
  assert.equal(store.reader.statistics().accounting.received, 0)
})

test('a commit that fails is told at once though the source is silent', async t => {
  const { processor } = await openPipeline(t)
  async function * oneThenSilent (): AsyncGenerator<Packet> {
    yield packet(0)
    await new Promise<void>(() => {})
  }
  const failing = { ...processor, process: async (): Promise<never> => { throw new CandelaError('commit-failed', 'disk full') } }
  await assert.rejects(runEmbeddedStream({ source: 'test', packets: oneThenSilent(), decode, processor: failing, signal: new AbortController().signal }), /disk full/)
})

test('a source that fails ends the stream with its error, after what came before is committed', async t => {
  const { processor, store } = await openPipeline(t)
  async function * failing (): AsyncGenerator<Packet> {
    yield packet(0)
    yield packet(1)
    throw new Error('the source is gone')
  }
  await assert.rejects(runEmbeddedStream({ source: 'test', packets: failing(), decode, processor, batchSize: 2, signal: new AbortController().signal }), /the source is gone/)
  assert.equal(store.reader.statistics().accounting.received, 2)
})

test('a fault of the decoder is a dead letter too, and the alerts around it are processed', async t => {
  const { processor, store } = await openPipeline(t)
  const broken = async (bytes: Uint8Array): Promise<Alert> => {
    if (bytes[0] === 1) throw new TypeError('a fault')
    return await decode(bytes)
  }
  await runEmbeddedStream({ source: 'test', packets: packets(0, 3), decode: broken, processor, signal: new AbortController().signal })
  const { received, classified, deadLettered } = store.reader.statistics().accounting
  assert.deepEqual([received, classified, deadLettered], [3, 2, 1])
})

test('a stream does not keep the packets that it has processed', async () => {
  if (!globalThis.gc) {
    const { setFlagsFromString } = await import('node:v8')
    const { runInNewContext } = await import('node:vm')
    setFlagsFromString('--expose-gc')
    globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction
  }
  const collected = new Set<number>()
  const registry = new FinalizationRegistry<number>(k => collected.add(k))
  const processor = { model: 'none', process: async () => [], revise: async () => [] }
  let uncollected = Infinity
  async function * many (): AsyncGenerator<Packet> {
    for (let k = 0; k < 2000; k++) {
      const one = packet(k % 200)
      registry.register(one.bytes, k)
      yield one
    }
    // The registry is told of what was collected some turns later.
    for (let turn = 0; turn < 100 && collected.size < 1800; turn++) {
      globalThis.gc!()
      await new Promise(resolve => setTimeout(resolve, 10))
    }
    uncollected = 2000 - collected.size
  }
  await runEmbeddedStream({ source: 'test', packets: many(), decode: async () => alertFor('1', [point()]), processor, batchSize: 10, signal: new AbortController().signal })
  assert.ok(uncollected < 200, `${uncollected} of 2000 packets are still held`)
})

test('latency, size and outcomes of each batch are measured, from the arrival of a packet on', async t => {
  const { processor } = await openPipeline(t)
  const measures = createMeasures({ kafka: false })
  await runEmbeddedStream({ source: 'test', packets: packets(0, 20), decode, processor, measures, batchSize: 4, signal: new AbortController().signal })
  const text = await measures.metrics()
  for (const line of ['candela_alert_latency_seconds_count{stage="total"} 20', 'candela_batch_alerts_count 5', 'candela_batch_alerts_sum 20', 'candela_probability_ia_count 19', 'candela_batch_seconds_count{stage="decode"} 5', 'candela_batch_seconds_count{stage="process"} 5']) {
    assert.ok(text.includes(`${line}\n`), line)
  }
  const { latency: { total } } = await measures.statistics()
  assert.ok(total.max! < 10, `${total.max} s`)
})

test('what is submitted is measured, from the arrival of its bytes on', async t => {
  const { processor } = await openPipeline(t)
  const measures = createMeasures({ kafka: false })
  const batches = submitAlerts({ bytes: Buffer.from(Array.from({ length: 300 }, (_, k) => `${JSON.stringify(plainAlert({ diaObjectId: String(k) }))}\n`).join('')), origin: 'test', dialect: 'json', processor, measures, schemas: countingSource() })
  let outcomes = 0
  for await (const batch of batches) outcomes += batch.length
  assert.equal(outcomes, 300)
  const text = await measures.metrics()
  for (const line of ['candela_alert_latency_seconds_count{stage="total"} 300', 'candela_batch_alerts_count 2', 'candela_probability_ia_count 300']) assert.ok(text.includes(`${line}\n`), line)
})
