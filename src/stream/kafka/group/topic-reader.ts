/** One membership in a consumer group, from the join to its end: batches are handed over, and their positions committed afterwards. */
import type kafkajs from 'kafkajs'
import { untilAborted } from '../../until-aborted.ts'
import { leaveForFormer } from './former-member.ts'
import { whileBeating } from './heartbeats.ts'
import { takePositions, type GroupPosition } from './start-positions.ts'

export interface SurveyBatch {
  topic: string
  partition: number
  messages: readonly kafkajs.KafkaMessage[]
  /** Offset behind the last one of the partition, in digits. */
  highWatermark: string
}

export interface ReaderOptions extends GroupPosition {
  kafka: kafkajs.Kafka
  /** How long the member may be silent before its partitions go to others [ms]. */
  sessionTimeout: number
  /** How long a broker waits for more records before it hands over what it has [ms], see idle-fetches.ts. */
  lingerMs: number
  /**
   * Resolves when the batch is safe. Where it throws, the batch is handed over again.
   * @param signal aborts when the batch is no longer wanted: another member has its partition, or the reader stops
   */
  handle: (batch: SurveyBatch, signal: AbortSignal) => Promise<void>
  /** Messages that are handed over at most at a time: their positions are committed before the next ones are handed over. */
  mostMessages?: number | undefined
  /** Called whenever the member has got partitions and their positions. */
  onJoined: () => void
  /** Ends the membership: the current batch is finished and committed, then the group is left. */
  stopping: AbortSignal
  /** Also ends the handling of the current batch. */
  impatient: AbortSignal
}

/** Most of one fetch, of a partition and of all [B]: bounds the memory that a lag can take. */
const MAXIMUM_PARTITION_BYTES = 4 * 2 ** 20
const MAXIMUM_BYTES = 16 * 2 ** 20
/** With so much a broker answers at once [B]. */
const ENOUGH_BYTES = 2 ** 20
const LONGEST_HEARTBEAT = 3000
/** Partitions that are added to a topic are noticed within this time [ms]. */
const METADATA_AGE = 60_000
/** Retries within kafkajs; after them the membership ends with an error, and another can begin. */
const RETRY: NonNullable<kafkajs.ConsumerConfig['retry']> = { retries: 2, initialRetryTime: 200, maxRetryTime: 2000, restartOnFailure: async () => false }

function * partsOf<Message> (messages: readonly Message[], most: number): Generator<readonly Message[]> {
  for (let from = 0; from < messages.length; from += most) yield messages.slice(from, from + most)
}

/**
 * Resolves after `stopping`.
 * @throws what kafkajs throws, and what `handle` does
 */
export async function readTopics (options: ReaderOptions): Promise<void> {
  const { kafka, groupId, topics, sessionTimeout, lingerMs, handle, mostMessages = Infinity, onJoined, stopping, impatient } = options
  const consumer = kafka.consumer({
    groupId,
    allowAutoTopicCreation: false,
    maxBytes: MAXIMUM_BYTES,
    maxBytesPerPartition: MAXIMUM_PARTITION_BYTES,
    minBytes: ENOUGH_BYTES,
    maxWaitTimeInMs: lingerMs,
    heartbeatInterval: Math.min(LONGEST_HEARTBEAT, sessionTimeout / 3),
    sessionTimeout,
    metadataMaxAge: METADATA_AGE,
    retry: RETRY
  })
  leaveForFormer(consumer, { kafka, groupId, signal: stopping })
  let membership = new AbortController()
  let positioned = Promise.resolve()
  const ended = new Promise<void>((resolve, reject) => {
    consumer.on('consumer.crash', ({ payload: { error } }) => reject(error))
    consumer.on('consumer.group_join', ({ payload }) => {
      membership.abort()
      const joined = membership = new AbortController()
      positioned = takePositions(kafka, consumer, options, payload, joined.signal)
      positioned.then(() => { if (!joined.signal.aborted) onJoined() }, error => { if (!joined.signal.aborted) reject(error) })
    })
    if (stopping.aborted) resolve()
    else stopping.addEventListener('abort', () => resolve(), { once: true })
  })
  const take = async ({ batch, resolveOffset, commitOffsetsIfNecessary, uncommittedOffsets, isStale }: kafkajs.EachBatchPayload, lost: AbortSignal): Promise<void> => {
    const signal = AbortSignal.any([lost, impatient])
    await untilAborted(positioned, signal)
    // The batch may begin elsewhere than at the committed position.
    if (isStale() || signal.aborted) return
    for (const messages of partsOf(batch.messages, mostMessages)) {
      try {
        await handle({ topic: batch.topic, partition: batch.partition, highWatermark: batch.highWatermark, messages }, signal)
      } catch (error) {
        if (impatient.aborted) return
        throw error
      }
      resolveOffset(messages.at(-1)!.offset)
      await commitOffsetsIfNecessary(uncommittedOffsets())
      // What is left is handed over again.
      if (isStale() || stopping.aborted) return
    }
  }
  const eachBatch = (payload: kafkajs.EachBatchPayload): Promise<void> => whileBeating(payload.heartbeat, async lost => {
    await take(payload, lost)
    lost.throwIfAborted()
  })
  let running = Promise.resolve()
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: [...topics], fromBeginning: true })
    running = consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch })
    await Promise.all([running, ended])
  } finally {
    membership.abort()
    // A group that is being joined cannot be left.
    await running.catch(() => {})
    await consumer.disconnect()
  }
}
