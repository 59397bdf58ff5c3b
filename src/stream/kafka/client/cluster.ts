/**
 * A cluster spoken to without a consumer group: on a cluster of others, groups of other names than the account's are
 * refused. kafkajs hands its cluster to an assigner, and has no other way to a broker.
 */
import kafkajs from 'kafkajs'

export type Cluster = Parameters<kafkajs.PartitionAssigner>[0]['cluster']

/** kafkajs wants a name for every consumer. Nothing of it is sent, since no group is joined. */
const NO_GROUP = 'candela-none'

/**
 * Connects, works and disconnects.
 * @throws kafkajs's errors, what `work` throws
 */
export async function withCluster<Result> (kafka: kafkajs.Kafka, work: (cluster: Cluster) => Promise<Result>): Promise<Result> {
  let cluster: Cluster | undefined
  const nobody: kafkajs.PartitionAssigner = config => {
    cluster = config.cluster
    return { name: 'candela-nobody', version: 1, assign: async () => [], protocol: () => ({ name: 'candela-nobody', metadata: Buffer.alloc(0) }) }
  }
  const consumer = kafka.consumer({ groupId: NO_GROUP, partitionAssigners: [nobody], allowAutoTopicCreation: false, retry: { retries: 0 } })
  try {
    await consumer.connect()
    return await work(cluster!)
  } finally {
    await consumer.disconnect()
  }
}
