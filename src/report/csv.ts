/** Rows as CSV (RFC 4180, with \n). */
import { stringify } from 'csv-stringify/sync'
import type { Cell, DataRow } from './section.ts'

/** Rows of one call of csv-stringify. */
const TOGETHER = 1000

const textOf = (rows: ReadonlyArray<readonly Cell[]>): string => stringify(rows.map(row => [...row]), { quoted_match: /\r/, cast: { boolean: value => value ? '1' : '0', number: String } })

/** A head of the first row's keys, then a line for each row; null is empty, a boolean 1 or 0. Nothing for no rows. */
export function * csvLines (rows: Iterable<DataRow>): Generator<string> {
  let columns: string[] | undefined
  let together: Cell[][] = []
  for (const row of rows) {
    if (columns === undefined) {
      columns = Object.keys(row)
      together.push(columns)
    }
    together.push(columns.map(column => row[column] ?? null))
    if (together.length < TOGETHER) continue
    yield textOf(together)
    together = []
  }
  if (together.length > 0) yield textOf(together)
}
