/** A commit as bytes: what the state store writes in one transaction and the changelog carries. */
import { pack } from 'msgpackr'
import type { Database } from 'lmdb'
import { counted } from '../accounting.ts'
import { unpackListed, unpackWithdrawal, type ListedCandidate } from './candidates/entry.ts'
import { candidateOf, shownPosition } from '../record/classification.ts'
import { keyOf, checkpointsKey, type LmdbObjects } from './objects.ts'
import { packPointBlock, packPublicationBlock, packRecord, packCheckpoints } from '../record/packed-record.ts'
import { BLOCK_LENGTH, type ObjectRecord } from '../record/record.ts'
import type { Commit, RecordWrite } from '../store.ts'
import { isCandidate, isWithdrawal, type Accounting, type Candidate, type Change, type Withdrawal } from '../views.ts'

/** Counters beside the accounting. */
export interface Tally {
  /** Classifications published for another reason than an alert: a host redshift that was given, another model. */
  republished: number
  /** Objects and publications in archives; negative where they came from the archives of another store. */
  archivedObjects: number
  archivedPublications: number
  /** Dead letters that were discarded. */
  deadLettersDiscarded: number
}

export const emptyTally = (): Tally => ({ republished: 0, archivedObjects: 0, archivedPublications: 0, deadLettersDiscarded: 0 })

/** The counters of a store after a commit. */
export interface Counters {
  /** Number of the newest change. */
  sequence: number
  /** Number of the newest dead letter; numbers are never reused. */
  letterNumber: number
  accounting: Accounting
  tally: Tally
}

/** Values by key; null removes one. Ids have no slash, which tells keys of records from keys of the blocks beside them. */
export type Entries = ReadonlyMap<string, Uint8Array | null>

export interface PackedCommit extends Pick<Commit, 'deadLetters' | 'retried' | 'discarded' | 'positions' | 'alerts'> {
  /** Records by id, and the blocks beside them, see keyOf; the blocks come before the record. */
  entries: Entries
  /** The list of changes, by number. */
  changes: ReadonlyMap<number, Uint8Array | null>
  /** The classifications of the commit, numbered. */
  candidates: readonly Candidate[]
  /** The withdrawals of the commit, numbered with the classifications. */
  withdrawals: readonly Withdrawal[]
  counters: Counters
}

export interface PackingStore {
  objects: LmdbObjects
  changes: Database<Uint8Array, number>
  counters: Counters
}

/** @throws CandelaError `record-damaged` where an object that leaves or comes back cannot be read */
export function packCommit (commit: Commit, store: PackingStore): PackedCommit {
  const { deadLetters, retried, discarded = [], positions, alerts } = commit
  const packing = new Packing(store)
  const published = packing.number(commit.classifications)
  const withdrawals = published.filter(change => isWithdrawal(change))
  const candidates = published.filter(isCandidate)
  packing.archive(commit.archived ?? [])
  const records = commit.takenBack ? packing.place(commit.records) : commit.records
  const newest = new Map(published.map(change => [change.diaObjectId, change]))
  for (const one of records) packing.write(one, newest.get(one.record.diaObjectId))
  const { accounting: before, tally, letterNumber } = store.counters
  const accounting = counted(before, alerts.map(({ outcome }) => outcome), alerts.filter(({ received }) => received.deadLetter !== undefined).length)
  return {
    deadLetters,
    ...retried && { retried },
    discarded,
    positions,
    alerts,
    entries: packing.entries,
    changes: packing.changes,
    candidates,
    withdrawals,
    counters: {
      sequence: packing.sequence,
      letterNumber: letterNumber + deadLetters.length,
      accounting,
      tally: {
        republished: tally.republished + candidates.length - (accounting.classified - before.classified),
        deadLettersDiscarded: tally.deadLettersDiscarded + discarded.length,
        archivedObjects: tally.archivedObjects + packing.archivedObjects,
        archivedPublications: tally.archivedPublications + packing.archivedPublications
      }
    }
  }
}

/** Classifications of one batch have numbers in the order of their alerts and times in the order of their steps [ms]: more than a batch takes. */
const WITHIN_BATCH = 60_000

const publicationsOf = ({ publications, closedPublicationBlocks }: ObjectRecord): number => closedPublicationBlocks * BLOCK_LENGTH + publications.length

/** A write as bytes; the record comes last. */
export function * entriesOf ({ record, pointBlocks, publicationBlocks, checkpoints }: RecordWrite): Generator<[string, Uint8Array | null]> {
  const { diaObjectId } = record
  for (const [block, points] of pointBlocks) yield [keyOf(diaObjectId, 'points', block), packPointBlock(points)]
  for (const [block, publications] of publicationBlocks) yield [keyOf(diaObjectId, 'publications', block), packPublicationBlock(publications)]
  if (checkpoints) yield [checkpointsKey(diaObjectId), checkpoints.length === 0 ? null : packCheckpoints(checkpoints)]
  yield [diaObjectId, packRecord(record)]
}

/** The facts of a record that its entry in the list of changes repeats. */
const listedFacts = (record: ObjectRecord): Pick<Candidate, 'ra' | 'dec' | 'firstDetectionMjdTai'> => ({ ...shownPosition(record), firstDetectionMjdTai: record.firstDetectionMjdTai })

class Packing {
  readonly entries = new Map<string, Uint8Array | null>()
  readonly changes = new Map<number, Uint8Array | null>()
  sequence: number
  archivedObjects = 0
  archivedPublications = 0
  readonly #store: PackingStore

