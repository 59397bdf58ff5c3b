/** Bytes that come in pieces, of which the beginning can be looked at before they are read. */
import { asBuffer } from './pieces.ts'

export class Beginning {
  readonly #source: AsyncIterator<Uint8Array>
  #held: Buffer = Buffer.alloc(0)
  #ended = false
  #failure: { cause: unknown } | undefined

  constructor (pieces: AsyncIterable<Uint8Array>) {
    this.#source = pieces[Symbol.asyncIterator]()
  }

  /**
   * The first bytes, `length` of them or more; fewer where there are no more or they cannot be read.
   * @throws whatever the pieces throw, where they do before the first byte
   */
  async look (length: number): Promise<Buffer> {
    const pieces = this.#held.length > 0 ? [this.#held] : []
    let held = this.#held.length
    try {
      while (held < length && !this.#ended) {
        const next = await this.#source.next()
        if (next.done) {
          this.#ended = true
        } else {
          pieces.push(asBuffer(next.value))
          held += next.value.length
        }
      }
    } catch (cause) {
      this.#ended = true
      this.#failure = { cause }
    }
    this.#held = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces, held)
    if (this.#failure && held === 0) throw this.#failure.cause
    return this.#held
  }

  /**
   * All bytes, where there are no more than `most`.
   * @throws whatever the pieces throw
   */
  async whole (most: number): Promise<Buffer | undefined> {
    await this.look(most + 1)
    if (this.#failure) throw this.#failure.cause
    return this.#held.length > most ? undefined : this.#held
  }

  /** All bytes in pieces, those that were looked at first. */
  async * all (): AsyncGenerator<Buffer> {
    try {
      if (this.#held.length > 0) yield this.#held
      this.#held = Buffer.alloc(0)
      while (!this.#ended) {
        const next = await this.#source.next()
        if (next.done) return
        yield asBuffer(next.value)
      }
      if (this.#failure) throw this.#failure.cause
    } finally {
      await this.close()
    }
  }

  /** Lets go of what is not read. */
  async close (): Promise<void> {
    this.#ended = true
    await this.#source.return?.()
  }
}
