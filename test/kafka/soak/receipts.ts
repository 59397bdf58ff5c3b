/** When each classification came to a consumer of the topic with read_committed: after the commit of its transaction. */
import { randomUUID } from 'node:crypto'
import { leaveForFormer } from '../../../src/stream/kafka/group/former-member.ts'
import { clientOf } from '../../e2e/kafka/broker.ts'

export interface Receipts {
  /** By partition: offset → when it came first [ms since 1970, UTC]. */
  readonly times: ReadonlyMap<number, ReadonlyMap<number, number>>
  readonly count: number
  close (): Promise<void>
}

/** Resolves when it has its partitions. The topic is there. */
export async function watchReceipts (address: string, topic: string): Promise<Receipts> {
  const times = new Map<number, Map<number, number>>()
  let count = 0
  const kafka = clientOf(address)
  const groupId = `soak-${randomUUID()}`
  const consumer = kafka.consumer({
    groupId,
    maxWaitTimeInMs: 1000,
    sessionTimeout: 30_000,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 1000, retries: 1000, restartOnFailure: async () => true }
  })
  // What the broker's restart costs this consumer is not to be taken for Candela's.
  const closing = new AbortController()
  leaveForFormer(consumer, { kafka, groupId, signal: closing.signal })
  const joined = new Promise<void>(resolve => consumer.on('consumer.group_join', () => resolve()))
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    partitionsConsumedConcurrently: 64,
    async eachBatch ({ batch: { partition, messages } }) {
      const now = Date.now()
      let ofPartition = times.get(partition)
      if (!ofPartition) times.set(partition, ofPartition = new Map())
      for (const { offset } of messages) {
        // It may come again where the consumer joined its group anew.
        if (ofPartition.has(Number(offset))) continue
        ofPartition.set(Number(offset), now)
        count++
      }
    }
  })
  await joined
  return {
    times,
    get count () { return count },
    async close () {
      closing.abort()
      await consumer.disconnect()
    }
  }
}
