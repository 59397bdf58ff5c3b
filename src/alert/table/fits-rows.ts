/** The first binary table of a FITS file as a table of text cells. */
import { CandelaError } from '../../errors.ts'
import { textIn } from '../fits/columns.ts'
import { FitsTable } from '../fits/table.ts'
import { turns } from '../turns.ts'
import { TableRows, type Table } from './table.ts'

/** Rows that are read at once: of a file that is cut, all whole rows are taken. */
const AT_ONCE = 1

/** @throws CandelaError 'fits-damaged', 'table-invalid', 'table-too-large' */
export async function fitsTable (bytes: Buffer): Promise<Table> {
  const table = await FitsTable.of('the FITS file', whole(bytes))
  const columns = table.columns
  const rows = new TableRows(columns.length, 'row')
  const turn = turns()
  try {
    for (let first = 0; first < table.rows && rows.damage === null; first += AT_ONCE) {
      const count = Math.min(AT_ONCE, table.rows - first)
      for (const [k, row] of (await table.read(first, count)).entries()) rows.add(columns.map(column => textIn(column, row)), first + k + 1)
      const pause = turn()
      if (pause) await pause
    }
  } catch (error) {
    if (rows.rows.length === 0 || !(error instanceof CandelaError) || error.code !== 'fits-damaged') throw error
    rows.lose(rows.rows.length + 1, error.message)
  } finally {
    await table.close()
  }
  return { form: 'FITS table', columns: columns.map(({ label, unit }) => ({ name: label, unit })), comments: commentsOf(table), rows: rows.rows, placeOf: rows.placeOf, damage: rows.damage }
}

/** Keywords that a table has for all of its rows. */
const KEYWORDS = ['OBJECT', 'RA', 'DEC', 'TIMESYS', 'TELESCOP', 'SURVEY']
const commentsOf = (table: FitsTable): string[] => KEYWORDS.flatMap(name => {
  const value = table.keyword(name)
  return value === undefined ? [] : [`${name}: ${String(value)}`]
})

async function * whole (bytes: Buffer): AsyncGenerator<Buffer> { yield bytes }
