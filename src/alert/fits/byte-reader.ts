/** Bytes of a stream in pieces of the length asked for, forward only. */

/** The stream ended before the bytes that were asked for. */
export class EndOfBytes extends Error {
  constructor (position: number) {
    super(`it ends after ${position} bytes`)
    this.name = 'EndOfBytes'
  }
}

export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>
  #held: Buffer = Buffer.alloc(0)
  #position = 0

  constructor (stream: AsyncIterable<Buffer>) {
    this.#chunks = stream[Symbol.asyncIterator]()
  }

  /**
   * @param length [bytes]; the caller bounds it
   * @throws EndOfBytes, and the errors of the stream
   */
  async take (length: number): Promise<Buffer> {
    if (this.#held.length < length) await this.#gather(length)
    const taken = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    this.#position += length
    return taken
  }

  /** Passes over any number of bytes without keeping them. */
  async skip (length: number): Promise<void> {
    let left = length
    while (left > this.#held.length) {
      left -= this.#held.length
      this.#position += this.#held.length
      this.#held = await this.#next()
    }
    this.#held = this.#held.subarray(left)
    this.#position += left
  }

  async #gather (length: number): Promise<void> {
    const pieces = [this.#held]
    let held = this.#held.length
    while (held < length) {
      const piece = await this.#next(held)
      pieces.push(piece)
      held += piece.length
    }
    this.#held = Buffer.concat(pieces, held)
  }

  async #next (held = 0): Promise<Buffer> {
    const next = await this.#chunks.next()
    if (next.done) throw new EndOfBytes(this.#position + held)
    return next.value
  }

  async close (): Promise<void> {
    await this.#chunks.return?.()
  }
}
