/** What a report's page is made of. */

/** Lines of the report's head, in order: what and its value, such as 'part' and 'test'. */
export type Origin = ReadonlyArray<readonly [name: string, value: string]>

export type Cell = string | number | boolean | null
export type DataRow = Readonly<Record<string, Cell>>

/** A plot as a Vega-Lite specification, without size of fonts and colours of axes. */
export interface Figure {
  title: string
  /** What is seen, for those who cannot see it. */
  alternative: string
  spec: Readonly<Record<string, unknown>>
}

export interface Table {
  caption: string
  columns: readonly string[]
  rows: ReadonlyArray<readonly string[]>
  /** Places of the rows that stand out. */
  strong?: readonly number[]
}

/** A part of the report. All text is plain: the page escapes it. */
export interface Section {
  id: string
  title: string
  text: readonly string[]
  /** Why there is nothing to show, where there isn't. */
  absent?: string
  figures: readonly Figure[]
  tables: readonly Table[]
  /** Spans the whole width of the page. */
  wide?: boolean
  /** Everything shown, as rows of `file`. */
  data: { file: string, rows: readonly DataRow[] }
}
