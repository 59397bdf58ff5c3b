/** @returns of all decimal numbers that are this float32, one with the fewest digits: what JSON shows has the precision that the data has */
export function shortestFloat32 (value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return shorter
  }
  return Number(value.toPrecision(9))
}
