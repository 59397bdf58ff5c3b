/** The first table of a VOTable (IVOA recommendation 1.5) whose cells are text: TABLEDATA. */
import { createRequire } from 'node:module'
import type * as fxp from 'fast-xml-parser'
import { turns } from '../turns.ts'
import { invalid, MOST_COLUMNS, MOST_LINE, TableRows, type Table, type TableColumn } from './table.ts'

// One CommonJS file; an import would load 40 modules, 0.1 s at every start.
const { XMLParser } = createRequire(import.meta.url)('fast-xml-parser') as typeof fxp

/** Whether bytes are a VOTable, by their beginning. */
export const isVotable = (head: Buffer): boolean => /^(?:\u00ef\u00bb\u00bf)?\s*(?:<\?xml[^>]*\?>\s*|<!--(?:(?!-->)[^])*-->\s*|<!DOCTYPE[^[>]*>\s*)*<(?:\w+:)?VOTABLE[\s>]/.test(head.toString('latin1', 0, 4096))

const attributes = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, parseTagValue: false, parseAttributeValue: false, isArray: name => ['RESOURCE', 'TABLE', 'FIELD', 'PARAM', 'INFO'].includes(name) })
const cells = new XMLParser({ ignoreAttributes: true, removeNSPrefix: true, parseTagValue: false, trimValues: true, isArray: name => name === 'TR' || name === 'TD' })

const DATA = /<(?:\w+:)?(TABLEDATA|BINARY2?|FITS)(\s[^>]*)?\/?>/
const ROW_END = /<\/(?:\w+:)?TR\s*>/g
const DATA_END = /<\/(?:\w+:)?TABLEDATA\s*>/

type Element = Record<string, unknown>
const elementsIn = (value: unknown): Element[] => [value ?? []].flat().filter((one): one is Element => typeof one === 'object' && one !== null)
const textOf = (value: unknown): string => typeof value === 'string' ? value : ''

/** Rows that are parsed at once [characters]; a row may be longer. */
const PIECE = 2 ** 14

/** @throws CandelaError 'table-invalid', 'table-too-large' */
export async function votable (bytes: Buffer): Promise<Table> {
  const beginning = bytes.toString('utf8', 0, MOST_LINE)
  const data = DATA.exec(beginning)
  if (data === null) throw withoutData(beginning)
  if (data[1] !== 'TABLEDATA') {
    throw invalid(`the data of the VOTable are ${data[1]}`, data[1], 'Ask the service for TABLEDATA (as with RESPONSEFORMAT=votable/td), for CSV or for FITS.')
  }
  const { columns, comments } = headerOf(beginning.slice(0, data.index))
  const rows = new TableRows(columns.length, 'row')
  if (!data[0].endsWith('/>')) await readRows(bytes.subarray(Buffer.byteLength(beginning.slice(0, data.index + data[0].length))), rows)
  return { form: 'VOTable', columns, comments, rows: rows.rows, placeOf: rows.placeOf, damage: rows.damage }
}

function withoutData (beginning: string): Error {
  const status = elementsWithin(parsed(beginning), 'INFO').find(info => textOf(info['@name']) === 'QUERY_STATUS' && /^error$/i.test(textOf(info['@value'])))
  return status ? invalid(`the VOTable is a service's error: ${textOf(status['#text']).trim().slice(0, 200)}`, undefined, 'Ask the service again.') : invalid('the VOTable has no data in its first MiB')
}

function parsed (xml: string): unknown {
  try {
    return attributes.parse(xml)
  } catch {
    throw invalid('the VOTable is no XML')
  }
}

/** All elements of a name, in order, at any depth. */
function elementsWithin (value: unknown, name: string): Element[] {
  return elementsIn(value).flatMap(element => Object.entries(element).flatMap(([key, inner]) => key === name ? elementsIn(inner) : elementsWithin(inner, name)))
}

/** @param xml up to the data, where elements are still open */
function headerOf (xml: string): { columns: TableColumn[], comments: string[] } {
  const table = xml.search(/<(?:\w+:)?TABLE[\s>](?![^]*<(?:\w+:)?TABLE[\s>])/)
  if (table < 0) throw invalid('the VOTable has data outside of a table')
  // One parse of each part: what is open is taken as closed.
  const fields = elementsWithin(parsed(xml.slice(table)), 'FIELD')
  if (fields.length === 0) throw invalid('the table of the VOTable has no FIELD')
  if (fields.length > MOST_COLUMNS) throw invalid(`the table has ${fields.length} columns, at most ${MOST_COLUMNS} are read`, fields.length)
  const said = [...elementsWithin(parsed(xml), 'PARAM'), ...elementsWithin(parsed(xml), 'INFO')]
  return {
    columns: fields.map((field, k) => ({ name: textOf(field['@name']) || textOf(field['@ID']) || String(k + 1), unit: textOf(field['@unit']) })),
    comments: said.map(param => `${textOf(param['@name'])}: ${textOf(param['@value'])}`)
  }
}

async function readRows (bytes: Buffer, rows: TableRows): Promise<void> {
  const turn = turns()
  let row = 0
  let rest = ''
  let ended = false
  const decoder = new TextDecoder()
  for (let at = 0; at < bytes.length && !ended; at += PIECE) {
    rest += decoder.decode(bytes.subarray(at, at + PIECE), { stream: true })
    const end = DATA_END.exec(rest)
    if (end) {
      rest = rest.slice(0, end.index)
      ended = true
    }
    const last = [...rest.matchAll(ROW_END)].at(-1)
    if (last) {
      for (const found of rowsIn(rest.slice(0, last.index + last[0].length))) {
        row++
        if (found === null) rows.lose(row, 'its cells are no XML')
        else rows.add(found, row)
      }
      rest = rest.slice(last.index + last[0].length)
    } else if (rest.length > MOST_LINE) {
      rows.lose(row + 1, `a row of more than ${MOST_LINE / 2 ** 20} MiB; what follows was not read`)
      return
    }
    const pause = turn()
    if (pause) await pause
  }
  if (!ended || rest.trim() !== '') rows.lose(row + 1, 'the table ends within it')
}

/** @returns null for rows that cannot be read */
function rowsIn (xml: string): Array<string[] | null> {
  try {
    const { ROWS } = cells.parse(`<ROWS>${xml}</ROWS>`) as { ROWS?: { TR?: Array<{ TD?: unknown[] } | string> } }
    return (ROWS?.TR ?? []).map(row => typeof row === 'string' ? [] : (row.TD ?? []).map(cellText))
  } catch {
    return [null]
  }
}

/** A cell with attributes is an object. */
const cellText = (cell: unknown): string => typeof cell === 'string' ? cell : textOf(elementsIn(cell)[0]?.['#text'])
