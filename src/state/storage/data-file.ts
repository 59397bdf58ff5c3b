/**
 * A look at LMDB's file before it is mapped: LMDB itself ends the process on a file that is not its own, and where a new
 * one finds no room.
 */
import { closeSync, openSync, readSync, rmSync, statfsSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CandelaError, reasonIn } from '../../errors.ts'

/** Of the two meta pages at the beginning: fields of the page's header, and of MDB_meta behind it. */
const META = { pageFlags: 18, magic: 24, pageSize: 48, freeRoot: 88, mainRoot: 136, lastPage: 144, transaction: 152, length: 160 } as const
const MAGIC = 0xbeefc0de
/** P_META and P_INVALID of LMDB. */
const IS_META = 0x08
const NO_PAGE = 0xffff_ffff_ffff_ffffn

/**
 * Pages that may be missing at the end of a file that is whole: LMDB does not write those that a transaction took there
 * and gave back, as lists of free pages that it laid out anew, which are the longer the more pages there are.
 */
const mayBeMissing = (pages: number): number => 4 + Math.ceil(pages / 64)

/** What the files of an empty store need [bytes]. */
const FIRST_ROOM = 64 * 1024

/**
 * @returns what the file lacks at its end of what LMDB may map [bytes]
 * @throws CandelaError `data-folder-unusable` where data.mdb is there and is not LMDB's, cut off, or damaged at its beginning; the
 *   system's error where it is not there yet and there is no room for it
 */
export function checkDataFile (folder: string): { missing: number } {
  const path = join(folder, 'data.mdb')
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0
  if (size === 0) {
    checkRoom(folder)
    return { missing: 0 }
  }
  const file = openSync(path, 'r')
  try {
    const read = (position: number): Buffer => {
      const bytes = Buffer.alloc(META.length)
      readSync(file, bytes, 0, bytes.length, position)
      return bytes
    }
    const first = read(0)
    if (first.readUInt32LE(META.magic) !== MAGIC) throw unusable(path, 'is not a data file of Candela')
    const pageSize = first.readUInt32LE(META.pageSize)
    const second = read(pageSize)
    const newer = second.readBigUInt64LE(META.transaction) > first.readBigUInt64LE(META.transaction) ? second : first
    if (![first, second].every(isMeta) || !hasRoots(newer)) throw unusable(path, 'is damaged at its beginning')
    const pages = Number(newer.readBigUInt64LE(META.lastPage)) + 1
    if (size < (pages - mayBeMissing(pages)) * pageSize) throw unusable(path, `is cut off: it has ${size} bytes of ${pages * pageSize}`)
    return { missing: Math.max(0, pages * pageSize - size) }
  } finally {
    closeSync(file)
  }
}

/**
 * Before a process that writes maps the file: what it lacks at its end becomes zeros, so that a file that was cut off by
 * so little after all gives errors where it is read, and does not end the process.
 * @throws as checkDataFile
 */
export function prepareDataFile (folder: string): void {
  const { missing } = checkDataFile(folder)
  const path = join(folder, 'data.mdb')
  if (missing > 0) truncateSync(path, statSync(path).size + missing)
}

const isMeta = (page: Buffer): boolean => page.readUInt32LE(META.magic) === MAGIC && (page.readUInt16LE(META.pageFlags) & IS_META) !== 0

/** Whether LMDB can follow a meta page to its two trees, of free pages and of tables. */
function hasRoots (meta: Buffer): boolean {
  const lastPage = meta.readBigUInt64LE(META.lastPage)
  const roots = [META.freeRoot, META.mainRoot].map(at => meta.readBigUInt64LE(at))
  return roots.every(root => root === NO_PAGE || (root > 1n && root <= lastPage))
}

/** By writing, since a quota or a limit of the process is not in the free space that a file system tells. */
function checkRoom (folder: string): void {
  const path = join(folder, `process.${process.pid}.room`)
  try {
    writeFileSync(path, Buffer.alloc(FIRST_ROOM))
  } finally {
    rmSync(path, { force: true })
  }
}

/** Raised whenever the form at rest changes so that an older Candela could not read it, or this one the older. */
export const DATA_FORMAT = 2

/** @throws CandelaError `data-folder-version` */
export function checkFormat (folder: string, format: unknown): void {
  if (format === DATA_FORMAT) return
  throw new CandelaError('data-folder-version', `data folder ${folder} has format ${String(format)}, this Candela writes format ${DATA_FORMAT}`, {
    value: format,
    action: typeof format === 'number' && format >= 1 && format < DATA_FORMAT
      ? `Make a copy of the folder, then run: candela migrate --data-dir ${folder}`
      : 'Use the Candela version that wrote it, or choose another --data-dir and replay the alerts.'
  })
}

export const folderMissing = (folder: string): CandelaError => new CandelaError('data-folder-missing', `there is no data folder at ${folder}`, {
  value: folder, action: 'Name the folder of the service with --data-dir, or ask the service itself with --url where the command has it.'
})

export const folderUnusable = (folder: string, cause: unknown): CandelaError =>
  new CandelaError('data-folder-unusable', `data folder ${folder} cannot be used: ${reasonIn(cause)}`, {
    cause, value: folder, action: 'Check that it is a writable folder with free space, choose another --data-dir, or restore it from a copy.'
  })

/** LMDB's MDB_PANIC: the environment is of no use until it is opened again. */
const PANIC = -30795

/** @param what could not be written */
export function commitFailed (folder: string, what: string, cause: unknown): CandelaError {
  const reason = reasonIn(cause)
  const canRetry = (cause as { code?: unknown }).code !== PANIC
  return new CandelaError('commit-failed', `${what} could not be written: ${reason}; ${freeSpace(folder)} free in ${folder}`, {
    cause,
    canRetry,
    action: `${canRetry ? 'Check the free space and the permissions of the data folder' : 'Start Candela again'}; nothing of it was stored.`
  })
}

function freeSpace (folder: string): string {
  try {
    const { bavail, bsize } = statfsSync(folder)
    return `${(bavail * bsize / 2 ** 20).toFixed(1)} MiB`
  } catch {
    return 'an unknown space'
  }
}

const unusable = (path: string, what: string): CandelaError => new CandelaError('data-folder-unusable', `${path} ${what}`, {
  value: path, action: 'Restore the data folder from a copy, or choose another --data-dir and replay the alerts.'
})
