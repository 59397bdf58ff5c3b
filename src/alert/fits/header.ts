/** The header of a FITS unit: 80-character cards in blocks of 2880 bytes (FITS standard 4.0, sec. 3.3 and 4). */
import type { ByteReader } from './byte-reader.ts'

export type FitsHeader = ReadonlyMap<string, string | number | boolean>

const MAGIC = Buffer.from('SIMPLE  =')

/** Whether bytes are a FITS file, by their beginning. */
export const isFits = (head: Buffer): boolean => head.subarray(0, MAGIC.length).equals(MAGIC)

export const BLOCK = 2880
const CARD = 80
/** Headers with more blocks than this (about 36,000 cards) are taken for damage. */
const MOST_BLOCKS = 1000

const STRING = /^\s*'((?:[^']|'')*)'/
const LOGICAL = /^\s*([TF])(?=\s|\/|$)/
const NUMBER = /^\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[ED][+-]?\d+)?)(?=\s|\/|$)/i

function valueOf (text: string): string | number | boolean | undefined {
  const string = STRING.exec(text)?.[1]
  if (string !== undefined) return string.replaceAll("''", "'").trimEnd()
  const logical = LOGICAL.exec(text)?.[1]
  if (logical !== undefined) return logical === 'T'
  const number = NUMBER.exec(text)?.[1]
  return number === undefined ? undefined : Number(number.replace(/d/i, 'e'))
}

/** A keyword of more than eight letters, as SNANA's ZP_FLUXCAL, by the HIERARCH convention of cfitsio; and where its value starts. */
function longName (text: string, at: number): [string | undefined, number] {
  const [whole, name] = /^HIERARCH +([\w-]+) *= /.exec(text.slice(at, at + CARD)) ?? []
  return whole === undefined ? [undefined, at] : [name!.toUpperCase(), at + whole.length]
}

/**
 * Reads up to the end of the header's last block. Cards without a value that is understood (comments, complex
 * numbers, continued strings beyond their first card) are passed over.
 * @throws Error where there is no END card, and the reader's errors
 */
export async function readHeader (reader: ByteReader): Promise<FitsHeader> {
  const header = new Map<string, string | number | boolean>()
  for (let block = 0; block < MOST_BLOCKS; block++) {
    const text = (await reader.take(BLOCK)).toString('latin1')
    for (let at = 0; at < BLOCK; at += CARD) {
      const keyword = text.slice(at, at + 8).trimEnd()
      if (block === 0 && at === 0 && keyword !== 'SIMPLE' && keyword !== 'XTENSION') throw new Error('a unit does not start with SIMPLE or XTENSION')
      if (keyword === 'END') return header
      const [name, start] = text.slice(at + 8, at + 10) === '= ' ? [keyword, at + 10] : longName(text, at)
      const value = name === undefined ? undefined : valueOf(text.slice(start, at + CARD))
      if (name !== undefined && value !== undefined && !header.has(name)) header.set(name, value)
    }
  }
  throw new Error(`a header has no END in its first ${MOST_BLOCKS} blocks`)
}

/** The value of a keyword that must be a whole number, at least 0. */
export function wholeNumber (header: FitsHeader, keyword: string, otherwise?: number): number {
  const value = header.get(keyword) ?? otherwise
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`${keyword} is ${value === undefined ? 'missing' : `'${String(value)}'`}, a whole number of at least 0 is expected`)
}

/** Bytes of a unit's data with their padding (sec. 4.4.1, equation 2); random groups, which are obsolete, are not read. */
export function dataLength (header: FitsHeader): number {
  const axes = wholeNumber(header, 'NAXIS')
  if (axes > 999) throw new Error(`NAXIS is ${axes}, at most 999 is expected`)
  if (axes === 0) return 0
  if (header.get('GROUPS') === true) throw new Error('random groups are not read')
  let values = 1
  for (let axis = 1; axis <= axes; axis++) values *= wholeNumber(header, `NAXIS${axis}`)
  const bits = Math.abs(Number(header.get('BITPIX')))
  const bytes = bits / 8 * wholeNumber(header, 'GCOUNT', 1) * (wholeNumber(header, 'PCOUNT', 0) + values)
  if (!Number.isSafeInteger(bytes)) throw new Error(`a unit of ${bytes} bytes is announced`)
  return Math.ceil(bytes / BLOCK) * BLOCK
}
