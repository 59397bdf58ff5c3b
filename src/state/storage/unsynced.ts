/**
 * A data folder that is written without waiting for the disk, for a store that can be made anew from elsewhere. It outlives
 * its process, since the system has all that was written. What lies there after the system itself has ended is not
 * believed: pages can have reached the disk in any order.
 */
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { flushToDisk, replaceFile } from '../../durable-files.ts'
import { CandelaError } from '../../errors.ts'

/** Another one each time that the system starts; '' where it does not tell. */
export function systemStart (): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return ''
  }
}

/** Is there while the disk may lack something, and says since which start of the system. */
const fileOf = (folder: string): string => join(folder, 'unsynced')

/** @throws CandelaError `data-folder-unusable` where the system has ended since while the folder was written so */
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
 * Before anything is written.
 * @returns what ends it, once the folder is closed; null where the system does not tell its starts: the disk is to be waited for
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
