/** FITS files with one binary table, written from scratch (FITS standard 4.0, sec. 3.3, 4 and 7.3), for tests. */

export interface WrittenColumn {
  name: string
  /** As TFORMn has it: 1J, 8A, E, 2D … */
  form: string
  /** Stored values, one a row; arrays for cells of more than one element. */
  values: Array<string | number | bigint | Array<number | bigint>>
  /** TSCAL, TZERO, TNULL as they stand in the header. */
  scale?: number
  zero?: number | string
  null?: number
}

const card = (keyword: string, value: string | number): string =>
  `${keyword.padEnd(8)}= ${typeof value === 'number' ? String(value).padStart(20) : value}`.padEnd(80)
const text = (value: string): string => `'${value.replaceAll("'", "''").padEnd(8)}'`

export function block (bytes: Buffer, fill = 0): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((2880 - bytes.length % 2880) % 2880, fill)])
}

export const headerOf = (cards: string[]): Buffer => block(Buffer.from([...cards, 'END'.padEnd(80)].join(''), 'latin1'), 0x20)

function cell ({ form }: WrittenColumn, value: WrittenColumn['values'][number]): Buffer {
  const [, count = '', code = ''] = /^(\d*)([A-Z])/.exec(form) ?? []
  const repeat = count === '' ? 1 : Number(count)
  if (code === 'A') return Buffer.from(String(value).padEnd(repeat).slice(0, repeat), 'latin1')
  const elements = Array.isArray(value) ? value : [value]
  return Buffer.concat(Array.from({ length: repeat }, (_, k) => {
    const element = elements[k] ?? 0
    const bytes = Buffer.alloc({ L: 1, B: 1, I: 2, J: 4, K: 8, E: 4, D: 8 }[code] ?? 0)
    if (code === 'L') bytes.write(String(element), 'latin1')
    else if (code === 'B') bytes.writeUInt8(Number(element))
    else if (code === 'I') bytes.writeInt16BE(Number(element))
    else if (code === 'J') bytes.writeInt32BE(Number(element))
    else if (code === 'K') bytes.writeBigInt64BE(BigInt(element))
    else if (code === 'E') bytes.writeFloatBE(Number(element))
    else if (code === 'D') bytes.writeDoubleBE(Number(element))
    return bytes
  }))
}

/** A primary unit without data and one table. */
export function fitsFile (columns: WrittenColumn[], { primary = [], table = {} }: { primary?: Array<[string, string]>, table?: Record<string, number> } = {}): Buffer {
  const rows = columns[0]?.values.length ?? 0
  const data = Buffer.concat(Array.from({ length: rows }, (_, row) => Buffer.concat(columns.map(column => cell(column, column.values[row]!)))))
  const described = columns.flatMap(({ name, form, scale, zero, null: nullValue }, k) => [
    card(`TTYPE${k + 1}`, text(name)), card(`TFORM${k + 1}`, text(form)),
    ...scale === undefined ? [] : [card(`TSCAL${k + 1}`, scale)],
    ...zero === undefined ? [] : [card(`TZERO${k + 1}`, zero)],
    ...nullValue === undefined ? [] : [card(`TNULL${k + 1}`, nullValue)]
  ])
  const keys: Record<string, number> = { BITPIX: 8, NAXIS: 2, NAXIS1: rows === 0 ? 0 : data.length / rows, NAXIS2: rows, PCOUNT: 0, GCOUNT: 1, TFIELDS: columns.length, ...table }
  return Buffer.concat([
    headerOf([card('SIMPLE', 'T'.padStart(20)), card('BITPIX', -32), card('NAXIS', 1), card('NAXIS1', 0), ...primary.map(([keyword, value]) => card(keyword, text(value)))]),
    headerOf([card('XTENSION', text('BINTABLE')), ...Object.entries(keys).map(([keyword, value]) => card(keyword, value)), ...described]),
    block(data)
  ])
}
