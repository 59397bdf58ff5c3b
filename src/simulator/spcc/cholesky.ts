/** Symmetric positive definite systems, row-major Float64Arrays. */

/**
 * Lower triangle L with L·Lᵀ = matrix (Cholesky–Banachiewicz).
 * @param matrix [n, n], symmetric
 * @returns [n, n], zeros above the diagonal; null where the matrix is not positive definite
 */
export function cholesky (matrix: Float64Array, n: number): Float64Array | null {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j]!
      for (let k = 0; k < j; k++) sum -= lower[i * n + k]! * lower[j * n + k]!
      if (i !== j) lower[i * n + j] = sum / lower[j * n + j]!
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum)
      else return null
    }
  }
  return lower
}

/** x with L·x = right; [n]. */
export function solveLower (lower: Float64Array, right: Float64Array): Float64Array {
  const n = right.length
  const x = new Float64Array(n)
  for (let i = 0; i < n; i++) {
    let sum = right[i]!
    for (let k = 0; k < i; k++) sum -= lower[i * n + k]! * x[k]!
    x[i] = sum / lower[i * n + i]!
  }
  return x
}

/** x with L·Lᵀ·x = right; [n]. */
export function solveCholesky (lower: Float64Array, right: Float64Array): Float64Array {
  const n = right.length
  const x = solveLower(lower, right)
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i]!
    for (let k = i + 1; k < n; k++) sum -= lower[k * n + i]! * x[k]!
    x[i] = sum / lower[i * n + i]!
  }
  return x
}
