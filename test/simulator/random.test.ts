import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normal, poisson, randomFrom } from '../../src/simulator/random.ts'

const mean = (values: number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length
const variance = (values: number[]): number => {
  const middle = mean(values)
  return mean(values.map(v => (v - middle) ** 2))
}

test('the same keys give the same stream; another key, order or upper half gives another', () => {
  const first = (...keys: number[]): number => randomFrom(...keys)()
  assert.equal(first(1, 2, 3), first(1, 2, 3))
  const streams = [[1, 2, 3], [1, 3, 2], [1, 2, 4], [2, 2, 3], [1, 2], [1, 2, 3 + 2 ** 32], [1, 2, -3]].map(keys => first(...keys))
  assert.equal(new Set(streams).size, streams.length)
})

test('uniform numbers fill (0, 1) evenly, along a stream and across streams', () => {
  const random = randomFrom(5)
  const along = Array.from({ length: 100_000 }, random)
  const across = Array.from({ length: 100_000 }, (_, k) => randomFrom(5, k)())
  for (const values of [along, across]) {
    assert.ok(values.every(v => v > 0 && v < 1))
    const bins = new Array<number>(100).fill(0)
    for (const v of values) bins[Math.floor(v * 100)]!++
    // χ² of 99 degrees of freedom: 99 ± 14; 160 has p = 1e-4
    assert.ok(bins.reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0) < 160)
  }
})

test('first numbers of neighbouring streams do not follow each other', () => {
  const values = Array.from({ length: 50_000 }, (_, k) => randomFrom(1, k)() - 0.5)
  const correlation = mean(values.slice(1).map((v, k) => v * values[k]!)) / variance(values)
  assert.ok(Math.abs(correlation) < 5 / Math.sqrt(50_000))
})

test('normal numbers have mean 0, variance 1 and the tails of a normal', () => {
  const random = randomFrom(9)
  const values = Array.from({ length: 100_000 }, () => normal(random))
  assert.ok(Math.abs(mean(values)) < 0.015)
  assert.ok(Math.abs(variance(values) - 1) < 0.02)
  // 0.27 % beyond 3σ
  const beyond = values.filter(v => Math.abs(v) > 3).length
  assert.ok(beyond > 190 && beyond < 350, `${beyond} beyond 3σ`)
})

test('Poisson numbers have their mean as variance, small and large', () => {
  for (const expected of [0.3, 12, 1500]) {
    const random = randomFrom(3, Math.round(expected * 10))
    const values = Array.from({ length: 4000 }, () => poisson(random, expected))
    assert.ok(Math.abs(mean(values) - expected) < 5 * Math.sqrt(expected / 4000))
    assert.ok(Math.abs(variance(values) / expected - 1) < 0.15)
  }
  assert.equal(poisson(randomFrom(1), 0), 0)
})
