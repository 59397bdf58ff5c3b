/**
 * LeaveGroup for former members. A member that vanished without leaving, as after a kill or an outage of the broker,
 * keeps the group waiting until its session ends: until then nobody gets a partition. A restarted process therefore sends
 * LeaveGroup for its old member id.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { withCluster } from '../client/cluster.ts'

/** Before the next attempt, while no broker answers [ms]. */
const AGAIN_AFTER = 500
/** After this long the session has ended in any case [ms]. */
const LONGEST = 120_000

interface Coordinator {
  leaveGroup (member: { groupId: string, memberId: string }): Promise<unknown>
}

/**
 * Sends LeaveGroup without joining. A member that the group no longer has is no error.
 * @throws kafkajs's errors
 */
async function leaveFor (memberId: string, groupId: string, kafka: kafkajs.Kafka): Promise<void> {
  try {
    await withCluster(kafka, async cluster => {
      const coordinator = await cluster.findGroupCoordinator({ groupId }) as unknown as Coordinator
      await coordinator.leaveGroup({ groupId, memberId })
    })
  } catch (error) {
    if (!isGone(error)) throw error
  }
}

const isGone = (error: unknown): boolean => error instanceof kafkajs.KafkaJSProtocolError && error.type === 'UNKNOWN_MEMBER_ID'

/** Repeats leaveFor until it succeeds, the signal aborts, or the session must have ended. */
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
  /** Keeps the member id for the next process on the same data folder: it can only start when this one is gone. */
  file?: string
}

/**
 * Sends LeaveGroup for the consumer's former member ids: that of a killed process, where a file keeps it, and that from
 * before an outage, since kafkajs joins as a new member afterwards. Call it before the consumer joins.
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

/** On a full disk the id is not kept: the next process then waits for the end of the session. */
function keep (file: string, memberId: string): void {
  try {
    writeFileSync(file, memberId)
  } catch {
    rmSync(file, { force: true })
  }
}
