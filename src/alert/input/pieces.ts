/**
 * Parsers of bytes that come piece by piece. A parser is a generator over a window on the bytes: it gives what it has
 * read, and MORE where the window ends too early. So one parser reads a buffer at once and a stream of any length.
 */

import { turns } from '../turns.ts'

/** What a parser gives where it cannot go on without more bytes. */
export const MORE = Symbol('more')
/** What a parser gives in long work, so that others have a turn. */
export const TURN = Symbol('turn')

/** Work that can be waited for, where somebody can wait. */
export class Later<Result> {
  readonly #now: () => Result
  readonly #later: () => Promise<Result>
  #result: { value: Result } | { error: unknown } | undefined

  constructor (now: () => Result, later: () => Promise<Result>) {
    this.#now = now
    this.#later = later
  }

  async wait (): Promise<void> {
    this.#result = await this.#later().then(value => ({ value }), (error: unknown) => ({ error }))
  }

  /** What came of it; done now where nobody has waited. @throws what the work throws */
  get result (): Result {
    if (this.#result === undefined) return this.#now()
    if ('error' in this.#result) throw this.#result.error
    return this.#result.value
  }
}

export type More = typeof MORE | typeof TURN | Later<unknown>
export const isPause = (read: unknown): read is More => read === MORE || read === TURN || read instanceof Later

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
  for (const read of parse(new Window(bytes, true))) if (!isPause(read)) yield read as Read
}

/**
 * Reads bytes as they come.
 * @param window without bytes yet; it says how far the parser is
 * @throws whatever the pieces throw, after what could be read of those before
 */
export async function * parsePieces<Read> (pieces: AsyncIterable<Uint8Array>, parse: Parser<Read>, window = new Window()): AsyncGenerator<Read> {
  const source = pieces[Symbol.asyncIterator]()
  const turn = turns()
  let failure: { cause: unknown } | undefined
  try {
    for (const read of parse(window)) {
      if (read === MORE) await grow(window, source).catch((cause: unknown) => { failure = { cause } })
      else if (read === TURN) await turn()
      else if (read instanceof Later) await read.wait()
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
