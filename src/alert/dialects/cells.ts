/** Cells of a table, which may be values of JSON or texts of CSV, and what stands for a missing one. */

const MISSING = /^\s*(|nan|none|null|nat)\s*$/i

/** @returns null where a cell has no value */
export function textIn (cell: unknown): string | null {
  if (typeof cell === 'number') return Number.isNaN(cell) ? null : String(cell)
  return typeof cell === 'string' && !MISSING.test(cell) ? cell.trim() : null
}

/** @returns null where a cell has no number */
export function numberIn (cell: unknown): number | null {
  if (typeof cell === 'string' && !MISSING.test(cell)) cell = Number(cell)
  return typeof cell === 'number' && Number.isFinite(cell) ? cell : null
}

const TRUE = /^\s*(true|1(\.0*)?)\s*$/i
const FALSE = /^\s*(false|0(\.0*)?)\s*$/i

export function flagIn (cell: unknown): boolean | null {
  if (typeof cell === 'boolean') return cell
  const text = textIn(cell)
  return text === null ? null : TRUE.test(text) ? true : FALSE.test(text) ? false : null
}

/** Digits, which the reader of JSON keeps where a number cannot hold them. */
const DIGITS = /^\d{1,20}$/

/** @returns the digits of an id; null where a cell has none, 0 and −1 among them, or one that was rounded */
export function idIn (cell: unknown): string | null {
  if (typeof cell === 'number' && !Number.isSafeInteger(cell)) return null
  const text = textIn(cell)
  return text !== null && DIGITS.test(text) && BigInt(text) !== 0n ? BigInt(text).toString() : null
}
