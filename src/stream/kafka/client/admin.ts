/** What is asked of a cluster, or changed in it, over a connection of its own. */
import type kafkajs from 'kafkajs'
import { kafkaError, type KafkaContext } from './errors.ts'

/**
 * Connects, works and disconnects.
 * @param context for the words of errors; without it kafkajs's errors are thrown as they are
 * @throws what `work` throws; with `context` CandelaError as kafkaError
 */
export async function withAdmin<Result> (kafka: kafkajs.Kafka, work: (admin: kafkajs.Admin) => Promise<Result>, context?: KafkaContext): Promise<Result> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    return await work(admin)
  } catch (error) {
    throw context ? kafkaError(error, context) : error
  } finally {
    await admin.disconnect()
  }
}

/** Offsets of the first and behind the last record of each partition, committed or not. @throws as withAdmin */
export async function offsetsOfTopic (kafka: kafkajs.Kafka, topic: string, context?: KafkaContext): Promise<Map<number, { low: bigint, high: bigint }>> {
  const offsets = await withAdmin(kafka, admin => admin.fetchTopicOffsets(topic), context)
  return new Map(offsets.map(({ partition, low, high }) => [partition, { low: BigInt(low), high: BigInt(high) }]))
}
