/** Draws from the distributions that the simulator's classes are described by. */
import { normal, type Random } from './random.ts'

/** Uniform from `low` to `high`. */
export const uniform = (random: Random, low: number, high: number): number => low + (high - low) * random()

/** Normal with a mean and a standard deviation. */
export const gaussian = (random: Random, mean: number, sigma: number): number => mean + sigma * normal(random)

/** Normal, drawn again until it lies from `low` to `high`; the nearer end after 100 draws. */
export function truncatedGaussian (random: Random, mean: number, sigma: number, low: number, high: number): number {
  let value = NaN
  for (let k = 0; k < 100; k++) {
    value = gaussian(random, mean, sigma)
    if (value >= low && value <= high) return value
  }
  return Math.min(high, Math.max(low, value))
}

/** Exponential with a mean. */
export const exponential = (random: Random, mean: number): number => -mean * Math.log(random())

/** Uniform in the logarithm, from `low` to `high`, both above 0. */
export const logUniform = (random: Random, low: number, high: number): number => low * (high / low) ** random()

/** The logarithm is normal: a median, and the standard deviation of the natural logarithm. */
export const logNormal = (random: Random, median: number, sigma: number): number => median * Math.exp(sigma * normal(random))

/** True in a share of the draws. */
export const chance = (random: Random, share: number): boolean => random() < share

/** A whole number from `low` to `high`, both included. */
export const integer = (random: Random, low: number, high: number): number => low + Math.floor((high - low + 1) * random())

/** One of the items, each as likely as the others. */
export const oneOf = <T>(random: Random, items: readonly T[]): T => items[Math.floor(items.length * random())]!

/** One of the items by its weight. */
export function weightedOneOf<T> (random: Random, items: readonly T[], weightOf: (item: T) => number): T {
  let left = random() * items.reduce((sum, item) => sum + weightOf(item), 0)
  for (const item of items) {
    left -= weightOf(item)
    if (left < 0) return item
  }
  return items.at(-1)!
}
