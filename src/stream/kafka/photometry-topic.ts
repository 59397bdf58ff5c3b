/** The topic that ingest writes and classify reads. */
import type kafkajs from 'kafkajs'
import type { Settings } from '../../config.ts'
import { CandelaError } from '../../errors.ts'
import type { KafkaSettings } from './client.ts'
import { ensureTopic } from './topics.ts'

export type OwnKafkaSettings = KafkaSettings & Pick<Settings, 'kafkaPartitions' | 'kafkaReplication' | 'kafkaCompression'>

/** An alert without its packet has 20 KiB with 700 points; packets with cut-outs have 100 to 200 KiB. */
const MAXIMUM_MESSAGE_BYTES = '10485760'

/**
 * Makes the topic where it is missing. One that is there may have any number of partitions and replicas.
 * @param warn told where messages of another size than Candela wants are taken
 * @throws CandelaError 'kafka-topic-differs' where the topic is compacted: alerts of an object would be lost; as kafkaError
 */
export async function ensurePhotometryTopic (
  kafka: kafkajs.Kafka, topic: string, { kafkaBrokers, kafkaPartitions, kafkaReplication }: OwnKafkaSettings, warn: (error: CandelaError) => void
): Promise<void> {
  const deletes = { 'cleanup.policy': 'delete' }
  const large = { 'max.message.bytes': MAXIMUM_MESSAGE_BYTES }
  try {
    await ensureTopic(kafka, { topic, partitions: kafkaPartitions, replication: kafkaReplication || undefined, settings: { ...deletes, ...large } }, kafkaBrokers)
  } catch (error) {
    if (!differs(error)) throw error
    await ensureTopic(kafka, { topic, settings: deletes }, kafkaBrokers)
    try {
      await ensureTopic(kafka, { topic, settings: large }, kafkaBrokers)
    } catch (error) {
      if (!differs(error)) throw error
      warn(error)
    }
  }
}

const differs = (error: unknown): error is CandelaError => error instanceof CandelaError && error.code === 'kafka-topic-differs'
