/** How a table of text is laid out, by its beginning: comments, names of the columns, what separates cells, where rows begin. */
import { parse as parseCsv } from 'csv-parse/sync'
import { CandelaError } from '../../errors.ts'
import { ecsvHeader, isEcsv } from './ecsv.ts'
import { MOST_COLUMNS, type TableColumn } from './table.ts'

export interface TextLayout {
  form: 'CSV' | 'ECSV' | 'IPAC table' | 'table between blanks'
  columns: readonly TableColumn[]
  /** The names are the file's own, and not made of the columns' numbers. */
  isNamed: boolean
  /** Between the cells of a row; null: any number of blanks. */
  delimiter: string | null
  /** Of IPAC tables: where the columns end [characters]. */
  ends?: readonly number[]
  comments: readonly string[]
  /** Where the first row begins [bytes], and its line, counted from 1. */
  start: number
  startLine: number
}

/** Marks between cells, tried in this order: the one that is there most often wins. */
const DELIMITERS = ['\t', ',', ';', '|']

/** A byte that text has not. */
// eslint-disable-next-line no-control-regex
const NO_TEXT = /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f\u007f]/

const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString().replace(/^\ufeff/, '')

interface Line { text: string, at: number, end: number }

/** @param head in latin1, so that characters are bytes */
function * linesOf (head: string): Generator<Line> {
  for (let at = 0; at < head.length;) {
    const end = head.indexOf('\n', at)
    yield { text: utf8(head.slice(at, end < 0 ? undefined : end)).trimEnd(), at, end: end < 0 ? head.length : end + 1 }
    if (end < 0) return
    at = end + 1
  }
}

/** The cells of a line by a mark between them, without blanks and quotes around. */
export function cellsOf (line: string, delimiter: string | null): string[] {
  if (delimiter === null) return line.trim().split(/\s+/)
  if (!line.includes('"')) return line.split(delimiter).map(cell => cell.trim())
  try {
    return (parseCsv(line, { delimiter, relax_quotes: true, trim: delimiter !== ' ' }) as string[][])[0] ?? []
  } catch {
    return line.split(delimiter).map(cell => cell.trim())
  }
}

function delimiterOf (line: string): string | null {
  const counted = DELIMITERS.map(mark => [mark, line.split(mark).length - 1] as const).filter(([, count]) => count > 0)
  return counted.sort(([, a], [, b]) => b - a)[0]?.[0] ?? null
}

const isNumber = (cell: string): boolean => cell !== '' && Number.isFinite(Number(cell))
/** A line of values: no name of a column begins with a digit or a sign. */
const isValues = (cells: readonly string[]): boolean => cells.some(isNumber) || cells.some(cell => /^\d{4}-\d\d-\d\d/.test(cell))

