/** Whether processes keep to their memory and their files. */
import { slope, type Watched } from './samples.ts'

const MIB = 2 ** 20
const MINUTE = 60_000

export interface Growth {
  name: string
  /** How long it ran [min]. */
  minutes: number
  /** Memory of its own in the second half of its time: mean [MiB]. */
  anonymous: number
  /** What it kept after collections of its garbage in that time: mean, and rise of a fitted line [MiB], [MiB/min]; of all its own where it collected nothing. */
  kept: number
  slope: number
  /** All that it had in memory at its most, pages of LMDB's file among it [MiB]. */
  resident: number
  /** Open files in the middle and in the end. */
  files: { middle: number, end: number }
  /** Processors that it kept busy on average. */
  processors: number
  /** Its data folder in the beginning and the end [MiB]; null where it has none. */
  folder: { begin: number, end: number } | null
}

const meanOf = (bytes: readonly number[]): number => bytes.reduce((sum, one) => sum + one, 0) / bytes.length / MIB

/** @param since samples before are left out, as those of a start [ms since 1970, UTC] */
export function growthOf ({ name, samples: all, folder, sizes: allSizes }: Watched, since: number, until: number): Growth | null {
  const inside = all.map(({ time }) => time >= since && time <= until)
  const samples = all.filter((_, k) => inside[k])
  const sizes = allSizes.filter((size, k) => inside[k] && !Number.isNaN(size))
  if (samples.length < 4) return null
  const [first, middle, last] = [samples[0]!, samples[Math.floor(samples.length / 2)]!, samples.at(-1)!]
  const later = samples.filter(({ time }) => time >= middle.time)
  const told = later.flatMap(({ time, kept }) => kept === null ? [] : [{ time, bytes: kept }])
  const kept = told.length > 1 ? told : later.map(({ time, anonymous }) => ({ time, bytes: anonymous }))
  return {
    name,
    minutes: (last.time - first.time) / MINUTE,
    anonymous: meanOf(later.map(({ anonymous }) => anonymous)),
    kept: meanOf(kept.map(({ bytes }) => bytes)),
    slope: slope(kept.map(({ time, bytes }) => [time / MINUTE, bytes / MIB])),
    resident: Math.max(...samples.map(({ resident }) => resident)) / MIB,
    files: { middle: middle.files, end: last.files },
    processors: (last.processor - first.processor) / (last.time - first.time) * 1000,
    folder: folder === null || sizes.length === 0 ? null : { begin: sizes[0]! / MIB, end: sizes.at(-1)! / MIB }
  }
}

export interface MemoryBounds {
  /** [MiB/min] */
  slope: number
  /** More open files in the end than in the middle. */
  files: number
}

/** A time shorter than this tells nothing of a slope [min]. */
const SHORTEST = 2

/** @returns what is not flat */
export function notFlat (growths: readonly Growth[], bounds: MemoryBounds): string[] {
  return growths.flatMap(({ name, minutes, slope, files }) => [
    ...minutes >= SHORTEST && slope > bounds.slope ? [`memory of ${name} rises by ${slope.toFixed(1)} MiB/min, more than ${bounds.slope}`] : [],
    ...files.end - files.middle > bounds.files ? [`${name} has ${files.end} files open in the end, ${files.middle} in the middle of its time`] : []
  ])
}
