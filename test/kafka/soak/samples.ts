/** What processes take of the machine while they run, from /proc. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Sample {
  /** [ms since 1970, UTC] */
  time: number
  /** Memory of its own, without pages of files as LMDB maps them [bytes]. */
  anonymous: number
  /** What it keeps, where all garbage was collected since the sample before: its heap and the buffers beside it [bytes]. */
  kept: number | null
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
export function sampleOf (pid: number, kept: number | null = null): Sample | null {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) * KIB
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return {
      time: Date.now(),
      anonymous: kib('RssAnon'),
      kept,
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
  /** What it wrote to stderr, where COLLECTS is loaded into it. */
  stderr: (() => string) | null
  samples: Sample[]
  /** [bytes] */
  sizes: number[]
}

/** Loaded into a process, collects all garbage at SIGUSR2 and says on stderr what is left. */
export const COLLECTS = ['--import', new URL('./collects.js', import.meta.url).href]

/** Looks at processes again and again until it is stopped. */
export class Watch {
  readonly watched: Watched[] = []
  readonly #timers: NodeJS.Timeout[]
  /** How often each has collected so far. */
  readonly #collections = new Map<Watched, number>()
  #turn = 0

  /**
   * @param every [ms]
   * @param collectEvery how often one of the processes that COLLECTS is loaded into has to collect its garbage, in turn [ms]
   */
  constructor (every: number, collectEvery: number) {
    this.#timers = [setInterval(() => this.look(), every), setInterval(() => this.#collectNext(), collectEvery)]
  }

  #collectNext (): void {
    const collecting = this.watched.filter(({ stderr, pid }) => stderr && existsSync(`/proc/${pid}`))
    const next = collecting[this.#turn++ % collecting.length]
    if (next) process.kill(next.pid, 'SIGUSR2')
  }

  /** What a process has said since the last look that it keeps. */
  #keptBy (watched: Watched): number | null {
    const told = [...watched.stderr?.().matchAll(/^kept (\d+)\n/gm) ?? []]
    const known = this.#collections.get(watched) ?? 0
    this.#collections.set(watched, told.length)
    return told.length > known ? Number(told.at(-1)![1]) : null
  }

  add (name: string, pid: number, { folder = null, stderr = null }: Partial<Pick<Watched, 'folder' | 'stderr'>> = {}): void {
    this.watched.push({ name, pid, folder, stderr, samples: [], sizes: [] })
    this.look()
  }

  look (): void {
    for (const watched of this.watched) {
      const { pid, folder, samples, sizes } = watched
      const sample = sampleOf(pid, this.#keptBy(watched))
      if (!sample) continue
      samples.push(sample)
      sizes.push(folder === null ? 0 : sizeOf(folder))
    }
  }

  stop (): void {
    for (const timer of this.#timers) clearInterval(timer)
  }
}

/** Least squares. @returns rise of y in a unit of x; 0 where there are fewer than two different x */
export function slope (points: ReadonlyArray<readonly [x: number, y: number]>): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
  return spread === 0 ? 0 : points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread
}
