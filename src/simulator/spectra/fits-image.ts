/** The first image of a FITS file (FITS standard 4.0, sec. 3.3.2 and 5): what spectral sequences are kept in. */
import { Readable } from 'node:stream'
import { ByteReader } from '../../alert/fits/byte-reader.ts'
import { dataLength, readHeader, wholeNumber } from '../../alert/fits/header.ts'

export interface FitsImage {
  /** Values along each axis, NAXIS1 first. */
  shape: number[]
  /** World coordinate of an axis (from 1) at a pixel (from 1): CRVAL + (pixel − CRPIX) CDELT (sec. 8, eq. 9 and 10). */
  coordinate: (axis: number, pixel: number) => number
  /** NAXIS1 running fastest. */
  values: Float64Array
}

/** Bytes of an image that is read; more is taken for damage. */
const MOST_BYTES = 2 ** 28

/** @throws Error where the bytes are no image of 32-bit or 64-bit floating-point numbers */
export async function readFitsImage (bytes: Buffer): Promise<FitsImage> {
  const reader = new ByteReader(Readable.from([bytes]))
  const header = await readHeader(reader)
  const bits = header.get('BITPIX')
  if (bits !== -32 && bits !== -64) throw new Error(`BITPIX is ${bits ?? 'missing'}, −32 or −64 is expected`)
  const length = dataLength(header)
  if (length > MOST_BYTES) throw new Error(`an image of ${length} bytes is announced`)
  const data = await reader.take(length)
  const shape = Array.from({ length: wholeNumber(header, 'NAXIS') }, (_, axis) => wholeNumber(header, `NAXIS${axis + 1}`))
  const width = -bits / 8
  const number = (keyword: string): number => {
    const value = header.get(keyword)
    if (typeof value === 'number') return value
    throw new Error(`${keyword} is ${value === undefined ? 'missing' : `'${String(value)}'`}, a number is expected`)
  }
  return {
    shape,
    coordinate: (axis, pixel) => number(`CRVAL${axis}`) + (pixel - number(`CRPIX${axis}`)) * number(`CDELT${axis}`),
    values: Float64Array.from({ length: shape.reduce((product, side) => product * side, 1) }, (_, k) => width === 4 ? data.readFloatBE(4 * k) : data.readDoubleBE(8 * k))
  }
}
