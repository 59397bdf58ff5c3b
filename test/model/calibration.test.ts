import assert from 'node:assert/strict'
import { test } from 'node:test'
import { probabilityIa } from '../../src/model/calibration.ts'

const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`)

test('a temperature alone divides the logit', () => {
  near(probabilityIa(3, 7, { temperature: 2 }), 1 / (1 + Math.exp(-1.5)))
})

test('slope and offset are interpolated in the logarithm of the epochs and hold beyond the outer knots', () => {
  const calibration = { temperature: 2, byEpochs: [{ epochs: 4, slope: 1, offset: -0.4 }, { epochs: 16, slope: 0.5, offset: 0 }] }
  near(probabilityIa(3, 1, calibration), 1 / (1 + Math.exp(-(1.5 - 0.4))))
  near(probabilityIa(3, 4, calibration), 1 / (1 + Math.exp(-(1.5 - 0.4))))
  // 8 lies half way between 4 and 16: slope 0.75, offset -0.2.
  near(probabilityIa(3, 8, calibration), 1 / (1 + Math.exp(-(1.125 - 0.2))))
  near(probabilityIa(3, 500, calibration), 1 / (1 + Math.exp(-0.75)))
})
