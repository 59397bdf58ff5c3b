/** The state store in LMDB. A commit is one LMDB transaction, on disk when its promise resolves. */
import { mkdirSync } from 'node:fs'
import { pack, unpack } from 'msgpackr'
import { open, type Database, type RootDatabase } from 'lmdb'
import { CandelaError } from '../errors.ts'
import type { StoredPoint } from '../light-curve/stored-point.ts'
import { completed, counted } from './accounting.ts'
import { candidateOf } from './classification.ts'
import { checkDataFile, checkFormat, commitFailed, DATA_FORMAT, folderUnusable } from './data-file.ts'
import { lockFolder } from './folder-lock.ts'
import { LmdbDeadLetters } from './lmdb-dead-letters.ts'
import { LmdbObjects, type ObjectTables } from './lmdb-objects.ts'
import { LmdbReader, type ListedCandidate } from './lmdb-reader.ts'
import { BLOCK_LENGTH, type HiddenState, type ObjectRecord, type Publication } from './record.ts'
import type { Commit, PackedObject, RecordChange, StateStore } from './store.ts'
import type { Accounting, Candidate } from './views.ts'

export interface Tables extends ObjectTables {
  /** The newest classification of each object, by the number of its change. */
  changes: Database<Uint8Array, number>
  meta: Database<Uint8Array, string>
}

/** What is counted beside the accounting. */
export interface Tally {
  /** Classifications published for another reason than an alert: a host redshift that was given, another model. */
  republished: number
  /** Objects and publications that lie in archives; less than none where they came from the archives of another store. */
  archivedObjects: number
  archivedPublications: number
  /** Dead letters that were given up. */
  deadLettersDiscarded: number
}

/**
 * Opens or makes a data folder.
 * @throws CandelaError `data-folder-in-use`, `data-folder-version`, `data-folder-unusable`
 */
export function openLmdbStore (folder: string): StateStore {
  let release = (): void => {}
  let root: RootDatabase | undefined
  try {
    mkdirSync(folder, { recursive: true })
    release = lockFolder(folder)
    checkDataFile(folder)
    root = open({ path: folder, maxDbs: 8, encoding: 'binary', eventTurnBatching: false })
    return new LmdbStore(folder, root, release)
  } catch (error) {
    root?.close().catch(() => {})
    release()
    throw error instanceof CandelaError ? error : folderUnusable(folder, error)
  }
}

class LmdbStore implements StateStore {
  readonly reader: LmdbReader
  readonly deadLetters: LmdbDeadLetters
  readonly #objects: LmdbObjects
  readonly #folder: string
  readonly #root: RootDatabase
  readonly #tables: Tables
  readonly #release: () => void
  #sequence: number
  /** Number of the newest dead letter; numbers are not used again. */
  #letterNumber: number
  #accounting: Accounting
  #tally: Tally

  constructor (folder: string, root: RootDatabase, release: () => void) {
    this.#folder = folder
    this.#root = root
    this.#release = release
    const table = <V, K extends string | number>(name: string): Database<V, K> => root.openDB<V, K>({ name, encoding: 'binary' })
    this.#tables = {
      objects: table('objects'),
      blocks: table('blocks'),
      changes: table('changes'),
      meta: table('meta')
    }
    this.#objects = new LmdbObjects(this.#tables)
    this.deadLetters = new LmdbDeadLetters({ facts: table('dead-letters'), bytes: table('dead-letter-bytes') })
    const format = this.#meta('format')
    if (format !== undefined || this.#objects.count() > 0) checkFormat(folder, format)
    else this.#tables.meta.putSync('format', pack(DATA_FORMAT))
    this.#sequence = (this.#meta('sequence') as number | undefined) ?? 0
    this.#letterNumber = (this.#meta('dead-letters') as number | undefined) ?? 0
    this.#accounting = completed((this.#meta('accounting') as Partial<Accounting> | undefined) ?? {}, () => this.deadLetters.codes())
    this.#tally = { republished: 0, archivedObjects: 0, archivedPublications: 0, deadLettersDiscarded: 0, ...this.#meta('tally') as Partial<Tally> | undefined }
    this.reader = new LmdbReader(this.#objects, this.#tables.changes, () => ({ sequence: this.#sequence, accounting: this.#accounting, tally: this.#tally, deadLetters: this.deadLetters.count() }))
  }

  #meta (key: string): unknown {
    const bytes = this.#tables.meta.get(key)
    return bytes === undefined ? undefined : unpack(bytes)
  }

  get (diaObjectId: string): ObjectRecord | undefined {
    return this.#objects.get(diaObjectId)
  }

  closedPoints (diaObjectId: string, blocks: number): StoredPoint[] {
    return this.#objects.closedPoints(diaObjectId, blocks)
  }

  closedPublications (diaObjectId: string, blocks: number): Publication[] {
    return this.#objects.closedPublications(diaObjectId, blocks)
  }

  settled (diaObjectId: string): HiddenState[] {
    return this.#objects.settled(diaObjectId)
  }

