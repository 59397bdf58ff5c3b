/** A table of text cells, whatever file it stood in: CSV, ECSV, IPAC, columns between blanks, VOTable, FITS. */
import { CandelaError } from '../../errors.ts'

export interface TableColumn {
  name: string
  /** As the file has it, '' where it has none. */
  unit: string
}

/** Rows that could not be read; the others are in the table. */
export interface TableDamage {
  /** Of the first: 'line 17'. */
  place: string
  what: string
  rows: number
}

export interface Table {
  /** In words: 'CSV', 'VOTable'. */
  form: string
  columns: readonly TableColumn[]
  /** Cells of each row, as many as columns; a cell without a value is ''. */
  rows: ReadonlyArray<readonly string[]>
  /** What comment lines say, without their marks. */
  comments: readonly string[]
  /** Where a row stands in the file: 'line 17', 'row 3'. */
  placeOf: (row: number) => string
  damage: TableDamage | null
}

/** Columns of a table: the widest catalogues have some hundreds. */
export const MOST_COLUMNS = 1000
/** Cells of a table in all; a light curve of COSMOS over ten years, forty columns wide, has 1.7 million. */
export const MOST_CELLS = 4_000_000
/** Rows: four times what an alert may bring of one object. */
export const MOST_ROWS = 200_000
/** Length of one line or row [bytes]. */
export const MOST_LINE = 2 ** 20

const REPAIR = 'Mend the file, or write it again with the program that made it.'

export const invalid = (message: string, value?: unknown, action = REPAIR): CandelaError => new CandelaError('table-invalid', message, { value, action })

/** Rows as they are read, within the bounds. */
export class TableRows {
  readonly rows: string[][] = []
  readonly places: number[] = []
  readonly #columns: number
  readonly #unit: string
  #damage: TableDamage | null = null

  /** @param unit of places: 'line' or 'row' */
  constructor (columns: number, unit: 'line' | 'row') {
    if (columns > MOST_COLUMNS) throw invalid(`the table has ${columns} columns, at most ${MOST_COLUMNS} are read`, columns, 'Write a table with the columns of the light curve alone.')
    this.#columns = columns
    this.#unit = unit
  }

  /** Number of columns. */
  get width (): number {
    return this.#columns
  }

  get damage (): TableDamage | null {
    return this.#damage
  }

  readonly placeOf = (row: number): string => `${this.#unit} ${this.places[row]}`

  /**
   * A row with another number of cells than columns is left out, and told as damage.
   * @throws CandelaError 'table-too-large'
   */
  add (cells: string[], place: number): void {
    if (cells.length !== this.#columns) return this.lose(place, `${cells.length} ${cells.length === 1 ? 'cell' : 'cells'}, ${this.#columns} are expected`)
    if (this.rows.length === MOST_ROWS || (this.rows.length + 1) * this.#columns > MOST_CELLS) {
      throw new CandelaError('table-too-large', `the table has more than ${this.rows.length === MOST_ROWS ? `${MOST_ROWS} rows` : `${MOST_CELLS} cells`}`, { value: this.rows.length, action: 'Write the objects in several files, or leave out columns.' })
    }
    this.rows.push(cells)
    this.places.push(place)
  }

  lose (place: number, what: string): void {
    if (this.#damage === null) this.#damage = { place: `${this.#unit} ${place}`, what, rows: 1 }
    else this.#damage.rows++
  }
}

const NO_VALUE = /^(|-|--|---|nan|-nan|\+nan|null|none|n\/?a|masked|\\n|inf|-inf|\+inf)$/i

/** A cell that says that there is no value. */
export const isEmpty = (cell: string): boolean => NO_VALUE.test(cell)

/** Whether a text is one number as programs write it; Fortran's D is an exponent too. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?$/

/** @returns null where the cell has no value, NaN where it is no number */
export function numberOf (cell: string | undefined): number | null {
  if (cell === undefined || isEmpty(cell)) return null
  return NUMBER.test(cell) ? Number(cell.replace(/d/i, 'e')) : Number.NaN
}
