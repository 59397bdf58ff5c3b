/** Values for the bands that a group of points lacks, as Charnock & Moss 2017 (arXiv:1606.07442, sec. 2) draw them. */
import type { Random } from '../data/random.ts'

/**
 * One random filling of a column of a [groups, columns] array: a gap gets values drawn uniformly between the values
 * before and after it; before the first value that value, after the last that; zeros where there is none at all.
 * It looks ahead: only a retrospective network may use it.
 * @param values NaN where missing; not changed
 * @returns [groups]
 */
export function filledColumn (values: Float64Array, columns: number, column: number, random: Random): Float64Array {
  const filled = new Float64Array(values.length / columns)
  let previous = -1
  for (let group = 0; group < filled.length; group++) {
    const value = values[group * columns + column]!
    if (Number.isNaN(value)) continue
    filled[group] = value
    const before = previous === -1 ? value : filled[previous]!
    for (let gap = previous + 1; gap < group; gap++) filled[gap] = before + (value - before) * random.uniform()
    previous = group
  }
  if (previous >= 0) filled.fill(filled[previous]!, previous + 1)
  return filled
}
