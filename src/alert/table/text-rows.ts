/** The rows of a table of text, in turns with others. */
import { parse } from 'csv-parse'
import { turns } from '../turns.ts'
import { MOST_LINE, TableRows, type Table } from './table.ts'
import type { TextLayout } from './text-layout.ts'

/** Given to the parser at once [bytes]. */
const PIECE = 2 ** 14

const LINE_END = 0x0a

/** @throws CandelaError 'table-invalid', 'table-too-large' */
export async function textTable (bytes: Buffer, layout: TextLayout): Promise<Table> {
  const { form, columns, comments, delimiter, start } = layout
  const rows = new TableRows(columns.length, 'line')
  const data = bytes.subarray(start)
  if (delimiter === null) await readLines(data, layout, rows)
  else await readDelimited(data, { ...layout, delimiter }, rows)
  return { form, columns, comments, rows: rows.rows, placeOf: rows.placeOf, damage: rows.damage }
}

async function readDelimited (data: Buffer, { delimiter, startLine }: TextLayout & { delimiter: string }, rows: TableRows): Promise<void> {
  const turn = turns()
  let line = startLine - 1
  const failures: unknown[] = []
  const parser = parse({
    delimiter,
    comment: '#',
    comment_no_infix: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    trim: delimiter !== ' ',
    max_record_size: MOST_LINE,
    on_record (record: string[], { lines }) {
      line = startLine - 1 + lines
      // A delimiter at the end of each line.
      if (record.at(-1) === '' && record.length === rows.width + 1) record.pop()
      try {
        if (failures.length === 0) rows.add(record, line)
      } catch (cause) {
        failures.push(cause)
      }
      // Nothing is kept in the stream: what it holds is lost where it fails.
      return null
    }
  })
  parser.on('error', (cause: unknown) => failures.push(cause))
  parser.resume()
  for (let at = 0; at < data.length && failures.length === 0; at += PIECE) {
    await new Promise<unknown>(resolve => parser.write(data.subarray(at, at + PIECE), resolve))
    const pause = turn()
    if (pause) await pause
  }
  if (failures.length === 0) await new Promise<void>(resolve => parser.once('end', resolve).once('close', resolve).end())
  if (failures.length > 0) lose(failures[0], line + 1, rows)
}

/** @throws what is no fault of the bytes */
function lose (cause: unknown, line: number, rows: TableRows): void {
  const code = (cause as { code?: unknown }).code
  if (code === 'CSV_MAX_RECORD_SIZE') rows.lose(line, `a row of more than ${MOST_LINE / 2 ** 20} MiB; what follows was not read`)
  else if (code === 'CSV_QUOTE_NOT_CLOSED') rows.lose(line, 'a quote is not closed before the end of the file')
  else if (typeof code === 'string' && code.startsWith('CSV_')) rows.lose(line, 'what follows is no CSV')
  else throw cause
}

async function readLines (data: Buffer, { startLine, ends }: TextLayout, rows: TableRows): Promise<void> {
  const turn = turns()
  let line = startLine
  for (let at = 0; at < data.length; line++) {
    const end = data.indexOf(LINE_END, at)
    const text = data.subarray(at, end < 0 ? data.length : end)
    at = end < 0 ? data.length : end + 1
    if (text.length > MOST_LINE) rows.lose(line, `a line of more than ${MOST_LINE / 2 ** 20} MiB`)
    else addLine(text.toString(), { line, ends }, rows)
    const pause = turn()
    if (pause) await pause
  }
}

function addLine (text: string, { line, ends }: { line: number, ends: readonly number[] | undefined }, rows: TableRows): void {
  const row = text.trim()
  if (row === '' || row.startsWith('#')) return
  rows.add(ends === undefined ? row.split(/\s+/, rows.width + 1) : fixedWidth(text, ends), line)
}

function fixedWidth (text: string, ends: readonly number[]): string[] {
  return ends.map((end, k) => text.slice(k === 0 ? 0 : ends[k - 1]!, k === ends.length - 1 ? undefined : end).trim())
}
