/**
 * A copy of what the state stores of all partitions keep, in LMDB, made from their changelogs: for reading alone.
 * Numbers of changes are its own, one rising sequence over all partitions.
 */
import { unpack } from 'msgpackr'
import type { Database } from 'lmdb'
import { CandelaError } from '../../../errors.ts'
import { emptyAccounting } from '../../accounting.ts'
import { CandidateList } from '../candidates/list.ts'
import { DATA_FORMAT } from '../data-file.ts'
import type { LmdbDeadLetters } from '../dead-letters.ts'
import { openFolder, type FolderOptions, type LmdbFolder } from '../folder.ts'
import { LmdbReader, type ReadCounters } from '../reader.ts'
import { emptyTally, type Counters, type Tally } from '../packed-commit.ts'
import { Owners } from './owners.ts'
import { replicate, type ReplicaEntry, type ReplicatedPart } from './part.ts'
import { sumOfAccounting } from '../../statistics.ts'
import type { DeadLetter } from '../../store.ts'
import type { Change, DeadLetterReader, ObjectReader } from '../../views.ts'

/** What a replica is one of. */
export interface ReplicaOrigin {
  /** Id of the Kafka cluster. */
  cluster: string
  /** Of the changelog, and of the dead letters. */
  topics: readonly string[]
  /** When it last had all that they had [ms since 1970, UTC]; of one that never had, when it began. */
  time: number
}

/** Records of a partition that follow each other. */
export interface ChangelogPart {
  partition: number
  entries: readonly ReplicaEntry[]
  /** Offset behind them. */
  next: bigint
}

export interface LetterPart {
  partition: number
  /** By number, null where one is settled. */
  letters: ReadonlyMap<number, DeadLetter | null>
  next: bigint
}

export interface AppliedPart {
  /** What the subscribers were told. */
  published: readonly Change[]
  /** What could not be read and was left out. */
  leftOut: readonly CandelaError[]
}

/** Names of positions. */
export const changelogSource = (partition: number): string => `changelog/${partition}`
export const lettersSource = (partition: number): string => `dead-letters/${partition}`

export interface Replica {
  readonly reader: ObjectReader
  readonly deadLetters: DeadLetterReader
  /** Undefined before the first `confirm`. */
  origin (): ReplicaOrigin | undefined
  /** Offset of the next record of a source; undefined where nothing was read of it. */
  position (source: string): bigint | undefined
  /** Names of the sources that have a position. */
  sources (): string[]
  /**
   * Writes a part in one LMDB transaction, then tells the subscribers what it published. Entries below the partition's
   * position are known already and change nothing. Cut behind a commit's mark, readers see whole commits.
   * @throws CandelaError `commit-failed`, `changelog-format`: nothing is stored then
   */
  apply (part: ChangelogPart): AppliedPart
  /** @throws CandelaError `commit-failed`: nothing is stored then */
  applyLetters (part: LetterPart): void
  /** @throws CandelaError `commit-failed` */
  confirm (origin: ReplicaOrigin): void
  close (): Promise<void>
}

export interface ReplicaOptions extends FolderOptions {
  /** [ms since 1970, UTC] */
  now?: () => number
}

/** State stores and replicas do not take each other's folders for their own. */
const FORMAT = `replica ${DATA_FORMAT}`

/**
 * Opens or makes a replica's folder.
 * @throws CandelaError `data-folder-in-use`, `data-folder-version`, `data-folder-unusable`
 */
export const openLmdbReplica = (folder: string, options: ReplicaOptions = {}): Replica => openFolder(folder, options, opened => new LmdbReplica(opened, options))

class LmdbReplica implements Replica {
  readonly reader: LmdbReader
  readonly deadLetters: LmdbDeadLetters
  readonly #folder: LmdbFolder
  readonly #candidates: CandidateList
  readonly #owners: Database<Uint8Array, string>
  readonly #countersOf: Map<number, Counters>
  /** Undefined where it is to be summed anew. */
  #sum: Pick<Counters, 'accounting' | 'tally'> | undefined
  #sequence: number
  #latest: string

