/** Which topics a user sees and may not read. A fetch with one such topic among others fails for all of them. */
import type kafkajs from 'kafkajs'
import { withCluster, type Cluster } from './cluster.ts'

/** No record has it: a broker answers that it is out of range, after it has looked at the user's rights. */
const NOWHERE = '-1'

/** Fetches nothing. @throws kafkajs's errors */
export async function deniedTopics (kafka: kafkajs.Kafka, topics: readonly string[]): Promise<string[]> {
  return await withCluster(kafka, async cluster => {
    await cluster.addMultipleTargetTopics([...topics])
    const denied = await Promise.all(topics.map(topic => isDenied(cluster, topic)))
    return topics.filter((_, place) => denied[place])
  })
}

async function isDenied (cluster: Cluster, topic: string): Promise<boolean> {
  const [first] = cluster.findTopicPartitionMetadata(topic)
  if (!first) return false
  try {
    const broker = await cluster.findBroker({ nodeId: String(first.leader) })
    await broker.fetch({ maxWaitTime: 0, minBytes: 0, maxBytes: 1, topics: [{ topic, partitions: [{ partition: first.partitionId, fetchOffset: NOWHERE, maxBytes: 1 }] }] })
    return false
  } catch (error) {
    // Of everything else the reader will tell.
    return (error as { type?: string }).type === 'TOPIC_AUTHORIZATION_FAILED'
  }
}
