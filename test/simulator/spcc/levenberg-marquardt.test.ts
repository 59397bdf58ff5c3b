import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cholesky, solveCholesky } from '../../../src/simulator/spcc/cholesky.ts'
import { levenbergMarquardt } from '../../../src/simulator/spcc/levenberg-marquardt.ts'

test('the Cholesky factor of a textbook matrix', () => {
  const lower = cholesky(Float64Array.of(4, 12, -16, 12, 37, -43, -16, -43, 98), 3)
  assert.deepEqual([...lower!], [2, 0, 0, 6, 1, 0, -8, 5, 3])
  // x = (1, 2, 3): A·x = (−20, −43, 192)
  assert.deepEqual([...solveCholesky(lower!, Float64Array.of(-20, -43, 192))].map(Math.round), [1, 2, 3])
})

test('a matrix that is not positive definite has no factor', () => {
  assert.equal(cholesky(Float64Array.of(1, 2, 2, 1), 2), null)
})

test('Rosenbrock\'s valley is walked to its end at (1, 1)', () => {
  const fit = levenbergMarquardt({
    points: 2,
    residual (index, [x, y], gradient) {
      gradient[0] = index === 0 ? -20 * x! : -1
      gradient[1] = index === 0 ? 10 : 0
      return index === 0 ? 10 * (y! - x! ** 2) : 1 - x!
    }
  }, [-1.2, 1], 200, 1e-12)
  assert.ok(fit.chiSquare < 1e-12)
  assert.ok(Math.abs(fit.parameters[0]! - 1) < 1e-6 && Math.abs(fit.parameters[1]! - 1) < 1e-6)
})

test('a straight line with unit errors has the least squares solution', () => {
  // y = 1, 3, 2, 5 at x = 0, 1, 2, 3: slope 1.1, intercept 1.1, χ² 2.7 by the normal equations
  const y = [1, 3, 2, 5]
  const fit = levenbergMarquardt({
    points: 4,
    residual (index, [intercept, slope], gradient) {
      gradient[0] = 1
      gradient[1] = index
      return intercept! + slope! * index - y[index]!
    }
  }, [0, 0])
  assert.ok(Math.abs(fit.parameters[0]! - 1.1) < 1e-6)
  assert.ok(Math.abs(fit.parameters[1]! - 1.1) < 1e-6)
  assert.ok(Math.abs(fit.chiSquare - 2.7) < 1e-9)
})