  constructor (store: PackingStore) {
    this.#store = store
    this.sequence = store.counters.sequence
  }

  number (published: Commit['classifications']): Change[] {
    return published.map(change => ({ ...change, sequence: ++this.sequence }))
  }

  /** Removes objects that leave the store, and counts them. */
  archive (ids: readonly string[]): void {
    for (const diaObjectId of ids) {
      const record = this.#store.objects.get(diaObjectId)
      if (!record) continue
      if (record.sequence !== null) this.changes.set(record.sequence, null)
      for (let block = 0; block < record.closedPointBlocks; block++) this.entries.set(keyOf(diaObjectId, 'points', block), null)
      for (let block = 0; block < record.closedPublicationBlocks; block++) this.entries.set(keyOf(diaObjectId, 'publications', block), null)
      this.entries.set(checkpointsKey(diaObjectId), null)
      this.entries.set(diaObjectId, null)
      this.archivedObjects++
      this.archivedPublications += publicationsOf(record)
    }
  }

  /** Gives records that are taken back their place in the list of changes, removes their other entry, and counts them. */
  place (records: readonly RecordWrite[]): RecordWrite[] {
    return records.map(write => {
      const { record } = write
      const known = this.#store.objects.get(record.diaObjectId)
      this.archivedObjects--
      this.archivedPublications -= publicationsOf(record) - (known ? publicationsOf(known) : 0)
      const entry = this.#placed(write)
      const sequence = entry?.sequence ?? null
      if (known && known.sequence !== null && known.sequence !== sequence) this.changes.set(known.sequence, null)
      if (entry) this.changes.set(entry.sequence, pack(entry))
      return { ...write, record: { ...record, sequence, late: entry?.late ?? false } }
    })
  }

  /**
   * The entry of the newest classification: at its former place, or at a new one where that is not of this store, as for an
   * archive of another data folder. Null where the object has no classification.
   */
  #placed ({ record, publicationBlocks }: RecordWrite): ListedCandidate | null {
    const candidate = record.tip && candidateOf(record, (_, block) => publicationBlocks.get(block) ?? [])
    if (!candidate) return null
    const { sequence, late } = record
    const { changes, counters } = this.#store
    const bytes = sequence === null ? undefined : changes.get(sequence)
    const there = bytes && unpackListed(bytes)
    if (there?.diaObjectId === candidate.diaObjectId && there.publishedAt === candidate.publishedAt) return { ...there, ...candidate }
    if (sequence !== null && sequence <= counters.sequence && !bytes && (late || this.#isInOrder(sequence, candidate))) return { ...candidate, sequence, ...late && { late } }
    return { ...candidate, sequence: ++this.sequence, late: true }
  }

  /** Whether the entries around a place were published before and after the candidate: then the place is of this store. */
  #isInOrder (sequence: number, { publishedAt }: Pick<Candidate, 'publishedAt'>): boolean {
    const [before, behind] = [this.#timeFrom(sequence - 1, true), this.#timeFrom(sequence + 1, false)]
    const time = Date.parse(publishedAt)
    return (before === undefined || Date.parse(before) <= time + WITHIN_BATCH) && (behind === undefined || Date.parse(behind) >= time - WITHIN_BATCH)
  }

  /** When the nearest entry that is not late was published. */
  #timeFrom (start: number, reverse: boolean): string | undefined {
    for (const { value } of this.#store.changes.getRange({ start, reverse })) {
      const entry = unpackListed(value)
      if (entry && !entry.late) return entry.publishedAt
    }
    return undefined
  }

  /** @param published the newest entry of the record in this commit */
  write (write: RecordWrite, published: Change | undefined): void {
    const { record } = write
    const [candidate, withdrawal] = published && isWithdrawal(published) ? [undefined, published] : [published, undefined]
    if (record.tip !== null && candidate) {
      this.#list(write, candidate.sequence, pack({ ...candidate, ...listedFacts(record) }))
    } else if (record.tip === null && withdrawal) {
      this.#list(write, withdrawal.sequence, pack(withdrawal))
    } else {
      this.#keep(write)
    }
  }

  /** Replaces the record's entry. */
  #list (write: RecordWrite, sequence: number, entry: Uint8Array): void {
    const { record } = write
    if (record.sequence !== null) this.changes.set(record.sequence, null)
    this.changes.set(sequence, entry)
    this.#put({ ...write, record: { ...record, sequence, late: false } })
  }

  /** Nothing was published. The entry is rewritten where position or first detection of the record differ. */
  #keep (write: RecordWrite): void {
    const { record } = write
    const { sequence } = record
    if (sequence === null || this.changes.has(sequence)) {
      this.#put(write)
      return
    }
    const bytes = this.#store.changes.get(sequence)
    const entry = bytes && unpackListed(bytes)
    if (record.tip === null) {
      const stands = bytes !== undefined && unpackWithdrawal(bytes) !== undefined
      if (!stands) this.changes.set(sequence, null)
      this.#put({ ...write, record: { ...record, sequence: stands ? sequence : null, late: false } })
      return
    }
    const facts = listedFacts(record)
    if (entry && (entry.ra !== facts.ra || entry.dec !== facts.dec || entry.firstDetectionMjdTai !== facts.firstDetectionMjdTai)) this.changes.set(sequence, pack({ ...entry, ...facts }))
    this.#put(entry ? { ...write, record: { ...record, late: entry.late ?? false } } : write)
  }

  #put (write: RecordWrite): void {
    for (const [key, value] of entriesOf(write)) this.entries.set(key, value)
  }
}
