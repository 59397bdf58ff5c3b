/**
 * A data folder written without waiting for the disk, for a store that can be restored from a changelog. It survives the
 * end of its process, since the system has all that was written. After a crash of the machine the folder is refused, to
 * be discarded and rebuilt: pages can have reached the disk in any order.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { flushToDisk, replaceFile } from '../../durable-files.ts'
import { CandelaError } from '../../errors.ts'

/** An id of the system's start, another one each time; '' where the system does not tell. */
export function systemStart (): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** The file exists while the disk may lack something; it holds the id of the system's start. */
const fileOf = (folder: string): string => join(folder, 'unsynced')

/** @throws CandelaError `data-folder-unusable` where the system has stopped since, while the folder was in use */
export function checkBelievable (folder: string): void {
  let since: string
  try {
    since = readFileSync(fileOf(folder), 'utf8').trim()
  } catch {
    return
  }
  if (since === systemStart()) return
  throw new CandelaError('data-folder-unusable', `data folder ${folder} was written without waiting for the disk when its machine stopped, or was copied from another meanwhile`, {
    value: folder, action: 'Remove the folder: the process that it belongs to makes it anew from the changelog.'
  })
}

/**
 * Marks the folder, before anything is written.
 * @returns a function that removes the mark once the folder is closed; null where the system does not tell its starts, and
 *   commits have to wait for the disk
 */
export function beginUnsynced (folder: string): (() => void) | null {
  const start = systemStart()
  if (start === '') return null
  replaceFile(fileOf(folder), [Buffer.from(`${start}\n`)])
  return () => {
    flushToDisk(join(folder, 'data.mdb'))
    rmSync(fileOf(folder), { force: true })
  }
}
