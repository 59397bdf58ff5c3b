/** What state stores take on disk. */
import { readdir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'

const DATA_FILE = 'data.mdb'
/** A partition's store is in classify/partition-0 of the data folder. */
const DEEPEST = 2
/** Of stat().blocks, whatever the file system's own are (POSIX) [bytes]. */
const BLOCK = 512

async function usedBelow (folder: string, deeper: number): Promise<number> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(entries.map(async entry => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return deeper > 0 ? await usedBelow(path, deeper - 1) : 0
    if (entry.name !== DATA_FILE) return 0
    return await stat(path).then(({ blocks }) => blocks * BLOCK, () => 0)
  }))
  return sizes.reduce((sum, size) => sum + size, 0)
}

/**
 * @param folder the data folder
 * @returns what its stores take on disk, and what is left there to this user [bytes]
 */
export async function diskUse (folder: string): Promise<{ used: number, free: number }> {
  const [used, free] = await Promise.all([
    usedBelow(folder, DEEPEST),
    statfs(folder).then(({ bavail, bsize }) => bavail * bsize)
  ])
  return { used, free }
}
