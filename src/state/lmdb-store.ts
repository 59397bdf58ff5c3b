/** The state store in LMDB. A commit is one LMDB transaction, on disk when its promise resolves. */
import { mkdirSync } from 'node:fs'
import { pack, unpack } from 'msgpackr'
import { open, type Database, type RootDatabase } from 'lmdb'
import { CandelaError } from '../errors.ts'
import { packPoints, unpackPoints, type StoredPoint } from '../light-curve/stored-point.ts'
import { completed, counted } from './accounting.ts'
import { checkDataFile, checkFormat, DATA_FORMAT, folderUnusable } from './data-file.ts'
import { lockFolder } from './folder-lock.ts'
import { LmdbDeadLetters } from './lmdb-dead-letters.ts'
import { LmdbReader } from './lmdb-reader.ts'
import { packPublications, packRecord, unpackRecord, type ObjectRecord } from './record.ts'
import type { Commit, StateStore } from './store.ts'
import type { Accounting, Candidate } from './views.ts'

/** Key of a closed block: the object, what it holds, its number. */
export type BlockKey = [diaObjectId: string, kind: 'points' | 'publications', block: number]

export interface Tables {
  objects: Database<Uint8Array, string>
  blocks: Database<Uint8Array, BlockKey>
  /** The newest classification of each object, by the number of its change. */
  changes: Database<Uint8Array, number>
  meta: Database<Uint8Array, string>
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
  readonly #root: RootDatabase
  readonly #tables: Tables
  readonly #release: () => void
  #sequence: number
  /** Number of the newest dead letter; numbers are not used again. */
  #letterNumber: number
  #accounting: Accounting

  constructor (folder: string, root: RootDatabase, release: () => void) {
    this.#root = root
    this.#release = release
    const table = <V, K extends BlockKey | string | number>(name: string): Database<V, K> => root.openDB<V, K>({ name, encoding: 'binary' })
    this.#tables = {
      objects: table('objects'),
      blocks: table('blocks'),
      changes: table('changes'),
      meta: table('meta')
    }
    this.deadLetters = new LmdbDeadLetters({ facts: table('dead-letters'), bytes: table('dead-letter-bytes') })
    const format = this.#meta('format')
    if (format === undefined) this.#tables.meta.putSync('format', pack(DATA_FORMAT))
    else checkFormat(folder, format)
    this.#sequence = (this.#meta('sequence') as number | undefined) ?? 0
    this.#letterNumber = (this.#meta('dead-letters') as number | undefined) ?? 0
    this.#accounting = completed((this.#meta('accounting') as Partial<Accounting> | undefined) ?? {}, () => this.deadLetters.codes())
    this.reader = new LmdbReader(this.#tables, () => ({ sequence: this.#sequence, accounting: this.#accounting, deadLetters: this.deadLetters.count() }))
  }

  #meta (key: string): unknown {
    const bytes = this.#tables.meta.get(key)
    return bytes === undefined ? undefined : unpack(bytes)
  }

  get (diaObjectId: string): ObjectRecord | undefined {
    const bytes = this.#tables.objects.get(diaObjectId)
    return bytes === undefined ? undefined : unpackRecord(diaObjectId, bytes)
  }

  closedPoints (diaObjectId: string, blocks: number): StoredPoint[] {
    return Array.from({ length: blocks }, (_, block) => {
      const bytes = this.#tables.blocks.get([diaObjectId, 'points', block])
      if (bytes === undefined) {
        throw new CandelaError('record-damaged', `block ${block} of the light curve of object ${diaObjectId} is missing`, {
          value: diaObjectId, action: 'Restore the data folder from a copy, or replay the alerts into a new one.'
        })
      }
      return unpackPoints(bytes)
    }).flat()
  }

  position (source: string): unknown {
    return this.#meta(`position/${source}`)
  }

  async commit (commit: Commit): Promise<void> {
    let sequence = this.#sequence
    const candidates = commit.classifications.map(candidate => ({ ...candidate, sequence: ++sequence }))
    const accounting = counted(this.#accounting, commit.outcomes)
    const letterNumber = this.#letterNumber + commit.deadLetters.length
    try {
      // Not root.transaction(): it joins several callbacks in one LMDB transaction, which one alone cannot abort.
      this.#root.transactionSync(() => this.#write(commit, candidates, accounting, sequence, letterNumber))
    } catch (cause) {
      if (cause instanceof CandelaError) throw cause
      throw new CandelaError('commit-failed', `a batch of ${commit.outcomes.length} alerts could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause, canRetry: true, action: 'Check the free space and the permissions of the data folder; nothing of the batch was stored.'
      })
    }
    this.#sequence = sequence
    this.#accounting = accounting
    this.#letterNumber = letterNumber
    this.reader.announce(candidates)
  }

  #write (commit: Commit, candidates: readonly Candidate[], accounting: Accounting, sequence: number, letterNumber: number): void {
    const { objects, blocks, changes, meta } = this.#tables
    const newest = new Map(candidates.map(candidate => [candidate.diaObjectId, candidate]))
    for (const { record, pointBlocks, publicationBlocks } of commit.changes) {
      const candidate = newest.get(record.diaObjectId)
      if (record.sequence !== null && (candidate || record.tip === null)) changes.removeSync(record.sequence)
      const kept = record.tip === null ? null : record.sequence
      const next = record.tip !== null && candidate ? candidate.sequence : kept
      if (candidate && next === candidate.sequence) changes.putSync(next, pack(candidate))
      objects.putSync(record.diaObjectId, packRecord({ ...record, sequence: next }))
      for (const [block, points] of pointBlocks) blocks.putSync([record.diaObjectId, 'points', block], packPoints(points))
      for (const [block, publications] of publicationBlocks) {
        blocks.putSync([record.diaObjectId, 'publications', block], packPublications(publications))
      }
    }
    this.deadLetters.settle(commit.replayed ?? new Map())
    this.deadLetters.add(this.#letterNumber + 1, commit.deadLetters)
    meta.putSync('accounting', pack(accounting))
    meta.putSync('sequence', pack(sequence))
    meta.putSync('dead-letters', pack(letterNumber))
    for (const [source, position] of Object.entries(commit.positions)) meta.putSync(`position/${source}`, pack(position))
  }

  async close (): Promise<void> {
    await this.#root.close()
    this.#release()
  }
}
