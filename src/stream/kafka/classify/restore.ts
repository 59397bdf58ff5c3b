/** Restores the state store of a partition: brings it to the end of its changelog. */
import { rmSync } from 'node:fs'
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import { MARK_KEY, readMark, type CommitMark } from '../../../state/storage/changelog.ts'
import { openLmdbStore } from '../../../state/storage/store.ts'
import type { RestorableStore } from '../../../state/storage/restorable-store.ts'
import { LONGEST_LEFT_BEHIND } from '../own-topics.ts'
import { offsetsOfTopic } from '../client/admin.ts'
import { readPartition } from '../group/partition-reader.ts'

/** A task's store answers no queries, so it needs no orders of candidates. It does not wait for the disk, since the changelog has everything. */
const OF_A_TASK = { orders: false, synced: false }

/** Name of the store's position in the changelog. */
export const CHANGELOG = 'changelog'

/** How far a store contains its changelog. */
export interface ChangelogPosition {
  /** Id of the Kafka cluster. */
  cluster: string
  topic: string
  /** Of the next record, in digits. */
  offset: string
  /** When it was written [ms since 1970, UTC]. */
  time: number
}

export interface RestoreOptions {
  kafka: kafkajs.Kafka
  /** Id of the Kafka cluster. */
  cluster: string
  topic: string
  partition: number
  /** Folder of the store. Created where missing, discarded where it belongs to another changelog. */
  folder: string
  /** Beginning of the names of consumer groups. */
  group: string
  signal: AbortSignal
  /** Called for each part of the changelog that has been written. */
  onRecords?: (records: number) => void
}

/**
 * Former writers of the changelog must be fenced already.
 * @throws CandelaError `changelog-format`, `changelog-damaged`, those of a data folder; kafkajs's errors
 */
export async function openRestored (options: RestoreOptions): Promise<RestorableStore> {
  const { kafka, cluster, topic, partition, folder, group, signal, onRecords } = options
  const { low, high } = (await offsetsOfTopic(kafka, topic)).get(partition) ?? { low: 0n, high: 0n }
  const now = Date.now()
  const at = (offset: bigint): Record<string, ChangelogPosition> => ({ [CHANGELOG]: { cluster, topic, offset: String(offset), time: now } })
  const { store, from } = openKept(folder, { cluster, topic, low, high, now })
  try {
    // The last offset is that of the transaction marker, which is no record.
    if (high - from > 1n) {
      await readPartition({
        kafka,
        topic,
        partition,
        from,
        until: high,
        group: `${group}-restore`,
        signal,
        async onRecords (records, next) {
          await store.restore(restoredOf(records, at(next)))
          onRecords?.(records.length)
        }
      })
      await store.restore({ entries: new Map(), positions: at(high) })
    }
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

interface Changelog { cluster: string, topic: string, low: bigint, high: bigint, now: number }

/** The store in the folder, or an empty store where the folder cannot be used. */
function openKept (folder: string, { cluster, topic, low, high, now }: Changelog): { store: RestorableStore, from: bigint } {
  const kept = openOrNothing(folder)
  const position = kept?.position(CHANGELOG) as ChangelogPosition | undefined
  const usable = position !== undefined && position.cluster === cluster && position.topic === topic &&
    BigInt(position.offset) <= high && now - position.time < LONGEST_LEFT_BEHIND
  if (kept && usable) return { store: kept, from: BigInt(position.offset) }
  if (kept && position === undefined && [...kept.objects.ids()].length === 0) return { store: kept, from: low }
  kept?.close().catch(() => {})
  rmSync(folder, { recursive: true, force: true })
  return { store: openLmdbStore(folder, OF_A_TASK), from: low }
}

/** A damaged folder, or one of another format, is discarded: the changelog has everything. */
function openOrNothing (folder: string): RestorableStore | undefined {
  try {
    return openLmdbStore(folder, OF_A_TASK)
  } catch (error) {
    if (error instanceof CandelaError && (error.code === 'data-folder-unusable' || error.code === 'data-folder-version')) return undefined
    throw error
  }
}

function restoredOf (records: readonly kafkajs.KafkaMessage[], positions: Readonly<Record<string, unknown>>): Parameters<RestorableStore['restore']>[0] {
  const entries = new Map<string, Uint8Array | null>()
  let mark: CommitMark | undefined
  for (const { key, value } of records) {
    const name = String(key)
    if (name !== MARK_KEY) entries.set(name, value)
    else if (value !== null) mark = readMark(value)
  }
  return { entries, ...mark && { counters: mark.standing }, positions: { ...mark?.positions, ...positions } }
}
