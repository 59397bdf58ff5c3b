/** A data folder with everything that a check looks at, and ways to check it and to damage it. */
import { cpSync } from 'node:fs'
import type { TestContext } from 'node:test'
import { pack, unpack } from 'msgpackr'
import { open, type Database, type Key } from 'lmdb'
import { CandelaError } from '../../src/errors.ts'
import type { SharesOfObject } from '../../src/model/class-shares.ts'
import { positivePlaces } from '../../src/model/classes.ts'
import { loadEngine } from '../../src/model/load-engine.ts'
import type { Model } from '../../src/model/model-file.ts'
import { checkStore, type CheckSummary } from '../../src/state/check/check.ts'
import type { Finding } from '../../src/state/check/findings.ts'
import { unpackListed } from '../../src/state/storage/candidates/entry.ts'
import { rowsOf, type OrderKey } from '../../src/state/storage/candidates/orders.ts'
import { candidateOf } from '../../src/state/record/classification.ts'
import { packRecord, unpackPublicationBlock, unpackRecord } from '../../src/state/record/packed-record.ts'
import type { ObjectRecord } from '../../src/state/record/record.ts'
import { generator, openPipeline, temporaryFolder, untrainedModel } from '../pipeline.ts'
import { surveyedObject } from './surveyed-object.ts'

/** Long enough for several closed blocks, and with both checkpoints. */
export const LONG = '313000000000000001'
export const IDS = [LONG, ...Array.from({ length: 11 }, (_, k) => String(313000000000000002n + BigInt(k)))]

/** Difficult light curves in an order that rewinds, host redshifts that were given later, dead letters. */
export async function surveyedFolder (t: TestContext): Promise<string> {
  const { folder, processor, close } = await openPipeline(t)
  const random = generator(5)
  const alerts = IDS.flatMap((id, k) => surveyedObject(id, {
    visits: id === LONG ? 120 : 2 + 9 * k, visitsANight: 1 + k % 4, faint: 3 * k, history: [0, 5, 40][k % 3]!, withoutVisits: k % 2 === 1, hosts: k % 3 === 1, seed: 100 + k
  })).map(alert => ({ alert, at: alert.midpointMjdTai + 6 * random() })).sort((a, b) => a.at - b.at).map(({ alert }) => ({ alert, origin: 'test' }))
  const third = Math.ceil(alerts.length / 3)
  for (let k = 0; k < alerts.length; k += third) {
    await processor.process(alerts.slice(k, k + third), { file: { offset: k } })
    await processor.revise(IDS.slice(k % 5, 6).map((diaObjectId, of) => ({ diaObjectId, host: of === 3 ? null : { redshift: 0.1 + 0.01 * of, redshiftErr: null } })))
  }
  const error = new CandelaError('schema-unknown', 'no schema 99')
  await processor.process([1, 2].map(length => ({ error, bytes: new Uint8Array(length), origin: 'test' })))
  await close()
  return folder
}

export function copyOf (t: TestContext, folder: string): string {
  const copy = temporaryFolder(t)
  cpSync(folder, copy, { recursive: true })
  return copy
}

export async function check (t: TestContext, folder: string, model: Model = untrainedModel(), shares?: SharesOfObject): Promise<{ findings: Finding[], codes: string[], summary: CheckSummary }> {
  const network = (await loadEngine('wasm')).load(model.shape, model.weights, positivePlaces(model.classes))
  t.after(() => network.dispose())
  const findings: Finding[] = []
  const summary = await checkStore({ folder, network, model, ...shares && { shares }, onFinding: finding => findings.push(finding) })
  return { findings, codes: findings.map(({ code }) => code), summary }
}

/** The tables of a data folder as they lie on disk. */
export class RawFolder {
  readonly #root
  readonly objects: Database<Uint8Array, string>
  readonly blocks: Database<Uint8Array, string>
  readonly changes: Database<Uint8Array, number>
  readonly orders: Database<Uint8Array, OrderKey>
  readonly letters: Database<Uint8Array, number>
  readonly letterBytes: Database<Uint8Array, number>
  readonly #meta: Database<Uint8Array, string>

  constructor (folder: string) {
    this.#root = open({ path: folder, maxDbs: 8, encoding: 'binary' })
    const table = <K extends Key>(name: string): Database<Uint8Array, K> => this.#root.openDB<Uint8Array, K>({ name, encoding: 'binary' })
    this.objects = table('objects')
    this.blocks = table('blocks')
    this.changes = table('changes')
    this.orders = table('orders')
    this.letters = table('dead-letters')
    this.letterBytes = table('dead-letter-bytes')
    this.#meta = table('meta')
  }

  close (): Promise<void> {
    return this.#root.close()
  }

  record (diaObjectId = LONG): ObjectRecord {
    return unpackRecord(diaObjectId, this.objects.get(diaObjectId)!)
  }

  change (changed: (record: ObjectRecord) => void, diaObjectId = LONG): void {
    const record = this.record(diaObjectId)
    changed(record)
    this.objects.putSync(diaObjectId, packRecord(record))
  }

  /** Makes an object's entry of the list of changes, and its places in the orders, anew. */
  relist (diaObjectId = LONG): void {
    const record = this.record(diaObjectId)
    const sequence = record.sequence!
    for (const [key] of rowsOf(unpackListed(this.changes.get(sequence)!)!)) this.orders.removeSync(key)
    const entry = { ...candidateOf(record, (id, block) => unpackPublicationBlock(id, this.blocks.get(`${id}/p${block}`)!))!, sequence }
    this.changes.putSync(sequence, pack(entry))
    for (const [key, place] of rowsOf(entry)) this.orders.putSync(key, place)
  }

  /** Keys of an object in the orders. */
  places (diaObjectId = LONG): OrderKey[] {
    return rowsOf(unpackListed(this.changes.get(this.record(diaObjectId).sequence!)!)!).map(([key]) => key)
  }

  block<Entry> (key: string, unpackBlock: (diaObjectId: string, bytes: Uint8Array) => Entry[], packBlock: (entries: readonly Entry[]) => Uint8Array, changed: (entries: Entry[]) => void): void {
    const entries = unpackBlock(LONG, this.blocks.get(key)!)
    changed(entries)
    this.blocks.putSync(key, packBlock(entries))
  }

  value<Value> (table: Database<Uint8Array, number>, key: number, changed: (value: Value) => void): void {
    const value = unpack(table.get(key)!) as Value
    changed(value)
    table.putSync(key, pack(value))
  }

  meta (key: string, changed: (value: never) => unknown): void {
    this.#meta.putSync(key, pack(changed(unpack(this.#meta.get(key)!) as never)))
  }

  metaBytes (key: string, bytes: Uint8Array): void {
    this.#meta.putSync(key, bytes)
  }
}

/** A value with one bit changed. */
export function flipped (bytes: Uint8Array, at = 9): Uint8Array {
  const copy = bytes.slice()
  copy[at]! ^= 1
  return copy
}