  packed (diaObjectId: string): PackedObject | undefined {
    return this.#objects.packed(diaObjectId)
  }

  ids (after?: string): Iterable<string> {
    return this.#objects.ids(after)
  }

  models (after?: string): Iterable<{ diaObjectId: string, model: string | null }> {
    return this.#objects.models(after)
  }

  position (source: string): unknown {
    return this.#meta(`position/${source}`)
  }

  async commit (commit: Commit): Promise<void> {
    let sequence = this.#sequence
    const candidates = commit.classifications.map(candidate => ({ ...candidate, sequence: ++sequence }))
    const { changes, entries, last } = commit.restored ? this.#placed(commit.changes, sequence) : { ...commit, entries: [], last: sequence }
    sequence = last
    const accounting = counted(this.#accounting, commit.outcomes)
    const classified = accounting.classified - this.#accounting.classified
    const { republished, deadLettersDiscarded } = this.#tally
    let tally: Tally = {
      ...this.#tally,
      republished: republished + candidates.length - classified,
      deadLettersDiscarded: deadLettersDiscarded + (commit.discarded?.length ?? 0)
    }
    const letterNumber = this.#letterNumber + commit.deadLetters.length
    try {
      // Not root.transaction(): it joins several callbacks in one LMDB transaction, which one alone cannot abort.
      this.#root.transactionSync(() => {
        tally = this.#moved(commit, tally)
        this.#write({ ...commit, changes }, candidates)
        for (const entry of entries) this.#tables.changes.putSync(entry.sequence, pack(entry))
        for (const [key, value] of Object.entries({ accounting, tally, sequence, 'dead-letters': letterNumber })) this.#tables.meta.putSync(key, pack(value))
      })
    } catch (cause) {
      if (cause instanceof CandelaError) throw cause
      throw commitFailed(this.#folder, commit.outcomes.length, cause)
    }
    this.#sequence = sequence
    this.#accounting = accounting
    this.#tally = tally
    this.#letterNumber = letterNumber
    this.reader.announce(candidates)
  }

  /**
   * Gives records that come back their place in the list of changes: the one that they had, or a new one where that is
   * none of this store's, as when the archive is of another data folder.
   */
  #placed (changes: readonly RecordChange[], sequence: number): { changes: RecordChange[], entries: ListedCandidate[], last: number } {
    const entries: ListedCandidate[] = []
    let last = sequence
    const placed = changes.map(change => {
      const { record } = change
      const candidate = record.tip && candidateOf(record)
      if (!candidate) return { ...change, record: { ...record, sequence: null } }
      const there = record.sequence === null ? undefined : this.#tables.changes.get(record.sequence)
      if (there && (unpack(there) as Candidate).diaObjectId === record.diaObjectId) return change
      const free = record.sequence !== null && record.sequence <= sequence && !there
      const entry = free ? { ...candidate, sequence: record.sequence! } : { ...candidate, sequence: ++last, late: true as const }
      entries.push(entry)
      return { ...change, record: { ...record, sequence: entry.sequence } }
    })
    return { changes: placed, entries, last }
  }

  /** Removes what goes to an archive, and counts it and what comes from one. */
  #moved ({ archived = [], restored, changes }: Commit, tally: Tally): Tally {
    const after = { ...tally }
    const published = ({ publications, closedPublicationBlocks }: ObjectRecord): number => closedPublicationBlocks * BLOCK_LENGTH + publications.length
    for (const diaObjectId of archived) {
      const record = this.#objects.get(diaObjectId)
      if (!record) continue
      if (record.sequence !== null) this.#tables.changes.removeSync(record.sequence)
      this.#objects.remove(record)
      after.archivedObjects++
      after.archivedPublications += published(record)
    }
    if (restored) {
      for (const { record } of changes) {
        const known = this.#objects.get(record.diaObjectId)
        after.archivedObjects--
        after.archivedPublications -= published(record) - (known ? published(known) : 0)
      }
    }
    return after
  }

  #write (commit: Commit, candidates: readonly Candidate[]): void {
    const { changes, meta } = this.#tables
    const newest = new Map(candidates.map(candidate => [candidate.diaObjectId, candidate]))
    for (const change of commit.changes) {
      const { record } = change
      const candidate = newest.get(record.diaObjectId)
      if (record.sequence !== null && (candidate || record.tip === null)) changes.removeSync(record.sequence)
      const kept = record.tip === null ? null : record.sequence
      const next = record.tip !== null && candidate ? candidate.sequence : kept
      if (candidate && next === candidate.sequence) changes.putSync(next, pack(candidate))
      this.#objects.write({ ...change, record: { ...record, sequence: next } })
    }
    this.deadLetters.settle(commit.replayed ?? new Map())
    this.deadLetters.discard(commit.discarded ?? [])
    this.deadLetters.add(this.#letterNumber + 1, commit.deadLetters)
    for (const [source, position] of Object.entries(commit.positions)) meta.putSync(`position/${source}`, pack(position))
  }

  async close (): Promise<void> {
    await this.#root.close()
    this.#release()
  }
}
