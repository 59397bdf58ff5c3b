/** Rows as CSV (RFC 4180, with \n). */
import type { Cell, DataRow } from './facts.ts'

const field = (value: Cell): string => {
  if (value === null) return ''
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : String(value)
}

export const csvLine = (values: readonly Cell[]): string => values.map(field).join(',') + '\n'

/** A head of the first row's keys, then a line a row; null is empty, a boolean 1 or 0. Nothing for no rows. */
export function * csvLines (rows: Iterable<DataRow>): Generator<string> {
  let columns: string[] | undefined
  for (const row of rows) {
    if (columns === undefined) yield csvLine(columns = Object.keys(row))
    yield csvLine(columns.map(column => row[column] ?? null))
  }
}
