/** A part of a changelog's partition, as what it writes to a replica: changes have the replica's numbers. */
import { isDeepStrictEqual } from 'node:util'
import type { Database } from 'lmdb'
import { pack } from 'msgpackr'
import { OBJECT_ID } from '../alert/alert.ts'
import { CandelaError } from '../errors.ts'
import { MARK_KEY, readMark, type ChangelogEntry, type CommitMark } from './changelog.ts'
import { candidateIn, unpackListed, type ListedCandidate } from './candidates/entry.ts'
import { candidateOf, toClassification } from './classification.ts'
import type { Standing } from './packed-commit.ts'
import { keyOf, type LmdbObjects } from './lmdb-objects.ts'
import { packRecord, unpackPublicationBlock, unpackRecord, type StatelessRecord } from './packed-record.ts'
import type { ObjectRecord, Publication } from './record.ts'
import type { Candidate, Classification } from './views.ts'

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
  published: string
  /** Whether an object's entry is to be taken from this partition. */
  takes: (diaObjectId: string, entry: ReplicaEntry) => boolean
}

/** What the part makes of it. */
export interface ReplicatedPart {
  values: ReadonlyMap<string, Uint8Array | null>
  changes: ReadonlyMap<number, Uint8Array | null>
  /** What was published and not known yet, numbered. */
  candidates: readonly Candidate[]
  sequence: number
  published: string
  /** Of the partition, where a commit ends in the part. */
  standing: Standing | undefined
  /** What could not be read and was left out. */
  leftOut: readonly CandelaError[]
}

/** id, or id/… as keyOf and settledKey make it. */
const KEY = /^([^/]*)(\/([lp]\d{1,9}|s))?$/

const sameClassification = (a: Classification, b: Classification): boolean =>
  a.publishedAt === b.publishedAt && a.epochs === b.epochs && a.revision === b.revision && a.probabilityIa === b.probabilityIa &&
  a.midpointMjdTai === b.midpointMjdTai && a.classifierName === b.classifierName && a.classifierVersion === b.classifierVersion

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
  candidates: Candidate[] = []
  sequence: number
  published: string
  standing: Standing | undefined
  readonly #contents: ReplicaContents
  readonly #marks: CommitMark[] = []
  /** As the part leaves them, with the partition's numbers; null where taken away. */
  readonly #records = new Map<string, ObjectRecord | null>()
  readonly #known = new Map<string, StatelessRecord | undefined>()

  constructor (contents: ReplicaContents) {
    this.#contents = contents
    this.sequence = contents.sequence
    this.published = contents.published
  }

  read (entry: ReplicaEntry): void {
    const { key, value } = entry
    if (key !== MARK_KEY) {
      const id = KEY.exec(key)?.[1] ?? ''
      if (!OBJECT_ID.test(id)) this.leftOut.push(notCandelas(key))
      else if (this.#contents.takes(id, entry)) this.values.set(key, value)
      return
    }
    if (value === null) return
    try {
      const mark = readMark(value)
      this.#marks.push(mark)
      this.standing = mark.standing
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
    const newest = new Map<string, Omit<Candidate, 'sequence'>>()
    for (const candidate of news) newest.set(candidate.diaObjectId, candidate)
    const listed = new Map<Omit<Candidate, 'sequence'>, ObjectRecord>()
    for (const [id, record] of this.#records) {
      const known = this.#knownOf(id)
      const candidate = record?.tip ? candidateOf(record, this.#publicationBlock) : undefined
      const fresh = newest.get(id)
      if (record && candidate && fresh && sameClassification(fresh, candidate)) {
        listed.set(fresh, record)
      } else if (record && candidate && known?.sequence && sameClassification(newestOf(known)!, candidate)) {
        this.#keep(record, candidate, known.sequence)
        continue
      } else if (record && candidate) {
        news.push(candidate)
        listed.set(candidate, record)
      } else if (record) {
        this.values.set(id, packRecord({ ...record, sequence: null }))
      }
      if (known?.sequence) this.changes.set(known.sequence, null)
    }
    // One object's keep their order: those of commits come first, and its newest one behind them.
    news.sort((a, b) => a.publishedAt < b.publishedAt ? -1 : a.publishedAt > b.publishedAt ? 1 : 0)
    this.candidates = news.map(candidate => this.#give(candidate, listed.get(candidate)))
  }

  /** What the commits in the part published of its objects, without what the replica has told already. */
  #announced (): Array<Omit<Candidate, 'sequence'>> {
    const published = this.#marks.flatMap(({ candidates }) => candidates.map(announced)).filter(({ diaObjectId }) => this.#records.has(diaObjectId))
    const told = new Map<string, number>()
    published.forEach((candidate, index) => {
      const known = this.#knownOf(candidate.diaObjectId)
      const before = known && newestOf(known)
      if (before && sameClassification(before, candidate)) told.set(candidate.diaObjectId, index)
    })
    return published.filter(({ diaObjectId }, index) => index > (told.get(diaObjectId) ?? -1))
  }

  readonly #publicationBlock = (diaObjectId: string, block: number): readonly Publication[] => {
    const bytes = this.values.get(keyOf(diaObjectId, 'publications', block))
    return bytes ? unpackPublicationBlock(diaObjectId, bytes) : this.#contents.objects.publicationBlock(diaObjectId, block)
  }

  #knownOf (diaObjectId: string): StatelessRecord | undefined {
    if (!this.#known.has(diaObjectId)) this.#known.set(diaObjectId, this.#contents.objects.readable(diaObjectId))
    return this.#known.get(diaObjectId)
  }

  #give (candidate: Omit<Candidate, 'sequence'>, record: ObjectRecord | undefined): Candidate {
    const sequence = ++this.sequence
    const late = candidate.publishedAt < this.published
    if (!late) this.published = candidate.publishedAt
    if (record) this.#list(record, sequence, late)
    return { ...candidate, sequence }
  }

  /** The number that the record had: nothing was published; its position, first detection or rise may be another. */
  #keep (record: ObjectRecord, candidate: Omit<Candidate, 'sequence'>, sequence: number): void {
    const value = this.#contents.changes.get(sequence)
    const entry = value && unpackListed(value)
    if (entry && !isDeepStrictEqual(candidateIn(entry), { ...candidate, sequence })) this.#list(record, sequence, entry.late ?? false)
    else this.values.set(record.diaObjectId, packRecord({ ...record, sequence }))
  }

  #list (record: ObjectRecord, sequence: number, late: boolean): void {
    const entry: ListedCandidate = { ...candidateOf(record, this.#publicationBlock)!, sequence, ...late && { late } }
    this.changes.set(sequence, pack(entry))
    this.values.set(record.diaObjectId, packRecord({ ...record, sequence }))
  }
}

/** A mark of an older Candela says less. */
const announced = ({ firstDetectionMjdTai = null, rise = null, ...candidate }: Candidate): Candidate => ({ ...candidate, firstDetectionMjdTai, rise })

function newestOf ({ diaObjectId, publications }: Pick<ObjectRecord, 'diaObjectId' | 'publications'>): Classification | undefined {
  const newest = publications.at(-1)
  return newest && toClassification(diaObjectId, newest)
}

const notCandelas = (key: string): CandelaError => new CandelaError('changelog-damaged', `the changelog has a record with the key '${key.slice(0, 80)}', which Candela does not write`, {
  value: key.slice(0, 80), action: 'See which program else writes to the topic of object records; Candela alone may.'
})
