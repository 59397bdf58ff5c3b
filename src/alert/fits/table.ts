/** The first binary table of a FITS file, read row by row, forward only, from a plain or gzipped file. */
import { createReadStream } from 'node:fs'
import { CandelaError, reasonIn } from '../../errors.ts'
import { unreadable } from '../input/paths.ts'
import { decompressed } from '../input/decompress.ts'
import { ByteReader, EndOfBytes } from './byte-reader.ts'
import { columnsOf, isReadable, type FitsColumn } from './columns.ts'
import { dataLength, readHeader, wholeNumber, type FitsHeader } from './header.ts'

/** Rows that are read at once have at most this many bytes. */
const MOST_BYTES = 64 * 2 ** 20
/** A file with more units before its table is taken for damage. */
const MOST_UNITS = 100

const BEFORE_ROWS = 'before the first row of a binary table'

export function fitsDamaged (path: string, message: string, cause?: unknown): CandelaError {
  return new CandelaError('fits-damaged', `${path}: ${message}`, {
    value: path, cause, action: 'Fetch the file again: a whole FITS file with a binary table is expected.'
  })
}

interface TableParts { path: string, reader: ByteReader, primary: FitsHeader, header: FitsHeader }

export class FitsTable {
  readonly path: string
  /** As the header says; the file may end earlier. */
  readonly rows: number
  readonly #reader: ByteReader
  readonly #headers: readonly FitsHeader[]
  readonly #rowBytes: number
  readonly #columns: ReadonlyMap<string, FitsColumn>
  #next = 0

  private constructor ({ path, reader, primary, header }: TableParts) {
    this.path = path
    this.#reader = reader
    this.#headers = [primary, header]
    if (wholeNumber(header, 'NAXIS') !== 2 || header.get('BITPIX') !== 8) throw new Error('a binary table has BITPIX = 8 and NAXIS = 2')
    this.#rowBytes = wholeNumber(header, 'NAXIS1')
    this.rows = wholeNumber(header, 'NAXIS2')
    this.#columns = columnsOf(header)
    if (this.#rowBytes === 0 && this.rows > 0) throw new Error(`the table has ${this.rows} rows of no bytes (NAXIS1 = 0)`)
    if (this.#rowBytes > MOST_BYTES) throw new Error(`a row has ${this.#rowBytes} bytes, at most ${MOST_BYTES} are read`)
  }

  /**
   * Reads up to the first row of the first table.
   * @throws CandelaError `file-unreadable`, `fits-damaged`
   */
  static async open (path: string): Promise<FitsTable> {
    let pieces: AsyncIterable<Buffer>
    try {
      pieces = (await decompressed(createReadStream(path), cause => failure(path, cause, ''))).all()
    } catch (error) {
      throw failure(path, error, BEFORE_ROWS)
    }
    return await FitsTable.of(path, pieces)
  }

  /**
   * The same of bytes that are not compressed.
   * @param path their name in messages
   */
  static async of (path: string, pieces: AsyncIterable<Buffer>): Promise<FitsTable> {
    const reader = new ByteReader(pieces)
    try {
      const primary = await readHeader(reader)
      await reader.skip(dataLength(primary))
      for (let unit = 0; unit < MOST_UNITS; unit++) {
        const header = await readHeader(reader)
        if (header.get('XTENSION') === 'BINTABLE') return new FitsTable({ path, reader, primary, header })
        await reader.skip(dataLength(header))
      }
      throw new Error(`no binary table among its first ${MOST_UNITS} units`)
    } catch (error) {
      await reader.close()
      throw failure(path, error, BEFORE_ROWS)
    }
  }

  /** Row to be read next, counted from 0. */
  get next (): number {
    return this.#next
  }

  /** A keyword of the primary header or, where it is not there, of the table's. */
  keyword (name: string): string | number | boolean | undefined {
    return this.#headers.map(header => header.get(name)).find(value => value !== undefined)
  }

  /** Those that can be read, in the order of the file. */
  get columns (): FitsColumn[] {
    return [...this.#columns.values()].filter(isReadable)
  }

  /** The first of these columns that is there and can be read. */
  column (...names: string[]): FitsColumn | null {
    return names.map(name => this.#columns.get(name)).find(column => column !== undefined && isReadable(column)) ?? null
  }

  /** @throws CandelaError `fits-damaged` where none of the columns is there */
  needed (...names: string[]): FitsColumn {
    const column = this.column(...names)
    if (column) return column
    throw fitsDamaged(this.path, `the table has no column ${names.join(' or ')} that can be read`)
  }

  /** How many rows can be read at once. */
  get mostRows (): number {
    return Math.floor(MOST_BYTES / Math.max(1, this.#rowBytes))
  }

  /**
   * @param first row counted from 0, not before `next`
   * @param count at most `mostRows`
   * @throws CandelaError `file-unreadable`, `fits-damaged` where the file ends earlier
   */
  async read (first: number, count: number): Promise<Buffer[]> {
    const bytes = this.#rowBytes
    try {
      await this.#reader.skip((first - this.#next) * bytes)
      this.#next = first
      const taken = await this.#reader.take(count * bytes)
      this.#next = first + count
      return Array.from({ length: count }, (_, k) => taken.subarray(k * bytes, (k + 1) * bytes))
    } catch (error) {
      throw failure(this.path, error, `before row ${first + count}, and ${this.rows} rows are announced`)
    }
  }

  async close (): Promise<void> {
    await this.#reader.close()
  }
}

/** @param where of an end that comes too early */
function failure (path: string, error: unknown, where: string): CandelaError {
  if (error instanceof CandelaError) return error
  if (error instanceof EndOfBytes) return fitsDamaged(path, `${error.message}, ${where}`, error)
  if (error instanceof Error && 'code' in error) return unreadable(path, error)
  return fitsDamaged(path, reasonIn(error), error)
}
