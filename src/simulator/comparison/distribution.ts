/** Numbers of which some thousand are kept, whatever comes: quantiles, and the distance of two distributions. */
import { randomFrom, type Random } from '../random.ts'

/** Values kept of one distribution: quantiles are then right to a per cent. */
export const KEPT = 5000

export class Distribution {
  /** How many were added. */
  count = 0
  readonly #kept: number[] = []
  #sorted: Float64Array | null = null
  readonly #random: Random

  /** @param keys name the stream that chooses among many values */
  constructor (...keys: number[]) {
    this.#random = randomFrom(...keys)
  }

  /** All are kept up to `KEPT`, then each with the same chance (Vitter 1985, algorithm R). */
  add (value: number): void {
    this.count++
    this.#sorted = null
    if (this.#kept.length < KEPT) {
      this.#kept.push(value)
      return
    }
    const place = Math.floor(this.count * this.#random())
    if (place < KEPT) this.#kept[place] = value
  }

  /** Ascending. */
  get values (): Float64Array {
    this.#sorted ??= Float64Array.from(this.#kept).sort()
    return this.#sorted
  }

  /**
   * Linear between the values (Hyndman & Fan 1996, type 7, as numpy has it).
   * @param share 0 to 1
   * @returns NaN where there is no value
   */
  quantile (share: number): number {
    return quantileOf(this.values, share)
  }
}

/** @param sorted ascending; NaN where it is empty */
export function quantileOf (sorted: ArrayLike<number>, share: number): number {
  if (sorted.length === 0) return NaN
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const lower = sorted[below]!
  const upper = sorted[Math.min(below + 1, sorted.length - 1)]!
  return lower + (place - below) * (upper - lower)
}

export const medianOf = (values: readonly number[]): number => quantileOf(Float64Array.from(values).sort(), 0.5)

/**
 * Largest difference of the cumulative distributions (Kolmogorov 1933, Smirnov 1939), 0 to 1.
 * @param a ascending, as `b`
 * @returns NaN where one is empty
 */
export function kolmogorovSmirnov (a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length === 0 || b.length === 0) return NaN
  let [i, j, distance] = [0, 0, 0]
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!)
    while (i < a.length && a[i] === value) i++
    while (j < b.length && b[j] === value) j++
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length))
  }
  return distance
}

/** What two samples of one distribution exceed once in a hundred times (Smirnov 1948, the limit of many); at most 1. */
export const distanceByChance = (n: number, m: number): number => Math.min(1, 1.6276 * Math.sqrt((n + m) / (n * m)))
