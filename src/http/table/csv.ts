/** A table as CSV (RFC 4180) with a line of names. */
import { stringify } from 'csv-stringify/sync'
import { cellOf, type Column, type Row } from './columns.ts'

/** Text is quoted, so that ids stand apart from numbers; a number has all digits that it has in JSON; null is an empty cell. */
export const csvOf = (columns: readonly Column[], rows: readonly Row[]): string => stringify(
  rows.map(row => columns.map(column => cellOf(row, column))),
  { header: true, columns: columns.map(({ name }) => ({ key: name })), quoted_string: true, record_delimiter: 'windows', cast: { boolean: String, number: String } }
)
