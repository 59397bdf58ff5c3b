/** A table of a file → the alerts of its objects. */
import { CandelaError } from '../../errors.ts'
import type { Alert } from '../alert.ts'
import { listOf, type Row } from '../dialect.ts'
import { requireDialect, type DialectName } from '../dialect-names.ts'
import type { Given } from '../given.ts'
import { ROW_READERS } from '../json/json-dialects.ts'
import { fitsTable } from './fits-rows.ts'
import { TABLE_READERS } from './table-dialects.ts'
import type { TableForm } from './table-form.ts'
import { invalid, isEmpty, type Table } from './table.ts'
import { textTable } from './text-rows.ts'
import { votable } from './votable.ts'

export interface DecodedTable {
  alerts: readonly Alert[]
  /** Some rows could not be read: they are missing in the light curves. */
  damage: CandelaError | null
}

/**
 * @param asked the dialect that it is said to be of
 * @throws CandelaError 'table-invalid', 'table-too-large', 'table-columns-unknown', 'object-missing', 'fits-damaged', 'dialect-mismatch', and those of dialects of rows
 */
export async function decodeTable (bytes: Buffer, form: TableForm, given: Given, asked: DialectName | undefined): Promise<DecodedTable> {
  const table = form === 'fits' ? await fitsTable(bytes) : form === 'votable' ? await votable(bytes) : await textTable(bytes, form)
  const { damage } = table
  if (table.rows.length === 0 && damage !== null) throw invalid(`${damage.place} of the ${table.form}: ${damage.what}; no row can be read`)
  return { alerts: listOf(await alertsOf(table, given, asked)), damage: damage && damaged(table) }
}

function damaged ({ form, damage, rows }: Table): CandelaError {
  const { place, what, rows: lost } = damage!
  return new CandelaError('table-row-invalid', `${place} of the ${form}: ${what}; ${lost === 1 ? 'this row is' : `${lost} such rows are`} left out, ${rows.length} were read`, {
    value: lost, action: 'Mend the rows and give the file again: points that are known already are no harm.'
  })
}

async function alertsOf (table: Table, given: Given, asked: DialectName | undefined): Promise<readonly Alert[]> {
  const names = table.columns.map(({ name }) => name)
  // What the user says of the columns is meant for any table.
  const rows = given.columns === undefined ? ROW_READERS.find(dialect => dialect.matches(new Set(names))) : undefined
  if (rows !== undefined) {
    requireDialect(asked, rows.name)
    return rows.alerts(table.rows.map(cells => rowOf(names, cells)), given)
  }
  const found = given.columns === undefined ? TABLE_READERS.find(dialect => dialect.matches(table.columns, given)) : undefined
  const dialect = found ?? TABLE_READERS.at(-1)!
  requireDialect(asked, dialect.name)
  return await dialect.alerts(table, given)
}

/** Cells without a value are null, as in JSON. */
const rowOf = (names: readonly string[], cells: readonly string[]): Row => Object.fromEntries(names.map((name, k) => [name, isEmpty(cells[k]!) ? null : cells[k]!]))
