/** Sends of records to a topic: their bounds, and what becomes of a record that is too large for the topic. */
import kafkajs from 'kafkajs'
import type { CandelaError } from '../../../errors.ts'
import { kafkaError, type KafkaContext } from './errors.ts'

/** Most bytes of a send: by default brokers take record batches of 1 MiB, and all records may be of one partition. */
const SEND_BYTES = 900 * 1024
const SEND_RECORDS = 1000

/** Whether a send of so many records and bytes has no room for another record; an empty send has room for any. */
export const isFull = (records: number, bytes: number, next: number): boolean => records > 0 && (records >= SEND_RECORDS || bytes + next > SEND_BYTES)

/** How much of a record without a key is hashed for its partition [bytes]: hashing a whole packet takes longer than sending it. */
const BEGINNING = 64

/**
 * The partitioner of Kafka's Java client, but for records without a key: these get a partition by the beginning of their
 * value, which is the same in a retry. A retry in another partition would fail with OUT_OF_ORDER_SEQUENCE_NUMBER.
 */
export const sameEachTime: kafkajs.ICustomPartitioner = () => {
  const partitionOf = kafkajs.Partitioners.DefaultPartitioner()
  return args => {
    const { key, value } = args.message
    return partitionOf(key === null || key === undefined ? { ...args, message: { ...args.message, key: value?.slice(0, BEGINNING) ?? '' } } : args)
  }
}

/** Between two attempts of a send [ms]. */
const LONGEST_PAUSE = 5000

/** A producer whose own retries write nothing twice. */
export const idempotentProducer = (kafka: kafkajs.Kafka, retries: number): kafkajs.Producer => kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  createPartitioner: sameEachTime,
  retry: { retries, maxRetryTime: LONGEST_PAUSE }
})

/**
 * Sends records together. Where one is too large for the topic, sends each alone, so that the others arrive.
 * @param onTooLarge gets the record that is too large
 * @throws CandelaError as kafkaError
 */
export async function sendApart<T> (
  records: readonly T[], send: (records: readonly T[]) => Promise<void>, onTooLarge: (record: T, error: CandelaError) => Promise<void> | void, context: KafkaContext
): Promise<void> {
  try {
    await send(records)
  } catch (cause) {
    const error = kafkaError(cause, context)
    if (error.code !== 'kafka-message-too-large') throw error
    if (records.length === 1) return await onTooLarge(records[0]!, error)
    for (const record of records) await sendApart([record], send, onTooLarge, context)
  }
}
