/** How far a counted share can be from the true one. */

/**
 * The interval that holds the true share in about 68 % of cases, by Wilson's score with z = 1 (Wilson 1927, J. Am.
 * Stat. Assoc. 22, 209): also for shares of 0 and 1 and for few objects.
 * @returns [0, 1] for no objects
 */
export function shareInterval (part: number, whole: number): [low: number, high: number] {
  if (whole === 0) return [0, 1]
  const share = part / whole
  const middle = (share + 1 / (2 * whole)) / (1 + 1 / whole)
  const half = Math.sqrt(share * (1 - share) / whole + 1 / (4 * whole * whole)) / (1 + 1 / whole)
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
