import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeReadAhead, type AheadBroker, type AheadRequest, type AheadResponse } from '../../../../../src/stream/kafka/client/amendments/read-ahead.ts'

const from = (...offsets: number[]): AheadRequest => ({ minBytes: 100, topics: [{ topic: 'a', partitions: offsets.map((offset, partition) => ({ partition, fetchOffset: String(offset) })) }] })
const offsetsOf = ({ topics }: AheadRequest): number[] => topics.flatMap(({ partitions }) => partitions.map(({ fetchOffset }) => Number(fetchOffset)))

/** Partitions of so many records, which a broker hands over ten at a time. */
const brokerOf = (...ends: number[]) => brokerWith(10, ...ends)

function brokerWith (recordBytes: number, ...ends: number[]) {
  const asked: number[][] = []
  const failing = new Set<number>()
  class Broker implements AheadBroker {
    async fetch (request: AheadRequest): Promise<AheadResponse> {
      asked.push(offsetsOf(request))
      if (failing.delete(asked.length)) throw new Error('ECONNRESET')
      return {
        responses: request.topics.map(({ topic, partitions }) => ({
          topicName: topic,
          partitions: partitions.map(({ partition, fetchOffset }) => ({
            partition,
            highWatermark: String(ends[partition]!),
            messages: Array.from({ length: Math.min(10, ends[partition]! - Number(fetchOffset)) }, (_, k) => ({ offset: String(Number(fetchOffset) + k), value: Buffer.alloc(recordBytes) }))
          }))
        }))
      }
    }
  }
  makeReadAhead(Broker)
  return { asked, failing, broker: new Broker() }
}

const read = ({ responses }: AheadResponse): string[] => responses.flatMap(({ partitions }) => partitions.flatMap(({ partition, messages }) => messages.map(({ offset }) => `${partition}@${offset}`)))
const records = (partition: number, first: number, end: number): string[] => Array.from({ length: end - first }, (_, k) => `${partition}@${first + k}`)

test('while records of a partition with many more are in work, those behind them are on their way, and handed over once', async () => {
  const { asked, broker } = brokerOf(35, 12)
  assert.deepEqual(read(await broker.fetch(from(0, 0))), [...records(0, 0, 10), ...records(1, 0, 10)])
  assert.deepEqual(asked, [[0, 0], [10, 10]])
  assert.deepEqual(read(await broker.fetch(from(10, 10))), [...records(0, 10, 20), ...records(1, 10, 12)])
  assert.deepEqual(asked, [[0, 0], [10, 10], [20, 12]])
  assert.deepEqual(read(await broker.fetch(from(20, 12))), records(0, 20, 30))
  assert.deepEqual(asked.length, 3, 'fewer than ten are left: they may wait for more')
  assert.deepEqual(read(await broker.fetch(from(30, 12))), records(0, 30, 35))
  assert.deepEqual(asked.at(-1), [30, 12])
})

test('where a broker could still have waited for more bytes, nothing is fetched ahead', async () => {
  const { asked, broker } = brokerWith(9, 100)
  await broker.fetch(from(0))
  await broker.fetch(from(10))
  assert.deepEqual(asked, [[0], [10]])
})

test('other records than those behind it are fetched as they are asked for: after a seek, where a batch is to come again, where a partition is paused', async () => {
  for (const wanted of [from(25), from(0), from(10, 0)]) {
    const { asked, broker } = brokerOf(100, 100)
    await broker.fetch(from(0))
    assert.deepEqual(asked, [[0], [10]])
    assert.equal(read(await broker.fetch(wanted))[0], `0@${offsetsOf(wanted)[0]}`)
    assert.deepEqual(asked[2], offsetsOf(wanted))
  }
})

test('a fetch ahead that fails is made again when it is asked for; what fails then is said', async () => {
  const { asked, failing, broker } = brokerOf(100)
  failing.add(2)
  await broker.fetch(from(0))
  assert.deepEqual(read(await broker.fetch(from(10))), records(0, 10, 20))
  assert.deepEqual(asked, [[0], [10], [10], [20]])
  failing.add(5).add(6)
  await broker.fetch(from(20))
  await assert.rejects(broker.fetch(from(30)), { message: 'ECONNRESET' })
})
