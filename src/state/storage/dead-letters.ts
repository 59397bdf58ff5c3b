/** Dead letters in LMDB: the facts of each in one table, its bytes in another, so that a list reads no bytes. */
import { pack, unpack } from 'msgpackr'
import type { Database } from 'lmdb'
import { CandelaError } from '../../errors.ts'
import { openReadOnly } from './read-only.ts'
import type { DeadLetter, LetterFailure } from '../store.ts'
import type { DeadLetterFacts, DeadLetterPage, DeadLetterQuery, DeadLetterReader } from '../views.ts'

/** Most letters that one page looks at, so that a rare filter cannot hold up the process. */
const LONGEST_SCAN = 20_000

export interface DeadLetterTables {
  /** By number, from 1. */
  facts: Database<Uint8Array, number>
  /** Absent where the folder was written before there was this table, and is only read. */
  bytes: Database<Uint8Array, number> | undefined
}

/** Facts at rest. Candela 0.1 wrote only the first four, and the bytes beside them. */
export interface KeptFacts {
  code: string
  message: string
  origin: string
  /** Of the last attempt [ms since 1970, UTC]. */
  time: number
  action?: string
  /** Of the first attempt. */
  since?: number
  attempts?: number
  size?: number
  part?: number
  bytes?: Uint8Array
}

const notFound = (number: number): CandelaError => new CandelaError('dead-letter-not-found', `there is no dead letter ${number}`, {
  value: number, action: 'It never was, has been put through again and is settled, or was discarded; list the dead letters that stand.'
})

/** Of LMDB; in pages but for the size of one [bytes]. */
interface TableStatistics {
  pageSize: number
  treeBranchPageCount: number
  treeLeafPageCount: number
  overflowPages: number
}

export class LmdbDeadLetters implements DeadLetterReader {
  readonly #tables: DeadLetterTables

  constructor (tables: DeadLetterTables) {
    this.#tables = tables
  }

  #kept (number: number): KeptFacts | undefined {
    const packed = this.#tables.facts.get(number)
    return packed === undefined ? undefined : unpack(packed) as KeptFacts
  }

  list ({ code, origin, receivedBefore = Infinity, after, oldestFirst = false, limit }: DeadLetterQuery): DeadLetterPage {
    const deadLetters: DeadLetterFacts[] = []
    let seen = 0
    let last: number | undefined
    const start = after === undefined ? oldestFirst ? 0 : Number.MAX_SAFE_INTEGER : after + (oldestFirst ? 1 : -1)
    for (const { key, value } of this.#tables.facts.getRange({ start, reverse: !oldestFirst })) {
      if (deadLetters.length === limit || seen === LONGEST_SCAN) return { deadLetters, next: last ?? null }
      seen++
      last = key
      const kept = unpack(value) as KeptFacts
      if ((code === undefined || kept.code === code) && (kept.since ?? kept.time) < receivedBefore && (origin === undefined || kept.origin.includes(origin))) deadLetters.push(toFacts(key, kept))
    }
    return { deadLetters, next: null }
  }

  get (number: number): DeadLetterFacts {
    const kept = this.#kept(number)
    if (!kept) throw notFound(number)
    return toFacts(number, kept)
  }

  bytes (number: number): Uint8Array {
    const kept = this.#kept(number)
    if (!kept) throw notFound(number)
    const bytes = kept.bytes ?? this.#tables.bytes?.get(number)
    if (bytes !== undefined) return bytes
    throw new CandelaError('record-damaged', `the bytes of dead letter ${number} are missing`, {
      value: number, action: 'Restore the data folder from a copy.'
    })
  }

  count (): number {
    return (this.#tables.facts.getStats() as { entryCount: number }).entryCount
  }

  size (): number {
    return Object.values(this.#tables).reduce((sum, table) => {
      const { pageSize, treeBranchPageCount, treeLeafPageCount, overflowPages } = table?.getStats() as TableStatistics
      return sum + pageSize * (treeBranchPageCount + treeLeafPageCount + overflowPages)
    }, 0)
  }

  * codes (): Generator<string> {
    for (const { value } of this.#tables.facts.getRange()) yield (unpack(value) as KeptFacts).code
  }

  /** Within a transaction. @param first number of the first letter */
  add (first: number, letters: readonly DeadLetter[]): void {
    letters.forEach(({ bytes, time, ...letter }, k) => {
      const facts: KeptFacts = { ...letter, time, since: time, attempts: 1, size: bytes.length }
      this.#tables.facts.putSync(first + k, pack(facts))
      this.#tables.bytes!.putSync(first + k, bytes)
    })
  }

  /**
   * Within a transaction: removes letters whose alerts were taken in, and notes the new failure of the others.
   * @throws CandelaError `dead-letter-not-found` where one does not stand any more
   */
  retry (retried: ReadonlyMap<number, LetterFailure | null>): void {
    for (const [number, failure] of retried) {
      const kept = this.#kept(number)
      if (!kept) throw notFound(number)
      if (failure === null) this.remove(number)
      else {
        const { action: _, ...rest } = kept
        const facts: KeptFacts = { ...rest, ...failure, since: kept.since ?? kept.time, attempts: (kept.attempts ?? 1) + 1 }
        this.#tables.facts.putSync(number, pack(facts))
      }
    }
  }

  /**
   * Within a transaction.
   * @throws CandelaError `dead-letter-not-found` where one does not stand any more
   */
  discard (numbers: readonly number[]): void {
    for (const number of numbers) {
      if (!this.#kept(number)) throw notFound(number)
      this.remove(number)
    }
  }

  /** Within a transaction. */
  remove (number: number): void {
    this.#tables.facts.removeSync(number)
    this.#tables.bytes!.removeSync(number)
  }
}

const toFacts = (number: number, { code, message, action, origin, time, since = time, attempts = 1, size, part, bytes }: KeptFacts): DeadLetterFacts => ({
  number,
  code,
  message,
  action: action ?? null,
  origin,
  receivedAt: new Date(since).toISOString(),
  failedAt: new Date(time).toISOString(),
  attempts,
  bytes: size ?? bytes?.length ?? 0,
  part: part ?? null
})

/**
 * Opens the dead letters of a data folder for reading alone, also beside the process that writes there.
 * @throws CandelaError `data-folder-missing`, `data-folder-version`, `data-folder-unusable`
 */
export function openDeadLetters (folder: string): { letters: DeadLetterReader, close: () => Promise<void> } {
  const { table, close } = openReadOnly(folder)
  return { letters: new LmdbDeadLetters({ facts: table<number>('dead-letters')!, bytes: table<number>('dead-letter-bytes') }), close }
}
