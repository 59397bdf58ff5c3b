/** A table as VOTable 1.4 (IVOA recommendation), with the marks of DALI 1.1. */
import { createRequire } from 'node:module'
import type * as fxp from 'fast-xml-parser'
import { cellOf, type Cell, type Column, type Row } from './columns.ts'

// As alert/table/votable.ts loads it.
const { XMLBuilder } = createRequire(import.meta.url)('fast-xml-parser') as typeof fxp

export interface TableAbout {
  name: string
  description: string
  /** What holds for the whole table, by name. */
  facts?: Readonly<Record<string, string>>
  /** Whether there are more rows than these. */
  more?: boolean
}

/** Of a whole number that is null: TABLEDATA has no other way to say it. */
const NO_INTEGER = '-9223372036854775808'

type Attributes = Readonly<Record<string, string | undefined>>
type Node = Record<string, unknown>

const builder = new XMLBuilder({ preserveOrder: true, ignoreAttributes: false, attributeNamePrefix: '', suppressEmptyNode: true })

const text = (value: string): Node => ({ '#text': value })

function element (name: string, attributes: Attributes, ...children: Node[]): Node {
  const given = Object.entries(attributes).filter(([, value]) => value !== undefined)
  return { [name]: children, ...given.length > 0 && { ':@': Object.fromEntries(given) } }
}

/** char, not long, for ids: they are text. */
const datatypes: Record<Column['type'], Attributes> = {
  text: { datatype: 'char', arraysize: '*' },
  time: { datatype: 'char', arraysize: '*', xtype: 'timestamp' },
  number: { datatype: 'double' },
  integer: { datatype: 'long' },
  boolean: { datatype: 'boolean' }
}

const systems = {
  ICRS: element('COOSYS', { ID: 'icrs', system: 'ICRS' }),
  TAI: element('TIMESYS', { ID: 'mjd_tai', timeorigin: 'MJD-origin', timescale: 'TAI', refposition: 'TOPOCENTER' })
}
const idOfSystem = { ICRS: 'icrs', TAI: 'mjd_tai' }

const info = (name: string, value: string): Node => element('INFO', { name, value })

const fieldOf = ({ name, type, description, unit, ucd, system }: Column): Node => element(
  'FIELD', { name, ...datatypes[type], unit, ucd, ref: system && idOfSystem[system] },
  ...description === '' ? [] : [element('DESCRIPTION', {}, text(description))],
  ...type === 'integer' ? [element('VALUES', { null: NO_INTEGER })] : []
)

function cellText (cell: Cell, { type }: Column): string {
  if (cell === null) return type === 'integer' ? NO_INTEGER : ''
  return String(cell)
}

export function votableOf (columns: readonly Column[], rows: readonly Row[], { name, description, facts = {}, more = false }: TableAbout): string {
  const used = Object.entries(systems).filter(([system]) => columns.some(column => column.system === system)).map(([, element]) => element)
  const cells = (row: Row): Node[] => columns.map(column => ({ TD: [text(cellText(cellOf(row, column), column))] }))
  return builder.build([
    element('?xml', { version: '1.0', encoding: 'UTF-8' }, text('')),
    element('VOTABLE', { version: '1.4', xmlns: 'http://www.ivoa.net/xml/VOTable/v1.3' },
      element('RESOURCE', { type: 'results' },
        info('QUERY_STATUS', 'OK'),
        ...Object.entries(facts).map(([name, value]) => info(name, value)),
        ...used,
        element('TABLE', { name, nrows: String(rows.length) },
          element('DESCRIPTION', {}, text(description)),
          ...columns.map(fieldOf),
          element('DATA', {}, { TABLEDATA: rows.map(row => ({ TR: cells(row) })) })),
        // A second one behind the table says that it was cut off (DALI 1.1, sec. 4.4.1).
        ...more ? [info('QUERY_STATUS', 'OVERFLOW')] : []))
  ]) as string
}
