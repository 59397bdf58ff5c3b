/** Object records in LMDB, and the blocks beside them. */
import type { Database } from 'lmdb'
import QuickLRU from 'quick-lru'
import { CandelaError, reasonIn } from '../../errors.ts'
import { unpackListed } from './candidates/entry.ts'
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import { damaged, packRecord, unpackModel, unpackPointBlock, unpackPublicationBlock, unpackRecord, unpackCheckpoints, unpackStateless } from '../record/packed-record.ts'
import type { HiddenState, ObjectRecord, Publication, StatelessRecord } from '../record/record.ts'
import type { PackedObject, StoredObjects } from '../store.ts'
import type { ObjectView } from '../views.ts'

export interface ObjectTables {
  objects: Database<Uint8Array, string>
  /** The blocks beside records, see keyOf. */
  blocks: Database<Uint8Array, string>
  /** The list of changes, by number. */
  changes: Database<Uint8Array, number>
}

export type BlockKind = 'points' | 'publications'

/** Key of a closed block; ids have no slash. */
export const keyOf = (diaObjectId: string, kind: BlockKind, block: number): string => `${diaObjectId}/${kind === 'points' ? 'l' : 'p'}${block}`
export const checkpointsKey = (diaObjectId: string): string => `${diaObjectId}/s`

/** Most views kept, of the objects asked for last; about 1 KB each. */
const MOST_VIEWS = 5000

export class LmdbObjects implements StoredObjects {
  readonly #tables: ObjectTables
  readonly #views = new QuickLRU<string, Readonly<ObjectView>>({ maxSize: MOST_VIEWS })

  constructor (tables: ObjectTables) {
    this.#tables = tables
  }

  get (diaObjectId: string): ObjectRecord | undefined {
    const bytes = this.#read('objects', diaObjectId, diaObjectId)
    return bytes === undefined ? undefined : unpackRecord(diaObjectId, bytes)
  }

  /** For readers: without the hidden state, which is two thirds of the bytes. */
  stateless (diaObjectId: string): StatelessRecord | undefined {
    const bytes = this.#read('objects', diaObjectId, diaObjectId)
    return bytes === undefined ? undefined : unpackStateless(diaObjectId, bytes)
  }

  /** @param make makes the view; called again after the record has changed */
  view (diaObjectId: string, make: (record: StatelessRecord) => ObjectView): Readonly<ObjectView> | undefined {
    const known = this.#views.get(diaObjectId)
    if (known) return known
    const record = this.stateless(diaObjectId)
    if (record === undefined) return undefined
    const view = make(record)
    this.#views.set(diaObjectId, view)
    return view
  }

  /** Undefined also where the record is damaged, for callers that replace it. */
  readable (diaObjectId: string): StatelessRecord | undefined {
    try {
      return this.stateless(diaObjectId)
    } catch (error) {
      if (error instanceof CandelaError) return undefined
      throw error
    }
  }

  closedPoints (diaObjectId: string, blocks: number): StoredPoint[] {
    return this.#blocks(diaObjectId, 'points', blocks).flatMap(bytes => unpackPointBlock(diaObjectId, bytes))
  }

  closedPublications (diaObjectId: string, blocks: number): Publication[] {
    return this.#blocks(diaObjectId, 'publications', blocks).flatMap(bytes => unpackPublicationBlock(diaObjectId, bytes))
  }

  readonly publicationBlock = (diaObjectId: string, block: number): Publication[] => unpackPublicationBlock(diaObjectId, this.#block(diaObjectId, 'publications', block))

  checkpoints (diaObjectId: string): HiddenState[] {
    const bytes = this.#read('blocks', diaObjectId, checkpointsKey(diaObjectId))
    return bytes === undefined ? [] : unpackCheckpoints(diaObjectId, bytes)
  }

  packed (diaObjectId: string): PackedObject | undefined {
    const bytes = this.#read('objects', diaObjectId, diaObjectId)
    if (bytes === undefined) return undefined
    const record = unpackRecord(diaObjectId, bytes)
    const { closedPointBlocks, closedPublicationBlocks } = record
    const checkpoints = this.#read('blocks', diaObjectId, checkpointsKey(diaObjectId))
    return {
      diaObjectId,
      record: Buffer.from(this.#isLateInList(record) ? packRecord({ ...record, late: true }) : bytes),
      pointBlocks: this.#blocks(diaObjectId, 'points', closedPointBlocks).map(block => Buffer.from(block)),
      publicationBlocks: this.#blocks(diaObjectId, 'publications', closedPublicationBlocks).map(block => Buffer.from(block)),
      settled: checkpoints === undefined ? null : Buffer.from(checkpoints)
    }
  }

  /** Older versions of Candela marked only the entry in the list of changes as late. */
  #isLateInList ({ sequence, late }: ObjectRecord): boolean {
    const entry = sequence === null || late ? undefined : this.#tables.changes.get(sequence)
    return entry !== undefined && unpackListed(entry)?.late === true
  }

  * ids (after = ''): Generator<string> {
    for (const key of this.#tables.objects.getKeys({ start: after })) if (key !== after) yield key
  }

  * models (after = ''): Generator<{ diaObjectId: string, model: string | null }> {
    for (const { key, value } of this.#tables.objects.getRange({ start: after })) if (key !== after) yield { diaObjectId: key, model: unpackModel(value) }
  }

  count (): number {
    return (this.#tables.objects.getStats() as { entryCount: number }).entryCount
  }

  /** @throws CandelaError `record-damaged` where LMDB cannot follow its own pages */
  #read (table: 'objects' | 'blocks', diaObjectId: string, key: string): Uint8Array | undefined {
    try {
      return this.#tables[table].get(key)
    } catch (cause) {
      throw damaged(diaObjectId, `the data file cannot be read where it lies: ${reasonIn(cause)}`, cause)
    }
  }

  #blocks (diaObjectId: string, kind: BlockKind, blocks: number): Uint8Array[] {
    return Array.from({ length: blocks }, (_, block) => this.#block(diaObjectId, kind, block))
  }

  #block (diaObjectId: string, kind: BlockKind, block: number): Uint8Array {
    const bytes = this.#read('blocks', diaObjectId, keyOf(diaObjectId, kind, block))
    if (bytes === undefined) throw damaged(diaObjectId, `block ${block} of its ${kind === 'points' ? 'light curve' : 'published history'} is missing`)
    return bytes
  }

  /** Within a transaction: writes a value, or removes it where it is null. */
  put (key: string, value: Uint8Array | null): void {
    const table = this.#tables[key.includes('/') ? 'blocks' : 'objects']
    this.#views.delete(key)
    if (value === null) table.removeSync(key)
    else table.putSync(key, value)
  }
}
