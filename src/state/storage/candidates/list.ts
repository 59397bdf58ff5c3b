/** The list of changes with its other orders, written together. */
import { randomBytes } from 'node:crypto'
import type { Database } from 'lmdb'
import { pack } from 'msgpackr'
import { candidateOf } from '../../record/classification.ts'
import type { LmdbFolder } from '../folder.ts'
import { unpackListed, type ListedCandidate } from './entry.ts'
import { rowsOf, type OrderKey, type OrderTable } from './orders.ts'

/** Name of the table of orders, and of the value that says which version of them a folder has. */
export const ORDERS = 'orders'
export const ORDERS_VERSION = 1
const NUMBERING = 'numbering'
const MOVES = 'moves'

/** Entries converted in one transaction. */
const BATCH = 5000

export class CandidateList {
  /** The newest classification of each object, by the number of its change. */
  readonly changes: Database<Uint8Array, number>
  /** Undefined in a store without orders. */
  readonly orders: OrderTable | undefined
  readonly #folder: LmdbFolder
  #moves: number

  private constructor (folder: LmdbFolder, orders: OrderTable | undefined) {
    this.#folder = folder
    this.changes = folder.tables.changes
    this.orders = orders
    this.#moves = (folder.meta(MOVES) as number | undefined) ?? 0
  }

  /**
   * With its orders, which are made where the folder has none yet.
   * @throws CandelaError `commit-failed`
   */
  static ordered (folder: LmdbFolder): CandidateList {
    const list = new CandidateList(folder, folder.table<OrderKey>(ORDERS))
    if (folder.meta(NUMBERING) === undefined) folder.write('the name of a list', () => folder.putMeta(NUMBERING, randomBytes(6).toString('base64url')))
    if (folder.meta(ORDERS) !== ORDERS_VERSION) list.#makeOrders()
    return list
  }

  /** Only the list of changes; orders that the folder has become invalid. */
  static unordered (folder: LmdbFolder): CandidateList {
    if (folder.meta(ORDERS) !== undefined) folder.write('the version of the orders', () => folder.tables.meta.removeSync(ORDERS))
    return new CandidateList(folder, undefined)
  }

  /** Name of the numbering. */
  get numbering (): string {
    return (this.#folder.meta(NUMBERING) as string | undefined) ?? ''
  }

  /** Number of the newest move: of an entry that got another position while its number stayed. */
  get moves (): number {
    return this.#moves
  }

  /** Within a transaction: writes entries, or removes them where they are null. */
  put (entries: ReadonlyMap<number, Uint8Array | null>): void {
    for (const [sequence, value] of entries) {
      const kept = this.orders && value ? this.#order(this.orders, sequence, value) : value
      if (kept) this.changes.putSync(sequence, kept)
      else {
        if (this.orders) this.#takeFrom(this.orders, this.#entry(sequence))
        this.changes.removeSync(sequence)
      }
    }
  }

  #entry (sequence: number): ListedCandidate | undefined {
    const value = this.changes.get(sequence)
    return value && unpackListed(value)
  }

  #takeFrom (orders: OrderTable, entry: ListedCandidate | undefined): void {
    if (entry) for (const [key] of rowsOf(entry)) orders.removeSync(key)
  }

  /** @returns the entry to keep */
  #order (orders: OrderTable, sequence: number, value: Uint8Array): Uint8Array {
    const before = this.#entry(sequence)
    const entry = unpackListed(value)
    this.#takeFrom(orders, before)
    if (!entry) return value
    for (const [key, place] of rowsOf(entry)) orders.putSync(key, place)
    if (!before) return value
    return pack({ ...entry, ...this.#moved(before, entry) })
  }

  #moved (before: ListedCandidate, entry: ListedCandidate): Pick<ListedCandidate, 'moved'> {
    if (before.ra === entry.ra && before.dec === entry.dec) return before.moved === undefined ? {} : { moved: before.moved }
    this.#moves++
    this.#folder.putMeta(MOVES, this.#moves)
    return { moved: this.#moves }
  }

  /** In several transactions, so that memory stays bounded. The orders are valid after the last one. */
  #makeOrders (): void {
    const { changes, orders } = this
    this.#folder.write('an empty table of orders', () => orders!.clearSync())
    let entries = new Map<number, Uint8Array>()
    const write = (): void => {
      this.#folder.write(`${entries.size} entries of the list of changes`, () => this.put(entries))
      entries = new Map()
    }
    for (const sequence of [...changes.getKeys()]) {
      entries.set(sequence, this.#broughtOver(sequence))
      if (entries.size === BATCH) write()
    }
    write()
    this.#folder.write('the version of the orders', () => this.#folder.putMeta(ORDERS, ORDERS_VERSION))
  }

  /** Entries of older versions lack fields, and can have an older position than their records. */
  #broughtOver (sequence: number): Uint8Array {
    const { objects } = this.#folder
    const value = this.changes.get(sequence)!
    const entry = unpackListed(value)
    if (!entry) return value
    const record = objects.readable(entry.diaObjectId)
    const candidate = record?.sequence === sequence ? candidateOf(record, objects.publicationBlock) : undefined
    return pack({ ...entry, ...candidate ?? { firstDetectionMjdTai: entry.firstDetectionMjdTai ?? null, rise: entry.rise ?? null }, sequence })
  }
}
