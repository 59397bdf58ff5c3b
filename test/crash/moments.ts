/** When to kill a process: by the clock, by what it has said, by what it writes. */
import { watch } from 'node:fs'
import { createInterface } from 'node:readline'
import type { ChildProcessByStdio } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

type Child = ChildProcessByStdio<Writable, Readable, Readable>

export interface Moment {
  name: 'start' | 'lines' | 'commit'
  /** Kills the child when the moment has come; @returns ends the waiting */
  arm: (child: Child) => () => void
}

const kill = (child: Child): void => { child.kill('SIGKILL') }

/** After a time from the start on [ms]. */
const atTime = (ms: number): Moment => ({
  name: 'start',
  arm (child) {
    const timer = setTimeout(kill, ms, child)
    return () => clearTimeout(timer)
  }
})

/** A time [ms] after a number of lines. */
const afterLines = (lines: number, ms: number): Moment => ({
  name: 'lines',
  arm (child) {
    let seen = 0
    let timer: NodeJS.Timeout | undefined
    createInterface(child.stdout).on('line', () => { if (++seen === lines) timer = setTimeout(kill, ms, child) })
    return () => clearTimeout(timer)
  }
})

/** Writes to the data file with less between them [ms] are one commit. */
const PAUSE = 40

/**
 * A time [ms] after a commit has begun; the opening of the folder is the first of them. A commit writes its pages,
 * waits for the disk, then writes the page that makes it stand.
 */
const inCommit = (folder: string, number: number, ms: number): Moment => ({
  name: 'commit',
  arm (child) {
    let seen = 0
    let last = -Infinity
    let timer: NodeJS.Timeout | undefined
    const watcher = watch(folder, (_, name) => {
      if (name !== 'data.mdb') return
      const now = performance.now()
      if (now - last > PAUSE && ++seen === number) {
        if (ms < 1) kill(child)
        else timer = setTimeout(kill, ms, child)
      }
      last = now
    })
    return () => {
      clearTimeout(timer)
      watcher.close()
    }
  }
})

/**
 * A moment at random.
 * @param random uniform in 0 to 1
 * @param folder data folder; it may be empty still
 * @param startMs how long a start takes until the first commit, about [ms]
 * @param batch alerts of one commit
 */
export function randomMoment (random: () => number, { folder, startMs, batch }: { folder: string, startMs: number, batch: number }): Moment {
  const kind = random()
  if (kind < 0.2) return atTime(random() * startMs)
  if (kind < 0.6) return afterLines(1 + Math.floor(random() * 2 * batch), random() * 100)
  return inCommit(folder, 1 + Math.floor(random() * 3), random() * 5)
}
