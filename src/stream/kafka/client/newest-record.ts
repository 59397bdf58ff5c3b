/** The newest record of a topic, read without a consumer group. */
import type kafkajs from 'kafkajs'
import { withCluster, type Cluster } from './cluster.ts'

export interface FoundRecord {
  key: Buffer | null
  value: Buffer | null
  partition: number
  offset: string
}

/** What a fetch of kafkajs brings of a partition. */
interface FetchedRecord extends FoundRecord { timestamp: string, isControlRecord: boolean }

/** How far before the end of a partition is looked: the last offsets may be those of transaction markers, or compacted away. */
const BACK = [16n, 1024n]
const MAXIMUM_BYTES = 4 * 2 ** 20
const LONGEST_WAIT = 500
const READ_COMMITTED = 1

/**
 * By timestamp where the topic has several partitions.
 * @param isWanted which records count
 * @returns undefined where the ends of the topic hold none
 * @throws kafkajs's errors
 */
export async function newestRecord (kafka: kafkajs.Kafka, topic: string, isWanted: (record: FoundRecord) => boolean): Promise<FoundRecord | undefined> {
  return await withCluster(kafka, async cluster => {
    await cluster.addTargetTopic(topic)
    const partitions = cluster.findTopicPartitionMetadata(topic).map(({ partitionId: partition }) => ({ partition }))
    const [lows, highs] = await Promise.all([true, false].map(async fromBeginning => {
      const [found] = await cluster.fetchTopicsOffset([{ topic, partitions, fromBeginning }])
      return new Map(found?.partitions.map(({ partition, offset }) => [partition, BigInt(offset)]))
    }))
    let newest: FetchedRecord | undefined
    for (const { partition } of partitions) {
      const record = await newestOf(cluster, { topic, partition, low: lows!.get(partition) ?? 0n, high: highs!.get(partition) ?? 0n }, isWanted)
      if (record && (newest === undefined || Number(record.timestamp) > Number(newest.timestamp))) newest = record
    }
    return newest
  })
}

interface Extent { topic: string, partition: number, low: bigint, high: bigint }

async function newestOf (cluster: Cluster, extent: Extent, isWanted: (record: FoundRecord) => boolean): Promise<FetchedRecord | undefined> {
  for (const back of BACK) {
    const from = extent.high - back > extent.low ? extent.high - back : extent.low
    let newest: FetchedRecord | undefined
    for await (const record of records(cluster, { ...extent, low: from })) if (!record.isControlRecord && isWanted(record)) newest = record
    if (newest || from === extent.low) return newest
  }
  return undefined
}

/** In their order. */
async function * records (cluster: Cluster, { topic, partition, low, high }: Extent): AsyncGenerator<FetchedRecord> {
  for (let next = low; next < high;) {
    const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]))
    const broker = await cluster.findBroker({ nodeId: nodeId! })
    const { responses } = await broker.fetch({
      isolationLevel: READ_COMMITTED,
      maxWaitTime: LONGEST_WAIT,
      minBytes: 1,
      maxBytes: MAXIMUM_BYTES,
      topics: [{ topic, partitions: [{ partition, fetchOffset: String(next), maxBytes: MAXIMUM_BYTES }] }]
    }) as { responses: Array<{ partitions: Array<{ messages: FetchedRecord[] }> }> }
    const messages = responses[0]?.partitions[0]?.messages ?? []
    for (const message of messages) if (BigInt(message.offset) >= next) yield { ...message, partition }
    const last = messages.at(-1)
    // What was compacted away at the end brings nothing.
    if (!last || BigInt(last.offset) < next) return
    next = BigInt(last.offset) + 1n
  }
}
