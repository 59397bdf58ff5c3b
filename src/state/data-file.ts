/** A look at LMDB's file before it is mapped: LMDB itself ends the process on a file that is not its own. */
import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { CandelaError } from '../errors.ts'

const PAGE = 4096
/** MDB_MAGIC, in the first meta page behind its page header. */
const MAGIC = 0xbeefc0de
const MAGIC_AT = 24

/** @throws CandelaError `data-folder-unusable` where data.mdb is there and is not LMDB's */
export function checkDataFile (folder: string): void {
  const path = join(folder, 'data.mdb')
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) return
  const head = Buffer.alloc(MAGIC_AT + 4)
  const file = openSync(path, 'r')
  try {
    readSync(file, head, 0, head.length, 0)
  } finally {
    closeSync(file)
  }
  if (size < 2 * PAGE || size % PAGE !== 0 || head.readUInt32LE(MAGIC_AT) !== MAGIC) {
    throw new CandelaError('data-folder-unusable', `${path} is damaged or is not a data file of Candela (${size} bytes)`, {
      value: path, action: 'Restore the data folder from a copy, or choose another --data-dir and replay the alerts.'
    })
  }
}
