/** What the tables of Fink's service have in common: prefixes for where a column comes from, rows of several objects, columns that the user chose. */
import { CandelaError } from '../../../errors.ts'
import type { Row } from '../../dialect.ts'
import { isPosition } from '../../points/points.ts'
import { numberIn } from '../cells.ts'

/**
 * The rows of each object, in the order in which the objects first come; of rows that name none, under the name that is
 * given beside the table, else under ''.
 * @param nameOf null where a row names no object
 * @throws CandelaError 'alert-incomplete' where no row names one
 */
export function byObject (rows: readonly Row[], nameOf: (row: Row) => string | null, column: string, given: string | undefined): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const name = nameOf(row) ?? given ?? ''
    const group = groups.get(name)
    if (group) group.push(row)
    else groups.set(name, [row])
  }
  if (groups.size === 1 && groups.has('')) throw missingColumns([column])
  return groups
}

/** @throws CandelaError 'alert-incomplete' where no row has one of the columns */
export function requireColumns (rows: readonly Row[], columns: readonly string[]): void {
  const missing = columns.filter(column => !rows.some(row => column in row))
  if (missing.length > 0) throw missingColumns(missing)
}

const missingColumns = (columns: readonly string[]): CandelaError =>
  new CandelaError('alert-incomplete', `the table of Fink has no ${columns.join(', ')}`, {
    value: columns.join(','), action: `Ask Fink's service for ${columns.length > 1 ? 'these columns' : 'this column'} as well, or for all of them.`
  })

/** The rows with a time, the newest first. */
export const newestFirst = <R extends { time: number | null }>(rows: readonly R[]): Array<R & { time: number }> =>
  rows.filter((row): row is R & { time: number } => row.time !== null).sort((a, b) => b.time - a.time)

/** @throws CandelaError 'alert-incomplete' */
export function withTime<R> (row: R | undefined, object: string): R {
  if (row !== undefined) return row
  throw new CandelaError('alert-incomplete', `the rows of ${object || 'an object without a name'} in the table of Fink have no time`, {
    value: object, action: 'Leave the object out of the table, or ask for it again.'
  })
}

/** The position in the first row that has one [deg, ICRS]; both NaN where none has. */
export function positionIn (rows: readonly Row[], ra: string, dec: string): { ra: number, dec: number } {
  for (const row of rows) {
    const position = { ra: numberIn(row[ra]), dec: numberIn(row[dec]) }
    if (isPosition(position.ra, position.dec)) return position as { ra: number, dec: number }
  }
  return { ra: NaN, dec: NaN }
}
