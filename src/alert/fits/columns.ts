/** The columns of a FITS binary table and the values of one row (FITS standard 4.0, sec. 7.3). */
import { wholeNumber, type FitsHeader } from './header.ts'

/** Bytes of one element of each form that this reader gives values of. */
const VALUE_BYTES = { L: 1, B: 1, I: 2, J: 4, K: 8, A: 1, E: 4, D: 8 } as const
type ValueForm = keyof typeof VALUE_BYTES
/** Forms whose room is known, and whose values are not read. */
const OTHER_BYTES: Record<string, number> = { C: 8, M: 16, P: 8, Q: 16 }

export interface FitsColumn {
  /** In capitals. */
  name: string
  /** As the file writes it. */
  label: string
  /** '' where the file has none. */
  unit: string
  form: string
  /** Elements a cell; of an A column, characters. */
  repeat: number
  /** Where the cell starts in a row [bytes]. */
  offset: number
  /** Value = zero + scale × what is stored. */
  scale: number
  zero: number
  /** Stored integer that stands for "no value"; null where there is none. */
  nullValue: number | null
}

const isValueForm = (form: string): form is ValueForm => Object.hasOwn(VALUE_BYTES, form)

function bytesOf (form: string, repeat: number): number {
  if (form === 'X') return Math.ceil(repeat / 8)
  const each = isValueForm(form) ? VALUE_BYTES[form] : OTHER_BYTES[form]
  if (each === undefined) throw new Error(`column form '${form}' is not known`)
  return repeat * each
}

const numberOr = (header: FitsHeader, keyword: string, otherwise: number): number => {
  const value = header.get(keyword)
  return typeof value === 'number' ? value : otherwise
}

/**
 * The columns by name in capitals (names do not differ by case), the first of each name.
 * @throws Error where a column cannot be understood, or the columns do not fill the row
 */
export function columnsOf (header: FitsHeader): ReadonlyMap<string, FitsColumn> {
  const fields = wholeNumber(header, 'TFIELDS')
  if (fields > 999) throw new Error(`TFIELDS is ${fields}, at most 999 is expected`)
  const columns = new Map<string, FitsColumn>()
  let offset = 0
  for (let n = 1; n <= fields; n++) {
    const [, count = '', form = ''] = /^\s*(\d{0,9})([A-Z])/.exec(String(header.get(`TFORM${n}`) ?? '')) ?? []
    const repeat = count === '' ? 1 : Number(count)
    const label = String(header.get(`TTYPE${n}`) ?? `COLUMN ${n}`).trim()
    const name = label.toUpperCase()
    const unit = String(header.get(`TUNIT${n}`) ?? '').trim()
    const nullValue = header.get(`TNULL${n}`)
    const column: FitsColumn = {
      name, label, unit, form, repeat, offset, scale: numberOr(header, `TSCAL${n}`, 1), zero: numberOr(header, `TZERO${n}`, 0), nullValue: typeof nullValue === 'number' ? nullValue : null
    }
    offset += bytesOf(form, repeat)
    if (!columns.has(name)) columns.set(name, column)
  }
  const row = wholeNumber(header, 'NAXIS1')
  if (offset !== row) throw new Error(`a row has ${row} bytes (NAXIS1), its columns have ${offset}`)
  return columns
}

/** Whether values of this column can be read. */
export const isReadable = ({ form }: FitsColumn): boolean => isValueForm(form)

type Stored = string | number | bigint | null

/** The first element of a cell as it is stored; strings whole, without their padding. */
function stored ({ form, offset, repeat }: FitsColumn, row: Buffer): Stored {
  if (repeat === 0 || !isValueForm(form)) return null
  switch (form) {
    case 'A': {
      const text = row.toString('latin1', offset, offset + repeat)
      const end = text.indexOf('\0')
      return (end < 0 ? text : text.slice(0, end)).trim()
    }
    case 'L': return row[offset] === 0x54 ? 'T' : row[offset] === 0x46 ? 'F' : null
    case 'B': return row.readUInt8(offset)
    case 'I': return row.readInt16BE(offset)
    case 'J': return row.readInt32BE(offset)
    case 'K': return row.readBigInt64BE(offset)
    case 'E': return row.readFloatBE(offset)
    case 'D': return row.readDoubleBE(offset)
  }
}

const isNull = (value: Stored, { form, nullValue }: FitsColumn): boolean => value === null || Number.isNaN(value) ||
  (nullValue !== null && form !== 'E' && form !== 'D' && typeof value !== 'string' && Number(value) === nullValue)

/** A cell as a number; null where it holds none. Text that is a number counts as one. */
export function numberIn (column: FitsColumn, row: Buffer): number | null {
  const value = stored(column, row)
  if (isNull(value, column)) return null
  if (typeof value === 'string') return value === '' || Number.isNaN(Number(value)) ? null : Number(value)
  return column.zero + column.scale * Number(value)
}

/** A cell as text, '' where it holds nothing; integers of any size are exact. */
export function textIn (column: FitsColumn, row: Buffer): string {
  const value = stored(column, row)
  if (isNull(value, column)) return ''
  if (typeof value === 'string') return value
  if (column.scale === 1 && Number.isInteger(column.zero) && column.form !== 'E' && column.form !== 'D') return String(BigInt(value!) + BigInt(column.zero))
  return String(column.zero + column.scale * Number(value))
}
