/** One process a data folder: a file that names the process that writes there. */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { CandelaError } from '../errors.ts'

function alive (pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * @returns the way to release the folder
 * @throws CandelaError `data-folder-in-use`
 */
export function lockFolder (folder: string): () => void {
  const path = join(folder, 'process.pid')
  for (let attempt = 0; ; attempt++) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, `${process.pid}\n`)
      closeSync(file)
      return () => rmSync(path, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error
    }
    const pid = Number(readFileSync(path, 'utf8'))
    if (alive(pid)) {
      throw new CandelaError('data-folder-in-use', `data folder ${folder} is in use by process ${pid}`, {
        value: folder, canRetry: true, action: `Stop that process, choose another --data-dir, or remove ${path} if process ${pid} is not Candela.`
      })
    }
    rmSync(path, { force: true })
  }
}
