/** Locks a data folder for one process, by a file that names the process. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { CandelaError } from '../../errors.ts'

/**
 * When a process started, in the system's own clock; '' where the system does not tell. Pids are used again, starts are
 * not. One that has ended and that its parent has not asked about yet (a zombie) writes no more.
 */
function processOf (pid: number): { start: string, ended: boolean } {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { start: fields[18] ?? '', ended: state === 'Z' || state === 'X' }
  } catch {
    return { start: '', ended: false }
  }
}

/** Whether the process that wrote `content` is still there. */
function isHeld (content: string): { pid: number } | null {
  const [first = '', start = ''] = content.trim().split(' ')
  const pid = Number(first)
  if (!Number.isInteger(pid) || pid <= 0) return null
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null
  }
  const { start: now, ended } = processOf(pid)
  const another = now === '' || start === '' ? pid === process.pid : now !== start
  return another || ended ? null : { pid }
}

/**
 * @returns the way to release the folder
 * @throws CandelaError `data-folder-in-use`
 */
export function lockFolder (folder: string): () => void {
  const path = join(folder, 'process.pid')
  const own = join(folder, `process.${process.pid}.pid`)
  try {
    writeFileSync(own, `${process.pid} ${processOf(process.pid).start}\n`)
    for (let attempt = 0; ; attempt++) {
      try {
        // A link appears with its content or not at all.
        linkSync(own, path)
        return () => rmSync(path, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 0) throw error
      }
      const holder = isHeld(readFileSync(path, 'utf8'))
      if (holder) {
        throw new CandelaError('data-folder-in-use', `data folder ${folder} is in use by process ${holder.pid}`, {
          value: folder, canRetry: true, action: `Stop that process, choose another --data-dir, or remove ${path} if process ${holder.pid} is not Candela.`
        })
      }
      rmSync(path, { force: true })
    }
  } finally {
    rmSync(own, { force: true })
  }
}
