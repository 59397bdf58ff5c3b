import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AdamW, oneCycleRate } from '../../../src/training/network/optimizer.ts'

const close = (actual: number, expected: number, tolerance = 1e-7): void => assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`)

test('the first step of AdamW is the rate against the sign, after the decay of kernels', () => {
  const weights = { 'a/kernel': Float32Array.of(2, -1), 'a/bias': Float32Array.of(2) }
  new AdamW(weights, 0.1, 100).update({ 'a/kernel': Float32Array.of(0.5, -3), 'a/bias': Float32Array.of(0.5) }, 0.01)
  close(weights['a/kernel'][0]!, 2 * 0.999 - 0.01)
  close(weights['a/kernel'][1]!, -1 * 0.999 + 0.01)
  close(weights['a/bias'][0]!, 2 - 0.01)
})

test('two steps of AdamW as computed by hand', () => {
  const weights = { bias: Float32Array.of(1) }
  const optimizer = new AdamW(weights, 0, 100)
  optimizer.update({ bias: Float32Array.of(1) }, 0.1)
  optimizer.update({ bias: Float32Array.of(-0.5) }, 0.1)
  // m = 0.9·0.1 − 0.1·0.5 = 0.04, corrected 0.04/0.19; v = 0.999·0.001 + 0.001·0.25 = 0.001249, corrected 0.001249/0.001999.
  close(weights.bias[0]!, 1 - 0.1 - 0.1 * (0.04 / 0.19) / Math.sqrt(0.001249 / 0.001999), 1e-6)
})

test('a long gradient is cut to the largest norm, over all weights together', () => {
  const run = (scale: number): number => {
    const weights = { a: Float32Array.of(0), b: Float32Array.of(0) }
    const optimizer = new AdamW(weights, 0, 1)
    optimizer.update({ a: Float32Array.of(0.3), b: Float32Array.of(0.4) }, 0.1)
    optimizer.update({ a: Float32Array.of(3 * scale), b: Float32Array.of(4 * scale) }, 0.1)
    return weights.a[0]!
  }
  close(run(1), run(100))
})

test('the one-cycle rate rises from peak/25, reaches the peak, and falls to peak/10,000', () => {
  const rates = Array.from({ length: 1001 }, (_, update) => oneCycleRate(update, 1001, 0.01, 0.2))
  close(rates[0]!, 0.01 / 25)
  close(Math.max(...rates), 0.01, 1e-6)
  close(rates[1000]!, 1e-6)
  const peak = rates.indexOf(Math.max(...rates))
  assert.ok(peak >= 200 && peak <= 201, String(peak))
  assert.ok(rates.slice(1, peak).every((rate, k) => rate > rates[k]!))
  assert.ok(rates.slice(peak + 1).every((rate, k) => rate < rates[peak + k]!))
})
