/** The tables of a data folder at one commit. Every fault of the file is caught while they are read. */
import { compareKeys, type Database, type Transaction } from 'lmdb'
import { CandelaError, reasonIn } from '../../errors.ts'
import { ORDERS } from '../storage/candidates/list.ts'
import type { OrderKey } from '../storage/candidates/orders.ts'
import type { ReadOnlyFolder, TableKey } from '../storage/read-only.ts'

/** A table with more keys out of order than this is read in a circle. */
const MOST_OUT_OF_ORDER = 3

export const structureDamaged = (what: string, cause?: unknown): CandelaError => new CandelaError('structure-damaged', what, { cause })

function caught<Result> (table: string, read: () => Result): Result {
  try {
    return read()
  } catch (cause) {
    throw structureDamaged(`table '${table}' cannot be read: ${reasonIn(cause)}`, cause)
  }
}

export class TableSnapshot<Key extends TableKey> {
  readonly #name: string
  readonly #table: Database<Uint8Array, Key>
  readonly #transaction: Transaction
  /** The number of entries according to LMDB. */
  readonly size: number

  /** @throws CandelaError `structure-damaged` */
  constructor (name: string, table: Database<Uint8Array, Key>, transaction: Transaction) {
    this.#name = name
    this.#table = table
    this.#transaction = transaction
    // Of the same commit: LMDB moves to the next one only with a turn of the event loop.
    this.size = this.#caught(() => (table.getStats() as { entryCount: number }).entryCount)
  }

  #caught<Result> (read: () => Result): Result {
    return caught(this.#name, read)
  }

  /** @throws CandelaError `structure-damaged` */
  get (key: Key): Uint8Array | undefined {
    return this.#caught(() => this.#table.get(key, { transaction: this.#transaction }))
  }

  /**
   * In order of the keys.
   * @param onDisorder called for keys out of order, and where LMDB's number of entries is wrong
   * @throws CandelaError `structure-damaged`
   */
  * entries (onDisorder: (message: string) => void): Generator<{ key: Key, value: Uint8Array }> {
    const entries = this.#caught(() => this.#table.getRange({ transaction: this.#transaction })[Symbol.iterator]())
    let last: Key | undefined
    let seen = 0
    let outOfOrder = 0
    try {
      for (;;) {
        const next = this.#caught(() => entries.next())
        if (next.done === true) break
        const { key } = next.value
        seen++
        if (last !== undefined && compareKeys(last, key) >= 0) {
          const message = `table '${this.#name}': key ${String(key)} comes behind ${String(last)}`
          if (++outOfOrder > MOST_OUT_OF_ORDER) throw structureDamaged(message)
          onDisorder(message)
        }
        last = key
        yield next.value
      }
      if (seen !== this.size) onDisorder(`table '${this.#name}' has ${seen} entries, and says ${this.size}`)
    } finally {
      entries.return?.()
    }
  }
}

export interface Snapshot {
  objects: TableSnapshot<string>
  blocks: TableSnapshot<string>
  changes: TableSnapshot<number>
  /** Undefined where the folder keeps none. */
  orders: TableSnapshot<OrderKey> | undefined
  meta: TableSnapshot<string>
  deadLetters: TableSnapshot<number>
  deadLetterBytes: TableSnapshot<number>
  /** Releases the snapshot, which keeps LMDB from using its pages again. */
  done: () => void
}

/** @throws CandelaError `structure-damaged` */
export function snapshotOf (folder: ReadOnlyFolder): Snapshot {
  function found<Key extends TableKey> (name: string): ((transaction: Transaction) => TableSnapshot<Key>) | undefined {
    const table = caught(name, () => folder.table<Key>(name))
    return table && (transaction => new TableSnapshot(name, table, transaction))
  }
  function opened<Key extends TableKey> (name: string): (transaction: Transaction) => TableSnapshot<Key> {
    const table = found<Key>(name)
    if (table === undefined) throw structureDamaged(`there is no table '${name}'`)
    return table
  }
  // All tables are opened before the transaction begins: opening one would end it.
  const objects = opened<string>('objects')
  const blocks = opened<string>('blocks')
  const changes = opened<number>('changes')
  const orders = found<OrderKey>(ORDERS)
  const meta = opened<string>('meta')
  const deadLetters = opened<number>('dead-letters')
  const deadLetterBytes = opened<number>('dead-letter-bytes')
  const transaction = folder.transaction()
  return {
    objects: objects(transaction),
    blocks: blocks(transaction),
    changes: changes(transaction),
    orders: orders?.(transaction),
    meta: meta(transaction),
    deadLetters: deadLetters(transaction),
    deadLetterBytes: deadLetterBytes(transaction),
    done: () => transaction.done()
  }
}
