/** Rows of a FITS binary table and the header that describes them (FITS standard 4.0, sec. 4 and 7.3). */

/** D, E: floating point of 64 and 32 bits; I, J: integers of 16 and 32 bits; A: text. */
export type ColumnForm = '1D' | '1E' | '1I' | '1J' | `${number}A`

export interface Column<Row> {
  name: string
  form: ColumnForm
  /** As 'deg'; none where not given. */
  unit?: string
  /** What the column holds, for the header. */
  comment?: string
  value: (row: Row) => number | string
}

const BLOCK = 2880
const CARD = 80
const BYTES = { D: 8, E: 4, I: 2, J: 4 } as const

/** A header card. Names of more than eight letters follow the HIERARCH convention, as SNANA's files have them. */
export function card (keyword: string, value: string | number | boolean, comment = ''): string {
  const shown = typeof value === 'string' ? `'${value.replaceAll("'", "''").padEnd(8)}'` : (typeof value === 'boolean' ? (value ? 'T' : 'F') : String(value)).padStart(20)
  const start = keyword.length > 8 ? `HIERARCH ${keyword} = ${shown.trimStart()}` : `${keyword.padEnd(8)}= ${shown}`
  return (comment === '' || start.length + 3 >= CARD ? start : `${start} / ${comment}`).slice(0, CARD).padEnd(CARD)
}

/** Cards in whole blocks. */
export function headerOf (cards: readonly string[]): Buffer {
  const text = [...cards, 'END'.padEnd(CARD)].join('')
  return Buffer.from(text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK), 'latin1')
}

/** How many bytes fill up the last block. */
export const paddingOf = (bytes: number): number => (BLOCK - bytes % BLOCK) % BLOCK

type Put<Row> = (target: Buffer, at: number, row: Row) => void

function putOf<Row> ({ form, value }: Column<Row>, bytes: number): Put<Row> {
  switch (form.at(-1)) {
    case 'D': return (target, at, row) => { target.writeDoubleBE(value(row) as number, at) }
    case 'E': return (target, at, row) => { target.writeFloatBE(value(row) as number, at) }
    case 'I': return (target, at, row) => { target.writeInt16BE(value(row) as number, at) }
    case 'J': return (target, at, row) => { target.writeInt32BE(value(row) as number, at) }
    default: return (target, at, row) => {
      target.fill(0x20, at, at + bytes)
      target.write(value(row) as string, at, bytes, 'latin1')
    }
  }
}

/** The columns of a table, in their order. */
export class TableLayout<Row> {
  readonly name: string
  readonly columns: ReadonlyArray<Column<Row>>
  readonly rowBytes: number
  readonly #offsets = new Map<string, number>()
  readonly #puts: Array<{ offset: number, put: Put<Row> }> = []

  /** @param name EXTNAME of the table */
  constructor (name: string, columns: ReadonlyArray<Column<Row>>) {
    this.name = name
    this.columns = columns
    let offset = 0
    for (const column of columns) {
      const code = column.form.at(-1) as keyof typeof BYTES | 'A'
      const bytes = code === 'A' ? Number.parseInt(column.form) : BYTES[code]
      this.#offsets.set(column.name, offset)
      this.#puts.push({ offset, put: putOf(column, bytes) })
      offset += bytes
    }
    this.rowBytes = offset
  }

  /** Where a column starts in a row [bytes]. */
  offsetOf (name: string): number {
    const offset = this.#offsets.get(name)
    if (offset === undefined) throw new RangeError(`no column ${name}`)
    return offset
  }

  /** Writes one row; text that is too long is cut. */
  put (target: Buffer, at: number, row: Row): void {
    for (const { offset, put } of this.#puts) put(target, at + offset, row)
  }

  /** The header of the table; its length does not depend on the number of rows. */
  header (rows: number): Buffer {
    return headerOf([
      card('XTENSION', 'BINTABLE', 'binary table'), card('BITPIX', 8), card('NAXIS', 2), card('NAXIS1', this.rowBytes, 'bytes of a row'), card('NAXIS2', rows, 'rows'),
      card('PCOUNT', 0), card('GCOUNT', 1), card('TFIELDS', this.columns.length), card('EXTNAME', this.name),
      ...this.columns.flatMap(({ name, form, unit, comment }, k) => [
        card(`TTYPE${k + 1}`, name, comment), card(`TFORM${k + 1}`, form), ...unit === undefined ? [] : [card(`TUNIT${k + 1}`, unit)]
      ])
    ])
  }
}
