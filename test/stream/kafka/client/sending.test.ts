import assert from 'node:assert/strict'
import test from 'node:test'
import kafkajs from 'kafkajs'
import { sameEachTime } from '../../../../src/stream/kafka/client/sending.ts'

const partitionMetadata = Array.from({ length: 6 }, (_, partitionId) => ({ partitionId, leader: 1, partitionErrorCode: 0, replicas: [1], isr: [1] }))

test('a record without a key goes to the same partition when it is sent again, and such records to all of them', () => {
  const partitionOf = sameEachTime()
  const values = Array.from({ length: 200 }, (_, k) => Buffer.from(`packet ${k}`))
  const partitions = values.map(value => partitionOf({ topic: 'survey', partitionMetadata, message: { key: null, value } }))
  assert.deepEqual(values.map(value => sameEachTime()({ topic: 'survey', partitionMetadata, message: { key: null, value } })), partitions)
  assert.equal(new Set(partitions).size, 6)
})

test('a record with a key goes where the Java client sends it', () => {
  const partitionOf = sameEachTime()
  const javas = kafkajs.Partitioners.DefaultPartitioner()
  for (const key of ['313637921267122191', 'origin:survey/0@7', Buffer.from('313')]) {
    const args = { topic: 'survey', partitionMetadata, message: { key, value: Buffer.from('packet') } }
    assert.equal(partitionOf(args), javas(args))
  }
})
