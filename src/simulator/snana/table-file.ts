/** A FITS file of one binary table that is written row by row; it has its name only when it is whole. */
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { constants, createGzip } from 'node:zlib'
import { CandelaError, messageOf } from '../../errors.ts'
import { headerOf, paddingOf, type TableLayout } from './table-layout.ts'

/** Of a file that is being written. */
export const UNFINISHED = '.unfinished'

export function notWritable (path: string, cause: unknown): CandelaError {
  return new CandelaError('output-not-writable', `${path} cannot be written: ${messageOf(cause)}`, {
    value: path, cause, action: 'Choose another folder with --out, or make room there.'
  })
}

export class TableFile<Row> {
  /** Its name when it is whole. */
  readonly path: string
  /** Rows that were appended. */
  rows = 0
  readonly #layout: TableLayout<Row>
  readonly #handle: FileHandle
  readonly #plain: string
  readonly #gzip: boolean
  readonly #primaryBytes: number

  private constructor (path: string, layout: TableLayout<Row>, handle: FileHandle, plain: string, gzip: boolean, primaryBytes: number) {
    this.path = path
    this.#layout = layout
    this.#handle = handle
    this.#plain = plain
    this.#gzip = gzip
    this.#primaryBytes = primaryBytes
  }

  /**
   * @param path without .gz
   * @param primary cards of the primary header, behind the standard's own
   * @throws CandelaError `output-not-writable`
   */
  static async create<Row> (path: string, layout: TableLayout<Row>, primary: readonly string[], gzip: boolean): Promise<TableFile<Row>> {
    const whole = gzip ? `${path}.gz` : path
    const plain = `${path}${UNFINISHED}`
    const first = headerOf(primary)
    try {
      const handle = await open(plain, 'w')
      await handle.appendFile(Buffer.concat([first, layout.header(0)]))
      return new TableFile(whole, layout, handle, plain, gzip, first.length)
    } catch (cause) {
      throw notWritable(whole, cause)
    }
  }

  /** @param bytes whole rows */
  async append (bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle.appendFile(bytes)
    } catch (cause) {
      throw notWritable(this.path, cause)
    }
    this.rows += bytes.length / this.#layout.rowBytes
  }

  /** Writes the number of rows into the header, fills the last block and gives the file its name. */
  async finish (): Promise<void> {
    try {
      await this.#handle.appendFile(Buffer.alloc(paddingOf(this.rows * this.#layout.rowBytes)))
      const header = this.#layout.header(this.rows)
      await this.#handle.write(header, 0, header.length, this.#primaryBytes)
      await this.#handle.close()
      if (this.#gzip) {
        const packed = `${this.path}${UNFINISHED}`
        await pipeline(createReadStream(this.#plain), createGzip({ level: constants.Z_BEST_SPEED }), createWriteStream(packed))
        await rename(packed, this.path)
        await rm(this.#plain)
      } else {
        await rename(this.#plain, this.path)
      }
    } catch (cause) {
      throw notWritable(this.path, cause)
    }
  }

  /** Leaves nothing of the file. */
  async abandon (): Promise<void> {
    await this.#handle.close().catch(() => {})
    await rm(this.#plain, { force: true })
  }
}
