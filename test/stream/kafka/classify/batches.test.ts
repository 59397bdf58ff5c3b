import assert from 'node:assert/strict'
import { test } from 'node:test'
import type kafkajs from 'kafkajs'
import { batchesOf } from '../../../../src/stream/kafka/classify/batches.ts'
import { handoverRecord, isHandover, readHandover } from '../../../../src/stream/kafka/classify/handover.ts'
import { partitionOf } from '../../../../src/stream/kafka/client/partitions.ts'
import { sendsOf } from '../../../../src/stream/kafka/classify/transactions.ts'
import { CandelaError } from '../../../../src/errors.ts'

const message = (offset: number, given: Partial<Pick<kafkajs.KafkaMessage, 'key' | 'value' | 'headers'>> = {}) =>
  ({ key: Buffer.from('1'), value: Buffer.from('alert'), timestamp: '0', attributes: 0, offset: String(offset), headers: {}, ...given }) as kafkajs.KafkaMessage

const object = { diaObjectId: '313', record: new Uint8Array([1, 2]), pointBlocks: [new Uint8Array([3])], publicationBlocks: [], settled: null }

function handedOver (offset: number, key: string): kafkajs.KafkaMessage {
  const { value, headers = {} } = handoverRecord({ ...object, diaObjectId: key }, 'photometry', 0)
  return message(offset, { key: Buffer.from(key), value, headers })
}

test('an object that is handed over comes as it went', () => {
  const record = handedOver(0, '313')
  assert.ok(isHandover(record))
  assert.ok(!isHandover(message(1)))
  const { pointBlocks, record: bytes, ...rest } = readHandover(record)
  assert.deepEqual([rest, [...bytes], pointBlocks.map(block => [...block])], [{ diaObjectId: '313', publicationBlocks: [], settled: null }, [1, 2], [[3]]])
  const of = (given: Partial<kafkajs.KafkaMessage>) => () => readHandover({ ...record, ...given })
  assert.throws(of({ headers: { 'candela-object': '99' } }), (error: unknown) => error instanceof CandelaError && error.code === 'changelog-format')
  assert.throws(of({ value: Buffer.from([0xc1]) }), (error: unknown) => error instanceof CandelaError && error.code === 'changelog-damaged')
})

test('alerts and handed over objects are not of one batch, nor is an object twice', () => {
  const records = [message(0), message(1), handedOver(2, 'a'), handedOver(3, 'b'), handedOver(4, 'a'), message(5), ...Array.from({ length: 600 }, (_, k) => message(6 + k))]
  const sizes = [...batchesOf(records)].map(batch => [batch.length, isHandover(batch[0]!)])
  assert.deepEqual(sizes, [[2, false], [2, true], [1, true], [512, false], [89, false]])
  assert.deepEqual([...batchesOf(records)].flat(), records, 'nothing is left out, in order')
})

test('records of a transaction are cut below the size that brokers take', () => {
  const record = (bytes: number) => ({ topic: 't', key: 'k', value: Buffer.alloc(bytes) })
  const sizes = (...bytes: number[]): number[] => [...sendsOf(bytes.map(record))].map(({ length }) => length)
  assert.deepEqual(sizes(), [])
  assert.deepEqual(sizes(3e6), [1])
  assert.deepEqual(sizes(400e3, 400e3, 400e3, 100), [2, 2])
})

test('a key has the partition that Kafka\'s Java client chooses', () => {
  // Hashes of Kafka's own test of murmur2 (UtilsTest).
  for (const [key, hash] of [['21', -973932308], ['foobar', -790332482], ['a-little-bit-long-string', -985981536]] as const) {
    for (const count of [1, 7, 12]) assert.equal(partitionOf(key, count), (hash & 0x7fffffff) % count)
  }
})
