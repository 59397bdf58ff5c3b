/** What processes take of the machine while they run, from /proc. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Sample {
  /** [ms since 1970, UTC] */
  time: number
  /** Memory of its own, without pages of files as LMDB maps them [bytes]. */
  anonymous: number
  /** All that is in memory [bytes]. */
  resident: number
  files: number
  /** Time on a processor since its start [s]. */
  processor: number
}

/** USER_HZ of every Linux that Node runs on. */
const TICKS = 100
const KIB = 1024
/** Places in /proc/PID/stat behind the name: state is the first. */
const USER_TIME = 11
const SYSTEM_TIME = 12

/** @returns null where the process has ended */
export function sampleOf (pid: number): Sample | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * KIB
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      time: Date.now(),
      anonymous: kib('RssAnon'),
      resident: kib('VmRSS'),
      files: readdirSync(`/proc/${pid}/fd`).length,
      processor: (Number(fields[USER_TIME]) + Number(fields[SYSTEM_TIME])) / TICKS
    }
  } catch {
    return null
  }
}

/** Time that the processors of the machine were not idle, since its start [s]. */
export function machineBusy (): number {
  const [user, nice, system, , , irq, softirq, steal] = readFileSync('/proc/stat', 'utf8').split('\n')[0]!.trim().split(/\s+/).slice(1).map(Number) as [number, number, number, number, number, number, number, number]
  return (user + nice + system + irq + softirq + steal) / TICKS
}

const BLOCK = 512

/** What a folder takes on disk [bytes]. */
export function sizeOf (folder: string): number {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce((sum, name) => {
      const found = lstatSync(join(folder, name))
      return found.isFile() ? sum + found.blocks * BLOCK : sum
    }, 0)
  } catch {
    // A file went away meanwhile; the next look sees the folder whole.
    return NaN
  }
}

export interface Watched {
  name: string
  pid: number
  /** Data folder; null for none. */
  folder: string | null
  samples: Sample[]
  /** [bytes] */
  sizes: number[]
}

/** Looks at processes again and again until it is stopped. */
export class Watch {
  readonly watched: Watched[] = []
  readonly #timer: NodeJS.Timeout

  /** @param every [ms] */
  constructor (every: number) {
    this.#timer = setInterval(() => this.look(), every)
  }

  add (name: string, pid: number, folder: string | null = null): void {
    this.watched.push({ name, pid, folder, samples: [], sizes: [] })
    this.look()
  }

  look (): void {
    for (const { pid, folder, samples, sizes } of this.watched) {
      const sample = sampleOf(pid)
      if (!sample) continue
      samples.push(sample)
      sizes.push(folder === null ? 0 : sizeOf(folder))
    }
  }

  stop (): void {
    clearInterval(this.#timer)
  }
}

/** Least squares. @returns rise of y in a unit of x; 0 where there are fewer than two different x */
export function slope (points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  return spread === 0 ? 0 : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread
}
