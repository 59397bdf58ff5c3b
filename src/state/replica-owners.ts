/** From which partition of the changelog a replica takes each object. */
import type { Database } from 'lmdb'
import { pack, unpack } from 'msgpackr'

/** Of the objects in a part of one partition. */
export class Owners {
  readonly #table: Database<Uint8Array, string>
  readonly #partition: number
  readonly #home: (diaObjectId: string) => number | undefined
  /** Of those that were asked for, whether they are new to the partition. */
  readonly #asked = new Map<string, 'new' | 'known' | 'another\'s'>()

  constructor (table: Database<Uint8Array, string>, partition: number, home: (diaObjectId: string) => number | undefined) {
    this.#table = table
    this.#partition = partition
    this.#home = home
  }

  take (diaObjectId: string): boolean {
    let found = this.#asked.get(diaObjectId)
    if (found === undefined) {
      const bytes = this.#table.get(diaObjectId)
      const owner = bytes === undefined ? undefined : unpack(bytes) as number
      if (owner === this.#partition) found = 'known'
      else found = owner === undefined || this.#home(diaObjectId) === this.#partition ? 'new' : 'another\'s'
      this.#asked.set(diaObjectId, found)
    }
    return found !== 'another\'s'
  }

  /** Within a transaction. */
  put (values: ReadonlyMap<string, Uint8Array | null>): void {
    for (const [diaObjectId, found] of this.#asked) {
      if (values.get(diaObjectId) === null) this.#table.removeSync(diaObjectId)
      else if (found === 'new') this.#table.putSync(diaObjectId, pack(this.#partition))
    }
  }
}
