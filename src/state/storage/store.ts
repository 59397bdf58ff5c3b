/** The state store in LMDB. A commit is one LMDB transaction; in a synced folder it is on disk when its promise resolves. */
import { pack } from 'msgpackr'
import { completed } from '../accounting.ts'
import { CandidateList } from './candidates/list.ts'
import { candidateOf } from '../record/classification.ts'
import { checkFormat, DATA_FORMAT } from './data-file.ts'
import type { LmdbDeadLetters } from './dead-letters.ts'
import { openFolder, type FolderOptions, type LmdbFolder } from './folder.ts'
import type { LmdbObjects } from './objects.ts'
import { LmdbReader } from './reader.ts'
import { emptyTally, packCommit, type PackedCommit, type Counters, type Tally } from './packed-commit.ts'
import { unpackStateless } from '../record/packed-record.ts'
import type { RestorableStore, Restored } from './restorable-store.ts'
import type { Commit } from '../store.ts'
import type { Accounting } from '../views.ts'

export interface LmdbStoreOptions extends FolderOptions {
  /**
   * Whether candidates can be listed in other orders than that of their changes, and by position; default true. Without,
   * the store writes less.
   */
  orders?: boolean
}

/**
 * Opens or makes a data folder.
 * @throws CandelaError `data-folder-in-use`, `data-folder-version`, `data-folder-unusable`
 */
export const openLmdbStore = (folder: string, options: LmdbStoreOptions = {}): RestorableStore => openFolder(folder, options, opened => new LmdbStore(opened, options))

class LmdbStore implements RestorableStore {
  readonly objects: LmdbObjects
  readonly reader: LmdbReader
  readonly deadLetters: LmdbDeadLetters
  readonly #folder: LmdbFolder
  readonly #candidates: CandidateList
  #counters: Counters

  constructor (folder: LmdbFolder, { orders = true }: LmdbStoreOptions) {
    this.#folder = folder
    this.objects = folder.objects
    this.deadLetters = folder.deadLetters
    const format = folder.meta('format')
    if (format !== undefined || this.objects.count() > 0) checkFormat(folder.folder, format)
    else folder.putMeta('format', DATA_FORMAT)
    this.#counters = {
      sequence: (folder.meta('sequence') as number | undefined) ?? 0,
      letterNumber: (folder.meta('dead-letters') as number | undefined) ?? 0,
      accounting: completed((folder.meta('accounting') as Partial<Accounting> | undefined) ?? {}, () => this.deadLetters.codes()),
      tally: { ...emptyTally(), ...folder.meta('tally') as Partial<Tally> | undefined }
    }
    this.#candidates = orders ? CandidateList.ordered(folder) : CandidateList.unordered(folder)
    this.reader = new LmdbReader(this.objects, this.#candidates, () => ({ ...this.#counters, deadLetters: this.deadLetters.count() }))
  }

  get counters (): Counters {
    return this.#counters
  }

  position (source: string): unknown {
    return this.#folder.meta(`position/${source}`)
  }

  async commit (commit: Commit): Promise<void> {
    await this.apply(this.pack(commit))
  }

  pack (commit: Commit): PackedCommit {
    return packCommit(commit, { objects: this.objects, changes: this.#candidates.changes, counters: this.#counters })
  }

  async apply (packed: PackedCommit): Promise<void> {
    const { entries, changes, deadLetters, retried = new Map(), discarded = [], positions, counters, candidates, withdrawals, alerts } = packed
    this.#folder.write(`a batch of ${alerts.length} alerts`, () => {
      for (const [key, value] of entries) this.objects.put(key, value)
      this.#candidates.put(changes)
      this.deadLetters.retry(retried)
      this.deadLetters.discard(discarded)
      this.deadLetters.add(this.#counters.letterNumber + 1, deadLetters)
      this.#putCounters(counters)
      this.#putPositions(positions)
    })
    this.#counters = counters
    this.reader.announce([...candidates, ...withdrawals].sort((a, b) => a.sequence - b.sequence))
  }

  async restore ({ entries, counters = this.#counters, positions }: Restored): Promise<void> {
    this.#folder.write(`${entries.size} records of the changelog`, () => {
      const changes = new Map<number, Uint8Array | null>()
      for (const [key, value] of entries) {
        const known = key.includes('/') ? undefined : this.objects.readable(key)
        if (known?.sequence) changes.set(known.sequence, null)
        this.objects.put(key, value)
        if (value === null || key.includes('/')) continue
        const record = unpackStateless(key, value)
        const candidate = record.tip && candidateOf(record, this.objects.publicationBlock)
        if (candidate && record.sequence !== null) changes.set(record.sequence, pack({ ...candidate, sequence: record.sequence, ...record.late && { late: true } }))
      }
      this.#candidates.put(changes)
      this.#putCounters(counters)
      this.#putPositions(positions)
    })
    this.#counters = counters
  }

  #putCounters ({ accounting, tally, sequence, letterNumber }: Counters): void {
    for (const [key, value] of Object.entries({ accounting, tally, sequence, 'dead-letters': letterNumber })) this.#folder.putMeta(key, value)
  }

  #putPositions (positions: Readonly<Record<string, unknown>>): void {
    for (const [source, position] of Object.entries(positions)) this.#folder.putMeta(`position/${source}`, position)
  }

  async close (): Promise<void> {
    await this.#folder.close()
  }
}
