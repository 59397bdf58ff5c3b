/** The partition of a key, as Kafka's Java client chooses, so that all writers of a topic agree. */
import kafkajs from 'kafkajs'

/** @param count of partitions */
export function partitionOf (key: string, count: number): number {
  return choose({ topic: '', partitionMetadata: metadataOf(count), message: { key, value: null } })
}

const choose = kafkajs.Partitioners.DefaultPartitioner()

let metadata: kafkajs.PartitionMetadata[] = []

/** With a key the partitioner uses only the number of partitions. */
function metadataOf (count: number): kafkajs.PartitionMetadata[] {
  if (metadata.length !== count) {
    metadata = Array.from({ length: count }, (_, partitionId) => ({ partitionErrorCode: 0, partitionId, leader: 0, replicas: [], isr: [] }))
  }
  return metadata
}
