/** Documents of JSON that are rows of one table. */
import { CandelaError } from '../../errors.ts'
import type { ReadAlert } from '../alert.ts'
import type { Row, RowDialect } from '../dialect.ts'
import type { Given } from '../given.ts'

/** Rows of a table in all [bytes]. */
const MOST_BYTES = 64 * 2 ** 20

export class RowTable {
  readonly #dialect: RowDialect
  readonly #rows: Row[] = []
  readonly #bytes: Buffer[] = []
  #length = 0

  constructor (dialect: RowDialect) {
    this.#dialect = dialect
  }

  /**
   * @param bytes the row as it stands in the document
   * @throws CandelaError 'table-too-large'
   */
  add (row: object, bytes: Buffer): void {
    this.#length += bytes.length
    if (this.#length > MOST_BYTES) {
      throw new CandelaError('table-too-large', `the rows of the table have more than ${MOST_BYTES / 2 ** 20} MiB: this one is left out`, {
        value: this.#length, action: 'Send the objects in several parts.'
      })
    }
    this.#rows.push(row as Row)
    this.#bytes.push(bytes)
  }

  /** The alerts of the rows, or why there are none. */
  * alerts (given: Given): Generator<ReadAlert | { error: CandelaError, bytes: Buffer }> {
    const whole = (): Buffer => Buffer.from(`[${this.#bytes.map(row => row.toString()).join(',')}]`)
    try {
      for (const [part, alert] of this.#dialect.alerts(this.#rows, given).entries()) {
        yield { alert, original: whole, part, holds: part === 0 ? this.#length : 0 }
      }
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      yield { error, bytes: whole() }
    }
  }
}
