/** @returns the decimal number with the fewest digits that rounds to this float32, so that JSON shows the precision of the data */
export function shortestFloat32 (value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits))
    if (Math.fround(shorter) === value) return shorter
  }
  return Number(value.toPrecision(9))
}
