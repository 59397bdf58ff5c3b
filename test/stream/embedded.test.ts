import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../src/alert/alert.ts'
import { CandelaError } from '../../src/errors.ts'
import { runEmbeddedStream, type Packet } from '../../src/stream/embedded.ts'
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
  const { processor } = await openPipeline(t)
  const stopping = new AbortController()
  let release = (): void => {}
  async function * silent (): AsyncGenerator<Packet> {
    await new Promise<void>(resolve => { release = resolve })
    yield packet(0)
  }
  const stream = runEmbeddedStream({ source: 'test', packets: silent(), decode, processor, signal: stopping.signal })
  stopping.abort()
  setImmediate(() => release())
  await stream
  assert.equal(stopping.signal.aborted, true)
})

test('a fault of the program is not taken for a dead letter', async t => {
  const { processor, store } = await openPipeline(t)
  const broken = async (): Promise<Alert> => { throw new TypeError('a fault') }
  await assert.rejects(runEmbeddedStream({ source: 'test', packets: packets(0, 3), decode: broken, processor, signal: new AbortController().signal }), TypeError)
  assert.equal(store.reader.statistics().accounting.received, 0)
})
