/** Converts a data folder of an older format to the present one, in one transaction. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { open, type Database, type RootDatabase } from 'lmdb'
import { pack, unpack } from 'msgpackr'
import { CandelaError } from '../../errors.ts'
import { mergePoints } from '../../light-curve/merge.ts'
import { keptTime } from '../../light-curve/stored-point.ts'
import { ORDERS } from '../storage/candidates/list.ts'
import { checkDataFile, checkFormat, DATA_FORMAT, folderMissing, folderUnusable } from '../storage/data-file.ts'
import { lockFolder } from '../storage/folder-lock.ts'
import { LmdbObjects } from '../storage/objects.ts'
import { entriesOf } from '../storage/packed-commit.ts'
import { damaged } from '../record/packed-record.ts'
import { publishedProbability } from '../record/record.ts'
import type { Candidate } from '../views.ts'
import { wholeWrite } from '../record/whole-object.ts'
import { unpackPoints, unpackPublications, unpackRecord, type BlockKey } from './format-1.ts'

export interface Migration {
  /** The format that the folder had. */
  from: number
  to: number
  objects: number
}

/**
 * Hidden states of format 1 were stepped at times that were not rounded. No model has this key, so that the next update
 * of such a record replays its light curve.
 */
const staleKey = (model: string): string => `${model}, format 1`

/**
 * In a folder of the present format only the lists of candidates change: they are made anew when the folder is opened next.
 * @throws CandelaError `data-folder-missing`, `data-folder-in-use`, `data-folder-version`, `data-folder-unusable`,
 *   `record-damaged`: the folder is unchanged
 */
export async function migrateFolder (folder: string): Promise<Migration> {
  if (!existsSync(join(folder, 'data.mdb'))) throw folderMissing(folder)
  const release = lockFolder(folder)
  let root: RootDatabase | undefined
  try {
    checkDataFile(folder)
    root = open({ path: folder, noSubdir: false, maxDbs: 8, encoding: 'binary' })
    const opened = root
    const meta = opened.openDB<Uint8Array, string>({ name: 'meta', encoding: 'binary' })
    const format = meta.get('format')
    const from: unknown = format && unpack(format)
    if (from !== 1) {
      checkFormat(folder, from)
      opened.transactionSync(() => meta.removeSync(ORDERS))
      await opened.flushed
      return { from: DATA_FORMAT, to: DATA_FORMAT, objects: 0 }
    }
    const objects = opened.transactionSync(() => {
      meta.putSync('format', pack(DATA_FORMAT))
      return fromFormat1(opened)
    })
    await opened.flushed
    return { from, to: DATA_FORMAT, objects }
  } catch (error) {
    throw error instanceof CandelaError ? error : folderUnusable(folder, error)
  } finally {
    await root?.close()
    release()
  }
}

function fromFormat1 (root: RootDatabase): number {
  const objects = root.openDB<Uint8Array, string>({ name: 'objects', encoding: 'binary' })
  const blocks = root.openDB<Uint8Array, BlockKey | string>({ name: 'blocks', encoding: 'binary' })
  const changes = root.openDB<Uint8Array, number>({ name: 'changes', encoding: 'binary' })
  const written = new LmdbObjects({ objects, blocks: blocks as Database<Uint8Array, string>, changes })
  const ids = [...objects.getKeys()]
  for (const diaObjectId of ids) {
    const record = unpackRecord(diaObjectId, objects.get(diaObjectId)!)
    const closed = (kind: BlockKey[1], count: number): Uint8Array[] => Array.from({ length: count }, (_, block) => {
      const bytes = blocks.get([diaObjectId, kind, block])
      if (bytes === undefined) throw damaged(diaObjectId, `block ${block} of its ${kind} is missing`)
      blocks.removeSync([diaObjectId, kind, block])
      // LMDB reuses its buffer at the next read.
      return Buffer.from(bytes)
    })
    const { points } = mergePoints([], [...closed('points', record.closedPointBlocks).flatMap(unpackPoints), ...record.openPoints])
    const publications = [...closed('publications', record.closedPublicationBlocks).flatMap(unpackPublications), ...record.publications]
    const change = wholeWrite({ record: { ...record, openPoints: [], model: staleKey(record.model) }, points, publications, checkpoints: [] })
    for (const [key, value] of entriesOf(change)) written.put(key, value)
  }
  for (const sequence of [...changes.getKeys()]) {
    const candidate = unpack(changes.get(sequence)!) as Candidate
    const { probabilityIa, midpointMjdTai } = candidate
    changes.putSync(sequence, pack({ ...candidate, probabilityIa: publishedProbability(probabilityIa), midpointMjdTai: keptTime(midpointMjdTai) }))
  }
  return ids.length
}
