/** A part of a changelog's partition, as what it writes to a replica: changes have the replica's numbers. */
import { isDeepStrictEqual } from 'node:util'
import type { Database } from 'lmdb'
import { pack } from 'msgpackr'
import { OBJECT_ID } from '../../../alert/alert.ts'
import { CandelaError } from '../../../errors.ts'
import { MARK_KEY, readMark, type ChangelogEntry, type CommitMark } from '../changelog.ts'
import { candidateIn, unpackListed, unpackWithdrawal, type ListedCandidate } from '../candidates/entry.ts'
import { candidateOf, toClassification, withdrawalOf } from '../../record/classification.ts'
import type { Counters } from '../packed-commit.ts'
import { keyOf, type LmdbObjects } from '../objects.ts'
import { packRecord, unpackPublicationBlock, unpackRecord } from '../../record/packed-record.ts'
import type { ObjectRecord, Publication, StatelessRecord } from '../../record/record.ts'
import { isWithdrawal, type Candidate, type Change, type Classification, type NewCandidate, type NewChange, type Withdrawal } from '../../views.ts'

export interface ReplicaEntry extends ChangelogEntry {
  offset: bigint
  /** Of the record in Kafka [ms since 1970, UTC]. */
  time: number
}

/** What a replica has before the part. */
export interface ReplicaContents {
  objects: LmdbObjects
  changes: Database<Uint8Array, number>
  /** Number of the newest change. */
  sequence: number
  /** Time of the newest classification ever listed, ISO 8601; '' before the first. */
  latest: string
  /** Whether an object's entry is to be taken from this partition. */
  takes: (diaObjectId: string, entry: ReplicaEntry) => boolean
}

/** What the part makes of it. */
export interface ReplicatedPart {
  values: ReadonlyMap<string, Uint8Array | null>
  changes: ReadonlyMap<number, Uint8Array | null>
  /** What was published and not known yet, numbered. */
  published: readonly Change[]
  sequence: number
  latest: string
  /** Of the partition, where a commit ends in the part. */
  counters: Counters | undefined
  /** What could not be read and was left out. */
  leftOut: readonly CandelaError[]
}

/** id, or id/… as keyOf and checkpointsKey make it. */
const KEY = /^([^/]*)(\/([lp]\d{1,9}|s))?$/

const sameClassification = (a: Classification, b: Classification): boolean =>
  a.publishedAt === b.publishedAt && a.epochs === b.epochs && a.revision === b.revision && a.probabilityIa === b.probabilityIa &&
  a.midpointMjdTai === b.midpointMjdTai && a.classShares === b.classShares && a.classifierName === b.classifierName && a.classifierVersion === b.classifierVersion

/** @throws CandelaError `changelog-format` */
export function replicate (entries: readonly ReplicaEntry[], contents: ReplicaContents): ReplicatedPart {
  const replication = new Replication(contents)
  for (const entry of entries) replication.read(entry)
  replication.unpack()
  replication.number()
  return replication
}

class Replication implements ReplicatedPart {
  readonly values = new Map<string, Uint8Array | null>()
  readonly changes = new Map<number, Uint8Array | null>()
  readonly leftOut: CandelaError[] = []
  published: Change[] = []
  sequence: number
  latest: string
  counters: Counters | undefined
  readonly #contents: ReplicaContents
  readonly #marks: CommitMark[] = []
  /** As the part leaves them, with the partition's numbers; null where taken away. */
  readonly #records = new Map<string, ObjectRecord | null>()
  /** When what is taken was written, by key [ms since 1970, UTC]. */
  readonly #times = new Map<string, number>()
  readonly #known = new Map<string, StatelessRecord | undefined>()

  constructor (contents: ReplicaContents) {
    this.#contents = contents
    this.sequence = contents.sequence
    this.latest = contents.latest
  }

  read (entry: ReplicaEntry): void {
    const { key, value } = entry
    if (key !== MARK_KEY) {
      const id = KEY.exec(key)?.[1] ?? ''
      if (!OBJECT_ID.test(id)) this.leftOut.push(notCandelas(key))
      else if (this.#contents.takes(id, entry)) {
        this.values.set(key, value)
        this.#times.set(key, entry.time)
      }
      return
    }
    if (value === null) return
    try {
      const mark = readMark(value)
      this.#marks.push(mark)
      this.counters = mark.standing
    } catch (error) {
      if (!(error instanceof CandelaError) || error.code === 'changelog-format') throw error
      this.leftOut.push(error)
    }
  }

  /** An object whose record cannot be read stays as it was, with what lies beside it. */
  unpack (): void {
    const damaged = new Set<string>()
    for (const [key, value] of this.values) {
      if (key.includes('/')) continue
      try {
        this.#records.set(key, value && unpackRecord(key, value))
      } catch (error) {
        if (!(error instanceof CandelaError)) throw error
        damaged.add(key)
        this.leftOut.push(error)
      }
    }
    if (damaged.size === 0) return
    for (const key of [...this.values.keys()]) if (damaged.has(key.split('/', 1)[0]!)) this.values.delete(key)
  }

