/** Opens the replica in a folder where it can continue; otherwise an empty replica. */
import { rmSync } from 'node:fs'
import type kafkajs from 'kafkajs'
import pRetry from 'p-retry'
import { CandelaError } from '../../../errors.ts'
import { changelogSource, lettersSource, openLmdbReplica, type Replica } from '../../../state/storage/replica/replica.ts'
import { offsetsOfTopic } from '../client/admin.ts'
import { LONGEST_LEFT_BEHIND } from '../own-topics.ts'

/** Does not wait for the disk, since the changelog has everything. */
const OF_A_CHANGELOG = { synced: false }

/** What is in Kafka now. */
export interface ReplicatedTopics {
  /** Id of the Kafka cluster. */
  cluster: string
  objectRecords: string
  deadLetters: string
  /** Offsets of the first and behind the last record, by source, see changelogSource and lettersSource. */
  offsets: ReadonlyMap<string, { low: bigint, high: bigint }>
}

export interface KeptReplica {
  replica: Replica
  /** Why the replica in the folder was discarded; null where it was not. */
  reason: string | null
}

export const sourceOf = (topic: string, partition: number, { objectRecords }: Pick<ReplicatedTopics, 'objectRecords'>): string =>
  topic === objectRecords ? changelogSource(partition) : lettersSource(partition)

/**
 * Asks several times: a topic that has just been created may have no leader yet.
 * @throws CandelaError as kafkaError
 */
export async function offsetsOf (kafka: kafkajs.Kafka, own: Pick<ReplicatedTopics, 'objectRecords' | 'deadLetters'>, brokers: readonly string[]): Promise<ReplicatedTopics['offsets']> {
  const isPassing = (error: unknown): boolean => error instanceof CandelaError && error.canRetry && error.code !== 'kafka-unreachable'
  return await pRetry(() => askOffsets(kafka, own, brokers), { retries: 6, minTimeout: 200, factor: 2, shouldRetry: ({ error }) => isPassing(error) })
}

async function askOffsets (kafka: kafkajs.Kafka, own: Pick<ReplicatedTopics, 'objectRecords' | 'deadLetters'>, brokers: readonly string[]): Promise<ReplicatedTopics['offsets']> {
  const all = await Promise.all([own.objectRecords, own.deadLetters].map(async topic => {
    const offsets = await offsetsOfTopic(kafka, topic, { brokers, topic })
    return Array.from(offsets, ([partition, ends]) => [sourceOf(topic, partition, own), ends] as const)
  }))
  return new Map(all.flat())
}

/**
 * @param folder of the replica alone
 * @throws CandelaError `data-folder-in-use`, `data-folder-unusable`
 */
export function openReplica (folder: string, topics: ReplicatedTopics, now: number): KeptReplica {
  const { replica, reason } = openOrWhy(folder, topics, now)
  if (replica) return { replica, reason: null }
  rmSync(folder, { recursive: true, force: true })
  const anew = openLmdbReplica(folder, OF_A_CHANGELOG)
  confirmReplica(anew, topics, now)
  return { replica: anew, reason }
}

/** Records that the replica was up to date at this time. */
export const confirmReplica = (replica: Replica, { cluster, objectRecords, deadLetters }: Pick<ReplicatedTopics, 'cluster' | 'objectRecords' | 'deadLetters'>, time: number): void =>
  replica.confirm({ cluster, topics: [objectRecords, deadLetters], time })

function openOrWhy (folder: string, topics: ReplicatedTopics, now: number): { replica?: Replica, reason: string | null } {
  let replica: Replica
  try {
    replica = openLmdbReplica(folder, OF_A_CHANGELOG)
  } catch (error) {
    if (!(error instanceof CandelaError) || (error.code !== 'data-folder-unusable' && error.code !== 'data-folder-version')) throw error
    return { reason: error.message }
  }
  const reason = whyNot(replica, topics, now)
  if (reason === undefined) return { replica, reason: null }
  replica.close().catch(() => {})
  return { reason }
}

/** @returns why the replica cannot continue; null where it is empty, undefined where it can */
function whyNot (replica: Replica, { cluster, objectRecords, deadLetters, offsets }: ReplicatedTopics, now: number): string | null | undefined {
  const origin = replica.origin()
  const sources = replica.sources()
  if (!origin) return null
  if (origin.cluster !== cluster) return `it is of the cluster ${origin.cluster}, and this is ${cluster}`
  if (origin.topics[0] !== objectRecords || origin.topics[1] !== deadLetters) return `it is of the topics ${origin.topics.join(' and ')}`
  if (now - origin.time >= LONGEST_LEFT_BEHIND) return `it was left behind on ${new Date(origin.time).toISOString()}: deletions since then may be forgotten`
  const beyond = sources.find(source => replica.position(source)! > (offsets.get(source)?.high ?? 0n))
  return beyond && `its position in ${beyond} is ${replica.position(beyond)}, and the topic ends at ${offsets.get(beyond)?.high ?? 0n}: it was made anew`
}
