/**
 * From which partition of the changelog a replica takes each object. While there come to be more partitions two may have
 * an object for a while; whoever wrote it last has it, and the other one's taking it away is none.
 */
import type { Database } from 'lmdb'
import { pack, unpack } from 'msgpackr'
import type { ReplicaEntry } from './part.ts'

interface Owner {
  partition: number
  /** When it last wrote something of the object [ms since 1970, UTC]. */
  time: number
}

/** Of the objects in a part of one partition. */
export class Owners {
  readonly #table: Database<Uint8Array, string>
  readonly #partition: number
  readonly #owners = new Map<string, Owner | undefined>()

  constructor (table: Database<Uint8Array, string>, partition: number) {
    this.#table = table
    this.#partition = partition
  }

  /** @returns whether the entry is the object's owner's; the newer one becomes its owner */
  take (diaObjectId: string, { value, time }: ReplicaEntry): boolean {
    const owner = this.#owners.has(diaObjectId) ? this.#owners.get(diaObjectId) : this.#stored(diaObjectId)
    const owned = owner === undefined || owner.partition === this.#partition
    const taken = owned || (value !== null && time > owner.time)
    this.#owners.set(diaObjectId, taken && value !== null ? { partition: this.#partition, time } : owner)
    return taken
  }

  #stored (diaObjectId: string): Owner | undefined {
    const bytes = this.#table.get(diaObjectId)
    return bytes && unpack(bytes) as Owner
  }

  /** Within a transaction. */
  put (values: ReadonlyMap<string, Uint8Array | null>): void {
    for (const [diaObjectId, owner] of this.#owners) {
      if (values.get(diaObjectId) === null) this.#table.removeSync(diaObjectId)
      else if (owner?.partition === this.#partition) this.#table.putSync(diaObjectId, pack(owner))
    }
  }
}
