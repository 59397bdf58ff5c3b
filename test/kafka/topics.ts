/** What is in Candela's own topics, and how far a group has read them. */
import { randomUUID } from 'node:crypto'
import avsc from 'avsc'
import type kafkajs from 'kafkajs'
import { classificationSchema, type AlertClassification } from '../../src/stream/outputs/classification.ts'
import { readPartition } from '../../src/stream/kafka/group/partition-reader.ts'
import { offsetsOfTopic } from '../../src/stream/kafka/client/admin.ts'
import type { Cleanup } from '../e2e/candela-process.ts'
import { PATIENT, startsAnew } from '../e2e/kafka/broker.ts'

/** Avro's single-object encoding: two bytes of mark and eight of fingerprint before the datum. */
const SINGLE_OBJECT_HEADER = 10
const classificationType = avsc.Type.forSchema(classificationSchema as avsc.Schema)

export const classificationOf = (value: Buffer): AlertClassification => classificationType.fromBuffer(value.subarray(SINGLE_OBJECT_HEADER)) as AlertClassification

export interface Published {
  key: string
  partition: number
  offset: bigint
  record: AlertClassification
}

/** A partition's records of committed transactions, in their order. */
export async function committed (kafka: kafkajs.Kafka, topic: string, partition: number): Promise<kafkajs.KafkaMessage[]> {
  const { low, high } = (await offsetsOfTopic(kafka, topic)).get(partition) ?? { low: 0n, high: 0n }
  const records: kafkajs.KafkaMessage[] = []
  await readPartition({ kafka, topic, partition, from: low, until: high, group: 'looking', signal: new AbortController().signal, onRecords: some => { records.push(...some) } })
  return records
}

/** Classifications as a consumer with read_committed sees them, by partition and in order. */
export async function classificationsIn (kafka: kafkajs.Kafka, topic: string, partitions: number): Promise<Published[]> {
  const all: Published[] = []
  for (let partition = 0; partition < partitions; partition++) {
    for (const { key, offset, value } of await committed(kafka, topic, partition)) {
      all.push({ key: String(key), partition, offset: BigInt(offset), record: classificationOf(value!) })
    }
  }
  return all
}

/** Records of a topic, and those of them that a group has committed. */
export async function progressOf (kafka: kafkajs.Kafka, topic: string, group: string): Promise<{ records: number, committed: number }> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    const ends = await admin.fetchTopicOffsets(topic)
    const [{ partitions } = { partitions: [] }] = await admin.fetchOffsets({ groupId: group, topics: [topic] })
    return {
      records: ends.reduce((sum, { high }) => sum + Number(high), 0),
      committed: partitions.reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
    }
  } finally {
    await admin.disconnect()
  }
}

/** Resolves when what a consumer with read_committed has been given of a topic, from its beginning on, is enough. */
export async function seen (t: Cleanup, kafka: kafkajs.Kafka, topic: string, isEnough: (record: kafkajs.KafkaMessage) => boolean): Promise<void> {
  const consumer = kafka.consumer({ groupId: `seen-${randomUUID()}`, maxWaitTimeInMs: 100, retry: PATIENT })
  t.after(() => { consumer.disconnect().catch(() => {}) })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload }) => { if (!startsAnew(payload)) reject(payload.error) })
    consumer.run({ async eachMessage ({ message }) { if (isEnough(message)) resolve() } }).catch(reject)
  })
  await consumer.disconnect()
}
