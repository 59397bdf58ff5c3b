/** How far a replica has read a partition, and the records that wait in memory for the end of their commit. */
import type kafkajs from 'kafkajs'
import { MARK_KEY } from '../../../state/storage/changelog.ts'
import type { ChangelogPart } from '../../../state/storage/replica/replica.ts'
import type { ReplicaEntry } from '../../../state/storage/replica/part.ts'

/** Fewest entries of a write. HTTP waits during a write, so more of them make answers slower and catching up faster. */
const PART = 250
/** A larger commit is written before its end has come [bytes]: bounds memory, but readers see a part of the commit. */
const LARGEST_COMMIT = 64 * 2 ** 20

export interface PartitionReading {
  readonly topic: string
  readonly partition: number
  /** Offset where the reading began. */
  readonly from: bigint
  /** End of the partition when the reading began. */
  readonly until: bigint
  /** Offset of the next record to be read. */
  next: bigint
}

export const isCaughtUp = ({ next, until }: PartitionReading): boolean => next >= until

/** @param more number of further partitions that have not caught up */
export function progressOf ({ topic, partition, from, until, next }: PartitionReading, more: number): string {
  const count = (records: bigint): string => Number(records).toLocaleString('en')
  return `catching up: partition ${partition} of ${topic}, ${count(next - from)} of ${count(until - from)} records${more > 0 ? `; ${more} more partitions` : ''}`
}

export class ChangelogBuffer {
  readonly #partition: number
  #entries: ReplicaEntry[] = []
  #bytes = 0

  constructor (partition: number) {
    this.#partition = partition
  }

  add ({ key, value, offset, timestamp }: kafkajs.KafkaMessage): void {
    this.#entries.push({ key: key === null ? '' : String(key), value, offset: BigInt(offset), time: Number(timestamp) })
    this.#bytes += (key?.length ?? 0) + (value?.length ?? 0)
  }

  /**
   * Removes what can be written, in parts.
   * @param whole whether readers are to see whole commits; otherwise parts end behind any record of an object, which
   *   bounds memory
   * @param next offset behind the last added record
   */
  * parts (whole: boolean, next: bigint): Generator<ChangelogPart> {
    const commits = whole && this.#bytes <= LARGEST_COMMIT
    let first = 0
    let end = 0
    for (const [index, { key }] of this.#entries.entries()) {
      // Blocks of an object have a slash in their keys and come before its record.
      if (commits ? key !== MARK_KEY : key.includes('/')) continue
      end = index + 1
      if (end - first < PART) continue
      yield this.#part(first, end, next)
      first = end
    }
    if (end > first) yield this.#part(first, end, next)
    this.#entries = this.#entries.slice(end)
    this.#bytes = this.#entries.reduce((bytes, { key, value }) => bytes + key.length + (value?.length ?? 0), 0)
  }

  #part (first: number, end: number, next: bigint): ChangelogPart {
    const entries = this.#entries.slice(first, end)
    return { partition: this.#partition, entries, next: end === this.#entries.length ? next : entries.at(-1)!.offset + 1n }
  }
}
