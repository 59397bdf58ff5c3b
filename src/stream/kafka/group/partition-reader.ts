/** Reads the committed records of one partition between two offsets, as a restore needs them. */
import { randomUUID } from 'node:crypto'
import kafkajs from 'kafkajs'

export interface PartitionRead {
  kafka: kafkajs.Kafka
  topic: string
  partition: number
  /** Offset of the first record. */
  from: bigint
  /** Offset behind the last one. */
  until: bigint
  /** Beginning of the name of the consumer group, which lasts as long as the reading. */
  group: string
  signal: AbortSignal
  /**
   * Called with the records in order; the next records are fetched when it has resolved.
   * @param next offset behind these records
   */
  onRecords (records: readonly kafkajs.KafkaMessage[], next: bigint): void | Promise<void>
}

const { AssignerProtocol } = kafkajs
const NAME = 'candela-one-partition'

/** Assigns one partition to the only member of the group. */
const onlyPartition = (topic: string, partition: number): kafkajs.PartitionAssigner => () => ({
  name: NAME,
  version: 1,
  assign: async ({ members }) => members.map(({ memberId }) => ({
    memberId,
    memberAssignment: AssignerProtocol.MemberAssignment.encode({ version: 1, assignment: { [topic]: [partition] }, userData: Buffer.alloc(0) })
  })),
  protocol: ({ topics }) => ({ name: NAME, metadata: AssignerProtocol.MemberMetadata.encode({ version: 1, topics, userData: Buffer.alloc(0) }) })
})

/**
 * Resolves when all has been read.
 * @throws kafkajs's errors, what onRecords throws, the signal's reason
 */
export async function readPartition ({ kafka, topic, partition, from, until, group, signal, onRecords }: PartitionRead): Promise<void> {
  if (from >= until) return
  signal.throwIfAborted()
  const consumer = kafka.consumer({
    groupId: `${group}-${randomUUID()}`,
    partitionAssigners: [onlyPartition(topic, partition)],
    maxBytesPerPartition: 8 * 2 ** 20,
    maxWaitTimeInMs: 100,
    allowAutoTopicCreation: false,
    retry: { retries: 5, restartOnFailure: async () => false }
  })
  let onAbort = (): void => {}
  let failed = false
  try {
    await new Promise<void>((resolve, reject) => {
      const fail = (error: unknown): void => {
        failed = true
        reject(error)
      }
      onAbort = () => fail(signal.reason)
      signal.addEventListener('abort', onAbort)
      // This event also comes for batches of transaction markers alone, for which kafkajs does not call eachBatch.
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload: { lastOffset } }) => {
        if (BigInt(lastOffset) + 1n >= until) resolve()
      })
      consumer.on(consumer.events.CRASH, ({ payload: { error } }) => fail(error))
      const run = async (): Promise<void> => {
        await consumer.connect()
        await consumer.subscribe({ topic, fromBeginning: true })
        await consumer.run({
          autoCommit: false,
          async eachBatch ({ batch, resolveOffset, isStale }) {
            if (isStale() || failed) return
            const records = batch.messages.filter(({ offset }) => BigInt(offset) >= from && BigInt(offset) < until)
            try {
              if (records.length > 0) await onRecords(records, BigInt(records.at(-1)!.offset) + 1n)
            } catch (error) {
              fail(error)
            }
            resolveOffset(batch.lastOffset())
          }
        })
        consumer.seek({ topic, partition, offset: String(from) })
      }
      run().catch(fail)
    })
  } finally {
    signal.removeEventListener('abort', onAbort)
    await consumer.disconnect()
  }
}
