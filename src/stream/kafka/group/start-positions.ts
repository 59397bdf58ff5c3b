/**
 * Where a group begins in a partition that it has not read yet. kafkajs can begin only at either end, and does not commit
 * its choice. Here the leader of the group commits a position for every such partition, so that all members agree, also
 * on a partition that moves before its first message.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import type { Start } from '../../../kafka-settings.ts'
import { withAdmin } from '../client/admin.ts'

export interface GroupPosition {
  groupId: string
  topics: readonly string[]
  start: Start
  /** Topics that were missing at the start: everything in them is new, so 'latest' and an offset are their beginning. */
  awaited?: ReadonlySet<string> | undefined
}

export interface Membership {
  isLeader: boolean
  /** Topic → partitions of this member. */
  memberAssignment: Record<string, number[]>
}

interface Position { topic: string, partition: number, offset: string }

/** Between two looks at what the leader has committed [ms]. */
const PAUSE = 200

/**
 * Resolves when every partition of this member has a committed position, where its reading begins. A topic that the
 * group has never read begins at `start`; a partition that was added later begins at its first record.
 * @param signal aborts when the membership ends
 */
export async function takePositions (kafka: kafkajs.Kafka, consumer: Pick<kafkajs.Consumer, 'seek' | 'commitOffsets'>, group: GroupPosition, { isLeader, memberAssignment }: Membership, signal: AbortSignal): Promise<void> {
  const isOurs = ({ topic, partition }: Position): boolean => memberAssignment[topic]?.includes(partition) ?? false
  await withAdmin(kafka, async admin => {
    for (;;) {
      const positions = await committed(admin, group)
      const ours = positions.filter(isOurs)
      if (!ours.some(isMissing)) {
        // Every partition: kafkajs may have asked before the leader committed, and have begun elsewhere.
        for (const position of ours) consumer.seek(position)
        return
      }
      if (signal.aborted) return
      const isDone = isLeader && await isCommitted(consumer, await startsOf(admin, positions, group))
      if (!isDone) await sleep(PAUSE)
    }
  })
}

/** Answers of a coordinator during a rebalance: this membership ends soon, and another begins. */
const REBALANCING = new Set(['REBALANCE_IN_PROGRESS', 'NOT_COORDINATOR_FOR_GROUP', 'ILLEGAL_GENERATION', 'UNKNOWN_MEMBER_ID'])

async function isCommitted (consumer: Pick<kafkajs.Consumer, 'commitOffsets'>, positions: Position[]): Promise<boolean> {
  try {
    await consumer.commitOffsets(positions)
    return true
  } catch (error) {
    for (let thrown = error; thrown instanceof Error; thrown = thrown.cause) {
      if (REBALANCING.has((thrown as Error & { type?: string }).type ?? '')) return false
    }
    throw error
  }
}

/** kafkajs commits -2 where the broker has deleted the next record of a group. */
const isUnread = ({ offset }: Position): boolean => offset === '-1'
const isMissing = ({ offset }: Position): boolean => Number(offset) < 0

async function committed (admin: kafkajs.Admin, { groupId, topics }: GroupPosition): Promise<Position[]> {
  const found = await admin.fetchOffsets({ groupId, topics: [...topics] })
  return found.flatMap(({ topic, partitions }) => partitions.map(({ partition, offset }) => ({ topic, partition, offset })))
}

/** Of all partitions without a position. */
async function startsOf (admin: kafkajs.Admin, positions: readonly Position[], { start, awaited }: GroupPosition): Promise<Position[]> {
  const topics = [...new Set(positions.filter(isMissing).map(({ topic }) => topic))]
  const starts = await Promise.all(topics.map(async topic => {
    const ofTopic = positions.filter(position => position.topic === topic)
    const isLate = !ofTopic.every(isUnread) || (awaited?.has(topic) && !(typeof start === 'object' && 'time' in start))
    const offsets = await offsetsAt(admin, topic, isLate ? 'earliest' : start)
    return ofTopic.filter(isMissing).map(({ partition }) => ({ topic, partition, offset: offsets.get(partition)! })).filter(({ offset }) => offset !== undefined)
  }))
  return starts.flat()
}

/** Partition → offset; an offset or a time outside of what there is becomes the nearest end. */
async function offsetsAt (admin: kafkajs.Admin, topic: string, start: Start): Promise<Map<number, string>> {
  if (typeof start === 'object' && 'time' in start) {
    const found = await admin.fetchTopicOffsetsByTimestamp(topic, start.time)
    return new Map(found.map(({ partition, offset }) => [partition, offset]))
  }
  const ends = await admin.fetchTopicOffsets(topic)
  return new Map(ends.map(({ partition, low, high }) => {
    if (start === 'earliest') return [partition, low]
    if (start === 'latest') return [partition, high]
    return [partition, String(Math.min(Math.max(start.offset, Number(low)), Number(high)))]
  }))
}
