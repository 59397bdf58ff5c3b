/**
 * A member of a group that is gone without having left, as after a kill or an outage of the broker, keeps the group
 * waiting until its session has ended: nobody gets a partition before. Whoever knows that it was itself leaves for it.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import kafkajs from 'kafkajs'

/** Before the next attempt, while no broker answers [ms]. */
const AGAIN_AFTER = 500
/** Then the session has ended, or nothing helps [ms]. */
const LONGEST = 120_000

interface Coordinator {
  leaveGroup (member: { groupId: string, memberId: string }): Promise<unknown>
}

/** kafkajs hands its cluster to an assigner, and has no other way to a group's coordinator. */
type Cluster = Parameters<kafkajs.PartitionAssigner>[0]['cluster']

/**
 * Makes no new member. One that is not there any more is no error.
 * @throws kafkajs's errors
 */
async function leaveFor (memberId: string, groupId: string, kafka: kafkajs.Kafka): Promise<void> {
  let cluster: Cluster | undefined
  const nobody: kafkajs.PartitionAssigner = config => {
    cluster = config.cluster
    return { name: 'candela-nobody', version: 1, assign: async () => [], protocol: () => ({ name: 'candela-nobody', metadata: Buffer.alloc(0) }) }
  }
  const consumer = kafka.consumer({ groupId, partitionAssigners: [nobody], allowAutoTopicCreation: false, retry: { retries: 0 } })
  try {
    await consumer.connect()
    const coordinator = await cluster!.findGroupCoordinator({ groupId }) as unknown as Coordinator
    await coordinator.leaveGroup({ groupId, memberId })
  } catch (error) {
    if (!isGone(error)) throw error
  } finally {
    await consumer.disconnect()
  }
}

const isGone = (error: unknown): boolean => error instanceof kafkajs.KafkaJSProtocolError && error.type === 'UNKNOWN_MEMBER_ID'

/** As leaveFor, until it is done, the signal aborts or the session must have ended. */
async function leaveForWaiting (memberId: string, groupId: string, kafka: kafkajs.Kafka, signal: AbortSignal): Promise<void> {
  const until = performance.now() + LONGEST
  while (!signal.aborted && performance.now() < until) {
    try {
      return await leaveFor(memberId, groupId, kafka)
    } catch {
      await delay(AGAIN_AFTER, undefined, { signal, ref: false }).catch(() => {})
    }
  }
}

export interface FormerMemberOptions {
  kafka: kafkajs.Kafka
  groupId: string
  signal: AbortSignal
  /** Keeps the member's id for the next process on the same data folder, which knows that this one is gone. */
  file?: string
}

/**
 * Has a consumer leave its group for what it was before: a process that was killed, where there is a file, and what
 * kafkajs does not take up again after an outage, when it joins as another member. To be called before it joins.
 */
export function leaveForFormer (consumer: kafkajs.Consumer, { kafka, groupId, signal, file }: FormerMemberOptions): void {
  const leave = (memberId: string): void => {
    if (memberId !== '') leaveForWaiting(memberId, groupId, kafka, signal).catch(() => {})
  }
  let memberId = ''
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    ({ memberId } = payload)
    if (file !== undefined) keep(file, memberId)
  })
  consumer.on(consumer.events.CRASH, () => {
    leave(memberId)
    memberId = ''
  })
  if (file !== undefined && existsSync(file)) leave(readFileSync(file, 'utf8'))
}

/** Where the disk is full, the next process waits for the session's end. */
function keep (file: string, memberId: string): void {
  try {
    writeFileSync(file, memberId)
  } catch {
    rmSync(file, { force: true })
  }
}
