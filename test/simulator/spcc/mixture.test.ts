import assert from 'node:assert/strict'
import { test } from 'node:test'
import { draw, fitMixture, lnDensity, lnMixtureDensity } from '../../../src/simulator/spcc/mixture.ts'
import { normal, randomFrom } from '../../../src/simulator/random.ts'

/** Mean (1, −2), covariance [[4, 2], [2, 10]]. */
const gaussian = { weight: 1, mean: Float64Array.of(1, -2), factor: Float64Array.of(2, 0, 1, 3) }

test('the density of a Gaussian, worked out by hand', () => {
  // at the mean: −ln 2π − ½ ln 36; at (3, −1): whitened (1, 0), half a unit less
  const atMean = -Math.log(2 * Math.PI) - Math.log(6)
  assert.ok(Math.abs(lnDensity(gaussian, gaussian.mean) - atMean) < 1e-12)
  assert.ok(Math.abs(lnDensity(gaussian, Float64Array.of(3, -1)) - (atMean - 0.5)) < 1e-12)
  const halves = [{ ...gaussian, weight: 0.5 }, { ...gaussian, weight: 0.5 }]
  assert.ok(Math.abs(lnMixtureDensity(halves, gaussian.mean) - atMean) < 1e-12)
})

test('draws have the mean and the covariance', () => {
  const random = randomFrom(4)
  const values = Array.from({ length: 50_000 }, () => draw(random, gaussian))
  const mean = [0, 1].map(k => values.reduce((sum, v) => sum + v[k]!, 0) / values.length)
  const covariance = (i: number, j: number): number =>
    values.reduce((sum, v) => sum + (v[i]! - mean[i]!) * (v[j]! - mean[j]!), 0) / values.length
  assert.ok(Math.abs(mean[0]! - 1) < 0.05 && Math.abs(mean[1]! + 2) < 0.08)
  assert.ok(Math.abs(covariance(0, 0) - 4) < 0.15)
  assert.ok(Math.abs(covariance(0, 1) - 2) < 0.2)
  assert.ok(Math.abs(covariance(1, 1) - 10) < 0.4)
})

test('the fit finds two groups again: weights, means, covariances', () => {
  const random = randomFrom(8)
  const other = { mean: Float64Array.of(12, 12), factor: Float64Array.of(1, 0, 0, 1) }
  const values = Array.from({ length: 4000 }, (_, k) => draw(random, k % 4 === 0 ? other : gaussian))
  const [large, small] = fitMixture(values, 2, randomFrom(1)).sort((a, b) => b.weight - a.weight)
  assert.ok(Math.abs(large!.weight - 0.75) < 0.01 && Math.abs(small!.weight - 0.25) < 0.01)
  assert.ok(Math.abs(large!.mean[0]! - 1) < 0.15 && Math.abs(large!.mean[1]! + 2) < 0.25)
  assert.ok(Math.abs(small!.mean[0]! - 12) < 0.15)
  assert.ok(Math.abs(large!.factor[2]! - 1) < 0.2 && Math.abs(large!.factor[3]! - 3) < 0.2)
})

test('components that would have too few rows for a covariance are left out', () => {
  const random = randomFrom(2)
  const values = Array.from({ length: 20 }, () => Float64Array.of(normal(random), normal(random), normal(random)))
  const mixture = fitMixture(values, 8, randomFrom(1))
  assert.ok(mixture.length < 4)
  assert.ok(Math.abs(mixture.reduce((sum, { weight }) => sum + weight, 0) - 1) < 1e-12)
})
