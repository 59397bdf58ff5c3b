// How long processes of tests, with all that they started, took the processor.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Clock ticks a second in /proc. */
const TICKS = 100
const PREFIX = 'processor-time-'

/** Of this process and of those below it that have ended [s]; undefined where the system keeps no such account. */
export function processorSeconds () {
  try {
    // Behind the name, which may have anything in it; proc_pid_stat(5): utime, stime, cutime, cstime.
    const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ')
    return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS
  } catch {
    return undefined
  }
}

/** Leaves that of this process in a folder, by the file that it runs. */
export function leave (folder) {
  const seconds = processorSeconds()
  if (seconds !== undefined) writeFileSync(join(folder, `${PREFIX}${process.pid}`), JSON.stringify({ path: process.argv[1], seconds }))
}

/** What processes that ran a file have left [s]; a process that was killed leaves nothing. */
export function takeLeft (folder, path) {
  let sum
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(PREFIX)) continue
    const left = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    if (left.path !== path) continue
    sum = (sum ?? 0) + left.seconds
    rmSync(join(folder, name))
  }
  return sum
}