  number (): void {
    const news = this.#announced()
    const newest = new Map<string, NewChange>()
    for (const change of news) newest.set(change.diaObjectId, change)
    const listed = new Map<NewChange, ObjectRecord>()
    for (const [id, record] of this.#records) {
      const known = this.#knownOf(id)
      const entry = record && this.#entryOf(record, newest.get(id), known)
      if (entry === 'known') continue
      if (entry) {
        if (entry !== newest.get(id)) news.push(entry)
        listed.set(entry, record)
      } else if (record) {
        this.values.set(id, packRecord({ ...record, sequence: null, late: false }))
      }
      if (known?.sequence) this.changes.set(known.sequence, null)
    }
    // One object's keep their order: those of commits come first, and its newest one behind them.
    news.sort((a, b) => a.publishedAt < b.publishedAt ? -1 : a.publishedAt > b.publishedAt ? 1 : 0)
    this.published = news.map(change => this.#give(change, listed.get(change)))
  }

  /**
   * What an object's entry in the list of changes is to say: `announced` where that is how the record stands; undefined where
   * nothing was published.
   * @returns 'known' where the list says so already
   */
  #entryOf (record: ObjectRecord, announced: NewChange | undefined, known: StatelessRecord | undefined): NewChange | 'known' | undefined {
    if (record.tip === null) {
      if (announced && isWithdrawal(announced)) return announced
      if (!known?.sequence) return undefined
      // The end of the commit that said so has been compacted away.
      if (known.tip) return withdrawalOf(record, this.#times.get(record.diaObjectId) ?? 0)
      this.values.set(record.diaObjectId, packRecord({ ...record, sequence: known.sequence }))
      return 'known'
    }
    const candidate = candidateOf(record, this.#publicationBlock)
    if (!candidate) return undefined
    if (announced && !isWithdrawal(announced) && sameClassification(announced, candidate)) return announced
    if (!known?.sequence || !known.tip || !sameClassification(newestOf(known)!, candidate)) return candidate
    this.#keep(record, candidate, known.sequence)
    return 'known'
  }

  /** What the commits in the part published of its objects, without what the replica has told already. */
  #announced (): NewChange[] {
    const published = this.#marks.flatMap(announced).filter(({ diaObjectId }) => this.#records.has(diaObjectId))
    const told = new Map<string, number>()
    published.forEach((change, index) => { if (this.#isListed(change)) told.set(change.diaObjectId, index) })
    return published.filter(({ diaObjectId }, index) => index > (told.get(diaObjectId) ?? -1))
  }

  /** Whether the list of changes says so already. */
  #isListed (change: NewChange): boolean {
    const known = this.#knownOf(change.diaObjectId)
    if (!isWithdrawal(change)) {
      const before = known && newestOf(known)
      return before !== undefined && sameClassification(before, change)
    }
    const entry = known?.sequence && !known.tip ? this.#contents.changes.get(known.sequence) : undefined
    return entry !== undefined && unpackWithdrawal(entry)?.publishedAt === change.publishedAt
  }

  readonly #publicationBlock = (diaObjectId: string, block: number): readonly Publication[] => {
    const bytes = this.values.get(keyOf(diaObjectId, 'publications', block))
    return bytes ? unpackPublicationBlock(diaObjectId, bytes) : this.#contents.objects.publicationBlock(diaObjectId, block)
  }

  #knownOf (diaObjectId: string): StatelessRecord | undefined {
    if (!this.#known.has(diaObjectId)) this.#known.set(diaObjectId, this.#contents.objects.readable(diaObjectId))
    return this.#known.get(diaObjectId)
  }

  #give (change: NewChange, record: ObjectRecord | undefined): Change {
    const sequence = ++this.sequence
    if (isWithdrawal(change)) {
      if (record) this.#put(record, { ...change, sequence })
      return { ...change, sequence }
    }
    const late = change.publishedAt < this.latest
    if (!late) this.latest = change.publishedAt
    if (record) this.#list(record, sequence, late)
    return { ...change, sequence }
  }

  /** The number that the record had: nothing was published; its position, first detection or rise may be another. */
  #keep (record: ObjectRecord, candidate: NewCandidate, sequence: number): void {
    const value = this.#contents.changes.get(sequence)
    const entry = value && unpackListed(value)
    if (entry && !isDeepStrictEqual(candidateIn(entry), { ...candidate, sequence })) this.#list(record, sequence, entry.late ?? false)
    else this.values.set(record.diaObjectId, packRecord({ ...record, sequence }))
  }

  #list (record: ObjectRecord, sequence: number, late: boolean): void {
    this.#put(record, { ...candidateOf(record, this.#publicationBlock)!, sequence, ...late && { late } })
  }

  #put (record: ObjectRecord, entry: ListedCandidate | Withdrawal): void {
    const { sequence } = entry
    this.changes.set(sequence, pack(entry))
    this.values.set(record.diaObjectId, packRecord({ ...record, sequence, late: 'late' in entry }))
  }
}

/** What a commit published, in order; a mark of an older Candela says less. */
function announced ({ candidates, withdrawals = [] }: CommitMark): NewChange[] {
  const published = [...candidates.map(({ firstDetectionMjdTai = null, rise = null, ...candidate }): Candidate => ({ ...candidate, firstDetectionMjdTai, rise })), ...withdrawals]
  return published.sort((a, b) => a.sequence - b.sequence)
}

function newestOf ({ diaObjectId, publications }: Pick<ObjectRecord, 'diaObjectId' | 'publications'>): Classification | undefined {
  const newest = publications.at(-1)
  return newest && toClassification(diaObjectId, newest)
}

const notCandelas = (key: string): CandelaError => new CandelaError('changelog-damaged', `the changelog has a record with the key '${key.slice(0, 80)}', which Candela does not write`, {
  value: key.slice(0, 80), action: 'See which program else writes to the topic of object records; Candela alone may.'
})
