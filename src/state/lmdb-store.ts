/** The state store in LMDB. A commit is one LMDB transaction, on disk when its promise resolves. */
import { mkdirSync } from 'node:fs'
import { pack, unpack } from 'msgpackr'
import { open, type Database, type RootDatabase } from 'lmdb'
import { CandelaError } from '../errors.ts'
import type { StoredPoint } from '../light-curve/stored-point.ts'
import { completed } from './accounting.ts'
import { candidateOf } from './classification.ts'
import { checkDataFile, checkFormat, commitFailed, DATA_FORMAT, folderUnusable } from './data-file.ts'
import { lockFolder } from './folder-lock.ts'
import { LmdbDeadLetters } from './lmdb-dead-letters.ts'
import { LmdbObjects, type ObjectTables } from './lmdb-objects.ts'
import { LmdbReader } from './lmdb-reader.ts'
import { emptyTally, packCommit, type PackedCommit, type Standing, type Tally } from './packed-commit.ts'
import { unpackRecord } from './packed-record.ts'
import type { HiddenState, ObjectRecord, Publication } from './record.ts'
import type { RestorableStore, Restored } from './restorable-store.ts'
import type { Commit, PackedObject } from './store.ts'
import type { Accounting } from './views.ts'

export interface Tables extends ObjectTables {
  /** The newest classification of each object, by the number of its change. */
  changes: Database<Uint8Array, number>
  meta: Database<Uint8Array, string>
}

/**
 * Opens or makes a data folder.
 * @throws CandelaError `data-folder-in-use`, `data-folder-version`, `data-folder-unusable`
 */
export function openLmdbStore (folder: string): RestorableStore {
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

class LmdbStore implements RestorableStore {
  readonly reader: LmdbReader
  readonly deadLetters: LmdbDeadLetters
  readonly #objects: LmdbObjects
  readonly #folder: string
  readonly #root: RootDatabase
  readonly #tables: Tables
  readonly #release: () => void
  #standing: Standing

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
    this.#standing = {
      sequence: (this.#meta('sequence') as number | undefined) ?? 0,
      letterNumber: (this.#meta('dead-letters') as number | undefined) ?? 0,
      accounting: completed((this.#meta('accounting') as Partial<Accounting> | undefined) ?? {}, () => this.deadLetters.codes()),
      tally: { ...emptyTally(), ...this.#meta('tally') as Partial<Tally> | undefined }
    }
    this.reader = new LmdbReader(this.#objects, this.#tables.changes, () => ({ ...this.#standing, deadLetters: this.deadLetters.count() }))
  }

  #meta (key: string): unknown {
    const bytes = this.#tables.meta.get(key)
    return bytes === undefined ? undefined : unpack(bytes)
  }

  get standing (): Standing {
    return this.#standing
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
    await this.apply(this.pack(commit))
  }

  pack (commit: Commit): PackedCommit {
    return packCommit(commit, { objects: this.#objects, changes: this.#tables.changes, standing: this.#standing })
  }

  async apply (packed: PackedCommit): Promise<void> {
    const { entries, changes, deadLetters, replayed = new Map(), discarded = [], positions, standing, candidates, alerts = [] } = packed
    this.#write(alerts.length, () => {
      for (const [key, value] of entries) this.#objects.put(key, value)
      for (const [number, value] of changes) {
        if (value === null) this.#tables.changes.removeSync(number)
        else this.#tables.changes.putSync(number, value)
      }
      this.deadLetters.settle(replayed)
      this.deadLetters.discard(discarded)
      this.deadLetters.add(this.#standing.letterNumber + 1, deadLetters)
      this.#putStanding(standing)
      this.#putPositions(positions)
    })
    this.#standing = standing
    this.reader.announce(candidates)
  }

  async restore ({ entries, standing = this.#standing, positions }: Restored): Promise<void> {
    const { changes } = this.#tables
    this.#write(0, () => {
      for (const [key, value] of entries) {
        const known = key.includes('/') ? undefined : this.#readable(key)
        if (known?.sequence) changes.removeSync(known.sequence)
        this.#objects.put(key, value)
        if (value === null || key.includes('/')) continue
        const record = unpackRecord(key, value)
        const candidate = record.tip && candidateOf(record)
        if (candidate && record.sequence !== null) changes.putSync(record.sequence, pack({ ...candidate, sequence: record.sequence }))
      }
      this.#putStanding(standing)
      this.#putPositions(positions)
    })
    this.#standing = standing
  }

  /** A record that is replaced may be damaged. */
  #readable (diaObjectId: string): ObjectRecord | undefined {
    try {
      return this.#objects.get(diaObjectId)
    } catch (error) {
      if (error instanceof CandelaError) return undefined
      throw error
    }
  }

  /** @throws CandelaError `commit-failed`, those of `write`: nothing is stored then */
  #write (alerts: number, write: () => void): void {
    try {
      // Not root.transaction(): it joins several callbacks in one LMDB transaction, which one alone cannot abort.
      this.#root.transactionSync(write)
    } catch (cause) {
      if (cause instanceof CandelaError) throw cause
      throw commitFailed(this.#folder, alerts, cause)
    }
  }

  #putStanding ({ accounting, tally, sequence, letterNumber }: Standing): void {
    for (const [key, value] of Object.entries({ accounting, tally, sequence, 'dead-letters': letterNumber })) this.#tables.meta.putSync(key, pack(value))
  }

  #putPositions (positions: Readonly<Record<string, unknown>>): void {
    for (const [source, position] of Object.entries(positions)) this.#tables.meta.putSync(`position/${source}`, pack(position))
  }

  async close (): Promise<void> {
    await this.#root.close()
    this.#release()
  }
}
