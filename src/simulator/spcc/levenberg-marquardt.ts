/** Least squares with an analytic gradient: Levenberg 1944, Marquardt 1963, scaled by the diagonal. */
import { cholesky, solveCholesky } from './cholesky.ts'

export interface LeastSquares {
  /** Number of residuals. */
  points: number
  /**
   * Residual `index` divided by its σ, and its gradient by the parameters.
   * @param gradient written in place, [parameters]
   */
  residual (index: number, parameters: Float64Array, gradient: Float64Array): number
}

export interface LeastSquaresFit {
  parameters: Float64Array
  /** Sum of squared residuals. */
  chiSquare: number
  iterations: number
}

interface NormalEquations { chiSquare: number, curvature: Float64Array, slope: Float64Array }

function normalEquations (problem: LeastSquares, parameters: Float64Array): NormalEquations {
  const n = parameters.length
  const curvature = new Float64Array(n * n)
  const slope = new Float64Array(n)
  const gradient = new Float64Array(n)
  let chiSquare = 0
  for (let index = 0; index < problem.points; index++) {
    const residual = problem.residual(index, parameters, gradient)
    chiSquare += residual ** 2
    for (let i = 0; i < n; i++) {
      slope[i]! += gradient[i]! * residual
      for (let j = 0; j <= i; j++) curvature[i * n + j]! += gradient[i]! * gradient[j]!
    }
  }
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) curvature[i * n + j] = curvature[j * n + i]!
  return { chiSquare, curvature, slope }
}

/**
 * The nearest minimum of the sum of squared residuals.
 * @param tolerance it ends when an accepted step lowers χ² by less than this fraction
 */
export function levenbergMarquardt (problem: LeastSquares, start: ArrayLike<number>, maximumIterations = 100, tolerance = 1e-6): LeastSquaresFit {
  const n = start.length
  let parameters: Float64Array = Float64Array.from(start)
  let at = normalEquations(problem, parameters)
  let damping = 1e-3
  let iterations = 0
  while (iterations < maximumIterations && damping < 1e10) {
    iterations++
    const damped = at.curvature.slice()
    for (let i = 0; i < n; i++) damped[i * n + i]! += damping * Math.max(at.curvature[i * n + i]!, 1e-12)
    const lower = cholesky(damped, n)
    if (lower === null) {
      damping *= 10
      continue
    }
    const step = solveCholesky(lower, at.slope)
    const trial = parameters.map((value, i) => value - step[i]!)
    const there = normalEquations(problem, trial)
    if (!(there.chiSquare <= at.chiSquare)) {
      damping *= 10
      continue
    }
    const gain = at.chiSquare - there.chiSquare
    parameters = trial
    at = there
    damping = Math.max(damping / 10, 1e-12)
    if (gain <= tolerance * at.chiSquare) break
  }
  return { parameters, chiSquare: at.chiSquare, iterations }
}