const namesOf = (line: string, delimiter: string | null): string[] => cellsOf(line.replace(/^[\s#%]+/, ''), delimiter).map(name => name.replace(/^["']|["']$/g, '').trim())

/**
 * @param head the first bytes, or all
 * @returns undefined where they are no table of text, or too few to tell
 * @throws CandelaError 'table-invalid' where an ECSV header cannot be read
 */
export function layoutOf (head: Buffer): TextLayout | undefined {
  const text = head.toString('latin1')
  if (NO_TEXT.test(text)) return undefined
  if (isEcsv(text)) return ecsvLayout(text)
  const comments: Line[] = []
  const ipac: Line[] = []
  let number = 0
  let header: { line: Line, number: number } | undefined
  for (const line of linesOf(text)) {
    number++
    const first = line.text.trimStart()[0]
    if (first === undefined) continue
    if (header !== undefined) {
      // What follows the names directly may be comments, as in ZTF's tables.
      if (first === '#') continue
      return layout({ header: header.line, delimiter: rowDelimiter(header.line.text, line.text), comments, start: line.at, startLine: number })
    }
    if (line.text.startsWith('\\')) comments.push({ ...line, text: line.text.slice(1) })
    else if (first === '|' && line.text.endsWith('|') && ipac.length < 4) ipac.push(line)
    else if (ipac.length > 0) return ipacLayout(ipac, comments, line.at, number)
    else if (first === '#' || first === '%') comments.push(line)
    else {
      const delimiter = delimiterOf(line.text)
      const cells = cellsOf(line.text, delimiter)
      if (!isValues(cells)) header = { line, number }
      else return withoutHeader({ line, cells, delimiter, comments, number })
    }
  }
  return undefined
}

/** The rows of a table whose names stand between commas may stand between blanks. */
function rowDelimiter (header: string, row: string): string | null {
  const delimiter = delimiterOf(header)
  return delimiter === null || row.includes(delimiter) || cellsOf(row, null).length !== cellsOf(header, delimiter).length ? delimiter : null
}

interface Found { header: Line, delimiter: string | null, comments: readonly Line[], start: number, startLine: number }

function layout ({ header, delimiter, comments, start, startLine }: Found): TextLayout | undefined {
  const names = namesOf(header.text, delimiterOf(header.text))
  return {
    form: delimiter === null ? 'table between blanks' : 'CSV',
    columns: names.map(name => ({ name, unit: '' })),
    isNamed: true,
    delimiter,
    comments: comments.map(({ text }) => said(text)),
    start,
    startLine
  }
}

const said = (comment: string): string => comment.replace(/^[\s#%]+/, '').trim()

/** The names stand in the last comment before the rows, as numpy and ATLAS write them, or there are none. */
function withoutHeader ({ line, cells, delimiter, comments, number }: { line: Line, cells: readonly string[], delimiter: string | null, comments: readonly Line[], number: number }): TextLayout | undefined {
  const named = comments.findLast(({ text }) => {
    const names = namesOf(text, delimiter)
    return names.length === cells.length && !isValues(names)
  })
  if (cells.length < 2 || cells.length > MOST_COLUMNS) return undefined
  return {
    form: delimiter === null ? 'table between blanks' : 'CSV',
    columns: (named === undefined ? cells.map((_, k) => String(k + 1)) : namesOf(named.text, delimiter)).map(name => ({ name, unit: '' })),
    isNamed: named !== undefined,
    delimiter,
    comments: comments.map(({ text }) => said(text)),
    start: line.at,
    startLine: number
  }
}

/** Lines between bars: names, types, units, what stands for no value (IPAC table format, irsa.ipac.caltech.edu/applications/DDGEN/Doc/ipac_tbl.html). */
function ipacLayout (lines: readonly Line[], comments: readonly Line[], start: number, startLine: number): TextLayout {
  const parts = ({ text }: Line): string[] => text.trim().slice(1, -1).split('|').map(part => part.trim())
  const [names = [], , units = []] = lines.map(parts)
  const header = lines[0]!.text
  const bars = [...header.matchAll(/\|/g)].map(({ index }) => index)
  return {
    form: 'IPAC table',
    columns: names.map((name, k) => ({ name, unit: units[k] ?? '' })),
    isNamed: true,
    delimiter: null,
    ends: bars.slice(1),
    comments: comments.map(({ text }) => said(text)),
    start,
    startLine
  }
}

/** ECSV (APE 6): YAML in comments says what the columns are; the names follow, then the rows. */
function ecsvLayout (text: string): TextLayout | undefined {
  const comments: string[] = []
  let number = 0
  let names: string[] | undefined
  let header: ReturnType<typeof ecsvHeader> | undefined
  for (const line of linesOf(text)) {
    number++
    if (names !== undefined && header !== undefined) return { form: 'ECSV', columns: names.map(name => ({ name, unit: header!.units.get(name) ?? '' })), isNamed: true, delimiter: header.delimiter, comments: header.comments, start: line.at, startLine: number }
    if (line.text.startsWith('#')) comments.push(line.text)
    else if (line.text !== '') {
      header = ecsvHeader(comments)
      names = cellsOf(line.text, header.delimiter)
    }
  }
  if (names !== undefined) return undefined
  throw new CandelaError('table-invalid', 'the header of the ECSV table has no end in its first 64 KiB', { action: 'Write the table again without its metadata.' })
}
