/**
 * Parsers of bytes that come piece by piece. A parser is a generator over a window on the bytes: it gives what it has
 * read, and MORE where the window ends too early. So one parser reads a buffer at once and a stream of any length.
 */

/** What a parser gives where it cannot go on without more bytes. */
export const MORE = Symbol('more')
export type More = typeof MORE

/** The bytes that are not read yet, as far as they are there. */
export class Window {
  bytes: Buffer
  /** Nothing follows `bytes`. */
  ended: boolean
  /** How many bytes it has let go of. */
  read = 0

  constructor (bytes: Buffer = Buffer.alloc(0), ended = false) {
    this.bytes = bytes
    this.ended = ended
  }

  /** Lets go of the first bytes. */
  skip (length: number): void {
    this.bytes = this.bytes.subarray(length)
    this.read += length
  }
}

export type Parser<Read> = (window: Window) => Generator<Read | More>

/** Reads bytes that are all there. */
export function * parseWhole<Read> (bytes: Buffer, parse: Parser<Read>): Generator<Read> {
  for (const read of parse(new Window(bytes, true))) if (read !== MORE) yield read as Read
}

/**
 * Reads bytes as they come.
 * @param window without bytes yet; it says how far the parser is
 * @throws whatever the pieces throw, after what could be read of those before
 */
export async function * parsePieces<Read> (pieces: AsyncIterable<Uint8Array>, parse: Parser<Read>, window = new Window()): AsyncGenerator<Read> {
  const source = pieces[Symbol.asyncIterator]()
  let failure: { cause: unknown } | undefined
  try {
    for (const read of parse(window)) {
      if (read === MORE) await grow(window, source).catch((cause: unknown) => { failure = { cause } })
      else yield read as Read
    }
  } finally {
    await source.return?.()
  }
  if (failure) throw failure.cause
}

/** A window that is longer grows by this much at a time [bytes]. */
const MOST_GROWTH = 4 * 2 ** 20

/** Doubles the window, as long as it is small, so that a parser that looks at all of it again costs little more than its length. */
async function grow (window: Window, source: AsyncIterator<Uint8Array>): Promise<void> {
  const held = [window.bytes]
  let length = window.bytes.length
  const enough = length + Math.min(Math.max(1, length), MOST_GROWTH)
  try {
    while (length < enough && !window.ended) {
      const next = await source.next()
      if (next.done) {
        window.ended = true
      } else {
        held.push(asBuffer(next.value))
        length += next.value.length
      }
    }
  } catch (cause) {
    window.ended = true
    throw cause
  } finally {
    window.bytes = held.length === 2 && held[0]!.length === 0 ? held[1]! : Buffer.concat(held, length)
  }
}

export const asBuffer = (bytes: Uint8Array): Buffer => Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