  constructor (folder: LmdbFolder, { now = Date.now }: ReplicaOptions) {
    this.#folder = folder
    this.#owners = folder.table('owners')
    const format = folder.meta('format')
    if (format === undefined && folder.objects.count() === 0) {
      // Numbers above those of a replica that was here before: whoever resumes from one of those gets everything again.
      folder.write('a new replica', () => {
        folder.putMeta('sequence', now())
        folder.putMeta('format', FORMAT)
      })
    } else if (format !== FORMAT) {
      throw new CandelaError('data-folder-version', `folder ${folder.folder} has format ${String(format)}, and not ${FORMAT}`, {
        value: format, action: 'Choose another --data-dir for a process that answers queries.'
      })
    }
    this.#sequence = folder.meta('sequence') as number
    this.#latest = folder.meta('published') as string | undefined ?? ''
    this.#countersOf = new Map(this.#named('standing/').map(([name, counters]) => [Number(name), counters as Counters]))
    this.deadLetters = folder.deadLetters
    this.#candidates = CandidateList.ordered(folder)
    this.reader = new LmdbReader(folder.objects, this.#candidates, () => this.#counters())
  }

  #named (prefix: string): Array<[string, unknown]> {
    const range = this.#folder.tables.meta.getRange({ start: prefix, end: `${prefix}\uffff` })
    return Array.from(range, ({ key, value }) => [key.slice(prefix.length), unpack(value)])
  }

  #counters (): ReadCounters {
    this.#sum ??= {
      accounting: [...this.#countersOf.values()].map(({ accounting }) => accounting).reduce(sumOfAccounting, emptyAccounting()),
      tally: [...this.#countersOf.values()].map(({ tally }) => tally).reduce(sumOfTallies, emptyTally())
    }
    return { ...this.#sum, sequence: this.#sequence, deadLetters: this.deadLetters.count() }
  }

  origin (): ReplicaOrigin | undefined {
    return this.#folder.meta('origin') as ReplicaOrigin | undefined
  }

  position (source: string): bigint | undefined {
    const offset = this.#folder.meta(`position/${source}`) as string | undefined
    return offset === undefined ? undefined : BigInt(offset)
  }

  sources (): string[] {
    return this.#named('position/').map(([source]) => source)
  }

  apply ({ partition, entries, next }: ChangelogPart): AppliedPart {
    const source = changelogSource(partition)
    const position = this.position(source) ?? 0n
    if (next <= position) return { published: [], leftOut: [] }
    const owners = new Owners(this.#owners, partition)
    const part = replicate(entries.filter(({ offset }) => offset >= position), {
      objects: this.#folder.objects,
      changes: this.#candidates.changes,
      sequence: this.#sequence,
      latest: this.#latest,
      takes: (diaObjectId, entry) => owners.take(diaObjectId, entry)
    })
    this.#folder.write(`${entries.length} records of the changelog`, () => {
      this.#put(part, partition)
      owners.put(part.values)
      this.#folder.putMeta(`position/${source}`, String(next))
    })
    this.#sequence = part.sequence
    this.#latest = part.latest
    if (part.counters) {
      this.#countersOf.set(partition, part.counters)
      this.#sum = undefined
    }
    this.reader.announce(part.published)
    return part
  }

  /** Within a transaction. */
  #put ({ values, changes, sequence, latest, counters }: ReplicatedPart, partition: number): void {
    for (const [key, value] of values) this.#folder.objects.put(key, value)
    this.#candidates.put(changes)
    if (sequence !== this.#sequence) this.#folder.putMeta('sequence', sequence)
    if (latest !== this.#latest) this.#folder.putMeta('published', latest)
    if (counters) this.#folder.putMeta(`standing/${partition}`, counters)
  }

  applyLetters ({ partition, letters, next }: LetterPart): void {
    const source = lettersSource(partition)
    if (next <= (this.position(source) ?? 0n)) return
    this.#folder.write(`${letters.size} dead letters`, () => {
      for (const [number, letter] of letters) {
        if (letter === null) this.deadLetters.remove(number)
        else this.deadLetters.add(number, [letter])
      }
      this.#folder.putMeta(`position/${source}`, String(next))
    })
  }

  confirm (origin: ReplicaOrigin): void {
    this.#folder.write('the origin of the replica', () => this.#folder.putMeta('origin', origin))
  }

  async close (): Promise<void> {
    await this.#folder.close()
  }
}

const sumOfTallies = (a: Tally, b: Tally): Tally => ({
  republished: a.republished + b.republished,
  archivedObjects: a.archivedObjects + b.archivedObjects,
  archivedPublications: a.archivedPublications + b.archivedPublications,
  deadLettersDiscarded: a.deadLettersDiscarded + b.deadLettersDiscarded
})
