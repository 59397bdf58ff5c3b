import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Distribution, distanceByChance, KEPT, kolmogorovSmirnov } from '../../../src/simulator/comparison/distribution.ts'

const close = (actual: number, expected: number, tolerance: number): void => {
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`)
}

function distributionOf (values: readonly number[]): Distribution {
  const distribution = new Distribution(1)
  for (const value of values) distribution.add(value)
  return distribution
}

/*
 * Expected numbers, by scipy 1.17.1 and numpy 2.4.6:
 *   a = np.array([((k*37)%101)/7 for k in range(101)]); b = np.array([((k*k)%53)/3 for k in range(60)])
 *   ks_2samp(a, b).statistic, np.quantile(a, [.16, .5, .84]), np.quantile(b, [.16, .5, .84])
 *   ks_2samp([1,1,2,2,2,3], [2,3,3,4]).statistic, kstwobign.isf(.01) * np.sqrt((101+60)/(101*60))
 */
const A = Array.from({ length: 101 }, (_, k) => k * 37 % 101 / 7)
const B = Array.from({ length: 60 }, (_, k) => k * k % 53 / 3)

test('distances and quantiles are those of scipy and numpy', () => {
  const [a, b] = [distributionOf(A), distributionOf(B)]
  close(kolmogorovSmirnov(a.values, b.values), 0.215016501650165, 1e-12)
  close(kolmogorovSmirnov(b.values, a.values), 0.215016501650165, 1e-12)
  close(kolmogorovSmirnov([1, 1, 2, 2, 2, 3], [2, 3, 3, 4]), 0.583333333333333, 1e-12)
  close(distanceByChance(101, 60), 0.26529594221276087, 1e-4)
  for (const [distribution, expected] of [[a, [2.28571429, 7.14285714, 12]], [b, [2.14666667, 8.16666667, 14.52]]] as const) {
    for (const [k, share] of [0.16, 0.5, 0.84].entries()) close(distribution.quantile(share), expected[k]!, 1e-7)
  }
  assert.ok(Number.isNaN(kolmogorovSmirnov([], [1])))
})

test('of a million values some thousand are kept, and the quantiles stay', () => {
  const distribution = new Distribution(3)
  // ascending: whoever kept the first or the last ones would be far off
  for (let k = 0; k < 1e6; k++) distribution.add(k / 1e6)
  assert.deepEqual([distribution.count, distribution.values.length], [1_000_000, KEPT])
  for (const share of [0.16, 0.5, 0.84]) close(distribution.quantile(share), share, 0.02)
})
