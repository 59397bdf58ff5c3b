/** Records to a topic: how many go in one send, and what becomes of one that the topic does not take. */
import kafkajs from 'kafkajs'
import type { CandelaError } from '../../../errors.ts'
import { kafkaError, type KafkaContext } from './errors.ts'

/** Most bytes of a send: brokers take record batches of 1 MiB where nobody raised their limit, and all may be of one partition. */
const SEND_BYTES = 900 * 1024
const SEND_RECORDS = 1000

/** Whether a send of so many records and bytes has no room for another record; an empty one has room for any. */
export const isFull = (records: number, bytes: number, next: number): boolean => records > 0 && (records >= SEND_RECORDS || bytes + next > SEND_BYTES)

/** What of a record without a key tells its partition [bytes]: hashing all of a packet takes longer than sending it. */
const BEGINNING = 64

/**
 * The partitions of Kafka's Java client. A record without a key has one of its own as well, by its value's beginning: were
 * it another one when a send is tried again, the numbers of what the broker has already would not fit
 * (OUT_OF_ORDER_SEQUENCE_NUMBER).
 */
export const sameEachTime: kafkajs.ICustomPartitioner = () => {
  const partitionOf = kafkajs.Partitioners.DefaultPartitioner()
  return args => {
    const { key, value } = args.message
    return partitionOf(key === null || key === undefined ? { ...args, message: { ...args.message, key: value?.slice(0, BEGINNING) ?? '' } } : args)
  }
}

/** Between two tries of a send [ms]. */
const LONGEST_PAUSE = 5000

/** Writes nothing twice where it tries again itself. */
export const idempotentProducer = (kafka: kafkajs.Kafka, retries: number): kafkajs.Producer => kafka.producer({
  idempotent: true,
  maxInFlightRequests: 1,
  allowAutoTopicCreation: false,
  createPartitioner: sameEachTime,
  retry: { retries, maxRetryTime: LONGEST_PAUSE }
})

/**
 * Sends records together; where the topic finds one too large, each alone, so that it keeps no other from the topic.
 * @param onTooLarge has the record that the topic does not take
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
