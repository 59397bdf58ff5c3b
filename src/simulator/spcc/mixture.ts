/** A mixture of Gaussians with full covariances: drawn from by the simulator, fitted by expectation-maximization. */
import { cholesky, solveLower } from './cholesky.ts'
import { normal, type Random } from '../random.ts'

export interface Gaussian {
  /** The weights of a mixture sum to 1. */
  weight: number
  /** [n] */
  mean: Float64Array
  /** Cholesky factor of the covariance, [n, n], row-major. */
  factor: Float64Array
}

/** One value of a Gaussian: mean + L·ε. */
export function draw (random: Random, { mean, factor }: Pick<Gaussian, 'mean' | 'factor'>): Float64Array {
  const n = mean.length
  const values = Float64Array.from(mean)
  for (let j = 0; j < n; j++) {
    const epsilon = normal(random)
    for (let i = j; i < n; i++) values[i]! += factor[i * n + j]! * epsilon
  }
  return values
}

/** ln of the density of a value under one Gaussian, without its weight. */
export function lnDensity ({ mean, factor }: Gaussian, value: Float64Array): number {
  const n = mean.length
  const whitened = solveLower(factor, value.map((v, i) => v - mean[i]!))
  let sum = n * Math.log(2 * Math.PI)
  for (let i = 0; i < n; i++) sum += whitened[i]! ** 2 + 2 * Math.log(factor[i * n + i]!)
  return -sum / 2
}

/** ln of the density of a value under the whole mixture. */
export function lnMixtureDensity (mixture: readonly Gaussian[], value: Float64Array): number {
  const terms = mixture.map(gaussian => Math.log(gaussian.weight) + lnDensity(gaussian, value))
  const largest = Math.max(...terms)
  return largest + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - largest), 0))
}

/** Mean and factor of the values, each counted by its share; `floor` is added to the diagonal. */
function weighted (values: readonly Float64Array[], shares: Float64Array, floor: Float64Array): Gaussian {
  const n = floor.length
  const mean = new Float64Array(n)
  const covariance = new Float64Array(n * n)
  const total = shares.reduce((sum, share) => sum + share, 0)
  values.forEach((value, row) => { for (let i = 0; i < n; i++) mean[i]! += shares[row]! * value[i]! / total })
  values.forEach((value, row) => {
    const share = shares[row]! / total
    if (share < 1e-12) return
    for (let i = 0; i < n; i++) {
      const left = share * (value[i]! - mean[i]!)
      for (let j = 0; j <= i; j++) covariance[i * n + j]! += left * (value[j]! - mean[j]!)
    }
  })
  for (let i = 0; i < n; i++) covariance[i * n + i]! += floor[i]!
  const factor = cholesky(covariance, n)
  if (factor === null) throw new RangeError('covariance is not positive definite')
  return { weight: total / values.length, mean, factor }
}

/** k-means++ (Arthur & Vassilvitskii 2007): centres far apart, in units of each column's spread. */
function centres (values: readonly Float64Array[], components: number, spread: Float64Array, random: Random): Float64Array[] {
  const distance = (a: Float64Array, b: Float64Array): number => a.reduce((sum, v, i) => sum + ((v - b[i]!) / spread[i]!) ** 2, 0)
  const chosen = [values[Math.floor(random() * values.length)]!]
  const nearest = values.map(value => distance(value, chosen[0]!))
  while (chosen.length < components) {
    let left = random() * nearest.reduce((sum, d) => sum + d, 0)
    const row = Math.max(0, nearest.findIndex(d => { left -= d; return left <= 0 }))
    chosen.push(values[row]!)
    values.forEach((value, i) => { nearest[i] = Math.min(nearest[i]!, distance(value, chosen.at(-1)!)) })
  }
  return chosen
}

/**
 * Expectation-maximization (Dempster, Laird & Rubin 1977) from a k-means++ start.
 * @param values rows of equal length
 * @param relativeFloor variance added to each column, in units of the column's own
 * @returns components that kept at least twice as many rows as columns, weights summing to 1
 */
export function fitMixture (
  values: readonly Float64Array[], components: number, random: Random, relativeFloor = 1e-3, passes = 60
): Gaussian[] {
  const n = values[0]!.length
  const whole = weighted(values, new Float64Array(values.length).fill(1), new Float64Array(n).fill(1e-9))
  const variance = new Float64Array(n)
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) variance[i]! += whole.factor[i * n + j]! ** 2
  const floor = variance.map(v => relativeFloor * v)
  const spread = variance.map(Math.sqrt)
  let mixture: Gaussian[] = centres(values, components, spread, random)
    .map(mean => ({ weight: 1 / components, mean, factor: whole.factor.map(v => v / Math.cbrt(components)) }))
  for (let pass = 0; pass < passes; pass++) {
    const shares = mixture.map(() => new Float64Array(values.length))
    values.forEach((value, row) => {
      const terms = mixture.map(gaussian => Math.log(gaussian.weight) + lnDensity(gaussian, value))
      const largest = Math.max(...terms)
      const sum = terms.reduce((total, term) => total + Math.exp(term - largest), 0)
      terms.forEach((term, k) => { shares[k]![row] = Math.exp(term - largest) / sum })
    })
    const rows = shares.map(share => share.reduce((sum, v) => sum + v, 0))
    const fewest = Math.min(2 * n, Math.max(...rows))
    mixture = shares.filter((_, k) => rows[k]! >= fewest).map(share => weighted(values, share, floor))
  }
  const total = mixture.reduce((sum, { weight }) => sum + weight, 0)
  return mixture.map(gaussian => ({ ...gaussian, weight: gaussian.weight / total }))
}
