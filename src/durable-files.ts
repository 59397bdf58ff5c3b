/** Writes that are on the disk when they return, so that no stop of the machine takes them back. */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/** Waits for the disk to have what was written to a file, or the names in a folder. */
export function flushToDisk (path: string): void {
  const file = openSync(path, 'r')
  try {
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Writes a file in place of the one that may be there. Whenever the process or the machine stops, the old content or the
 * new is there, whole; where this throws, the old.
 * @param mode of a file that is made
 */
export function replaceFile (path: string, content: readonly Uint8Array[], { mode = 0o666 }: { mode?: number } = {}): void {
  const unfinished = `${path}.unfinished`
  try {
    const file = openSync(unfinished, 'w', mode)
    try {
      for (const bytes of content) for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(unfinished, path)
  } catch (error) {
    rmSync(unfinished, { force: true })
    throw error
  }
  flushToDisk(dirname(path))
}
