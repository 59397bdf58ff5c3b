/** Records and input offsets of one partition's task, published together or not at all. */
import kafkajs from 'kafkajs'
import { COMPRESSION_TYPES } from '../client/codecs.ts'
import type { Compression } from '../../../kafka-settings.ts'
import { kafkaError } from '../client/errors.ts'
import { isFull } from '../client/sending.ts'

export interface OutgoingRecord {
  topic: string
  /** Chosen by the key where absent, as Kafka's Java client does. */
  partition?: number
  key: string
  /** Null deletes the key from a compacted topic. */
  value: Buffer | null
  headers?: Record<string, string | Buffer>
  /** [ms since 1970, UTC]; now where not given. */
  timestamp?: string
}

/** How far a group has read a partition. */
export interface GroupOffset {
  group: string
  topic: string
  partition: number
  /** Of the next record to read. */
  offset: bigint
}

export interface TransactionsOptions {
  kafka: kafkajs.Kafka
  /** For error messages. */
  brokers: readonly string[]
  /** One for each partition, the same in every process: the newest producer to begin fences the others. */
  transactionalId: string
  compression: Compression
}

/** Upper bound of what a record takes beside key, value and headers [bytes]. */
const RECORD_OVERHEAD = 100

/** The broker aborts a transaction left open after this time [ms]; readers wait until then. */
const TRANSACTION_TIMEOUT = 30_000

const sizeOf = ({ key, value, headers = {} }: OutgoingRecord): number =>
  RECORD_OVERHEAD + key.length + (value?.length ?? 0) + Object.entries(headers).reduce((sum, [name, text]) => sum + name.length + 3 * text.length, 0)

/** Cuts records into sends of bounded size; the records of a topic stay in order. */
export function * sendsOf (records: readonly OutgoingRecord[]): Generator<OutgoingRecord[]> {
  let send: OutgoingRecord[] = []
  let bytes = 0
  for (const record of records) {
    const size = sizeOf(record)
    if (isFull(send.length, bytes, size)) {
      yield send
      send = []
      bytes = 0
    }
    send.push(record)
    bytes += size
  }
  if (send.length > 0) yield send
}

/** The record to blame where a topic refuses a send as too large. */
const largest = (records: readonly OutgoingRecord[]): OutgoingRecord => records.reduce((one, other) => sizeOf(other) > sizeOf(one) ? other : one)

function byTopic (records: readonly OutgoingRecord[]): kafkajs.TopicMessages[] {
  const messages = new Map<string, kafkajs.Message[]>()
  for (const { topic, ...message } of records) {
    const known = messages.get(topic)
    if (known) known.push(message)
    else messages.set(topic, [message])
  }
  return Array.from(messages, ([topic, messages]) => ({ topic, messages }))
}

export class Transactions {
  readonly #producer: kafkajs.Producer
  readonly #compression: Compression
  readonly #brokers: readonly string[]

  constructor ({ kafka, brokers, transactionalId, compression }: TransactionsOptions) {
    this.#compression = compression
    this.#brokers = brokers
    this.#producer = kafka.producer({
      transactionalId,
      transactionTimeout: TRANSACTION_TIMEOUT,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
      // A transaction gets CONCURRENT_TRANSACTIONS until the broker has ended the one before.
      retry: { initialRetryTime: 3, multiplier: 1.7, maxRetryTime: 500, retries: 14 }
    })
  }

  /**
   * Aborts an open transaction of another process with this id, and fences that process.
   * @throws kafkajs's errors
   */
  async begin (): Promise<void> {
    await this.#producer.connect()
    const first = await this.#producer.transaction()
    await first.abort()
  }

  /**
   * Publishes all or nothing. An error does not say which: only a restore finds out.
   * @returns the offset behind the last record by 'TOPIC/PARTITION', for records that name their partition
   * @throws CandelaError as kafkaError; kafkajs's errors
   */
  async publish (records: readonly OutgoingRecord[], offset?: GroupOffset): Promise<Map<string, bigint>> {
    const transaction = await this.#producer.transaction()
    const ends = new Map<string, bigint>()
    try {
      for (const send of sendsOf(records)) {
        const sent = await transaction.sendBatch({ compression: COMPRESSION_TYPES[this.#compression], topicMessages: byTopic(send) })
          .catch((error: unknown) => { throw kafkaError(error, { brokers: this.#brokers, topic: largest(send).topic }) })
        for (const { topicName, partition, baseOffset = '0' } of sent) {
          const count = send.filter(record => record.topic === topicName && record.partition === partition).length
          if (count > 0) ends.set(`${topicName}/${partition}`, BigInt(baseOffset) + BigInt(count))
        }
      }
      if (offset) {
        const { group, topic, partition, offset: next } = offset
        await transaction.sendOffsets({ consumerGroupId: group, topics: [{ topic, partitions: [{ partition, offset: String(next) }] }] })
      }
    } catch (error) {
      await transaction.abort().catch(() => {})
      throw error
    }
    await transaction.commit()
    return ends
  }

  async close (): Promise<void> {
    await this.#producer.disconnect()
  }
}
