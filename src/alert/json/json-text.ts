/** A text of JSON on its way through a window: what of it is taken, and in which line it is. */
import { MORE, TURN, type More, type Window } from '../input/pieces.ts'
import { MOST_BYTES } from './exact-json.ts'
import { afterSpace, CARRIAGE_RETURN, isSpace, LINE_END, type ValueEnd } from './value-end.ts'

/** Bytes between two turns of others. */
export const STRIDE = 2 ** 18
/** Line ends of a document that are searched for natively, which is faster where they are far from each other. */
const FEW_LINES = 1000

export class JsonText {
  /** Of the first byte that is not taken. */
  line = 1
  readonly #window: Window

  constructor (window: Window) {
    this.#window = window
  }

  /** What is not taken, as far as it is there. */
  get bytes (): Buffer {
    return this.#window.bytes
  }

  get ended (): boolean {
    return this.#window.ended
  }

  take (length: number): Buffer {
    const taken = this.bytes.subarray(0, length)
    let at = taken.indexOf(LINE_END)
    for (let found = 0; at >= 0 && found < FEW_LINES; at = taken.indexOf(LINE_END, at + 1), found++) this.line++
    if (at >= 0) for (; at < taken.length; at++) if (taken[at] === LINE_END) this.line++
    this.#window.skip(length)
    return taken
  }

  /** Takes white space up to a byte that is none, or the end; gives whether that byte is not at its line's margin. */
  * passSpace (): Generator<More, boolean> {
    let isIndented = false
    for (;;) {
      const near = this.bytes.subarray(0, STRIDE)
      const space = this.take(afterSpace(near, 0))
      if (space.length > 0) isIndented = space[space.length - 1] === 0x20 || space[space.length - 1] === 0x09
      if (space.length === STRIDE) {
        yield TURN
        continue
      }
      if (this.bytes.length > 0 || this.ended) return isIndented
      yield MORE
    }
  }

  /** The byte behind the blanks at `at`, which may be the end of the line; undefined at the end, or where blanks do not end. */
  * behindBlanks (at: number): Generator<More, number | undefined> {
    for (;;) {
      while (isSpace(this.bytes[at]) && this.bytes[at] !== LINE_END) at++
      if (at < this.bytes.length || this.ended || this.bytes.length > 2 * MOST_BYTES) return this.bytes[at]
      yield MORE
    }
  }
}

/** A document grows in the window up to this length; of a longer one pieces are held beside it, which are put together once [bytes]. */
const PIECE = 4 * 2 ** 20

/** What was taken of a text as one document. */
export interface TakenBytes {
  /** Of a document that is too long: its beginning. */
  bytes: Buffer
  /** How long it is, where it is too long [bytes]. */
  tooLong?: number
}

/** What is taken of a text as one document; of one that is too long only the first piece is held. */
export class Taken {
  /** Position in the text's bytes up to which they were looked at. */
  at = 0
  readonly #text: JsonText
  readonly #held: Buffer[] = []
  /** Of the pieces that were taken. */
  #length = 0

  constructor (text: JsonText) {
    this.#text = text
  }

  /** Goes on behind the bytes that are there; gives false where nothing follows. */
  * more (): Generator<More, boolean> {
    this.at = this.#text.bytes.length
    if (this.#text.ended) return false
    if (this.at > PIECE) {
      this.#held.push(this.#text.take(this.at))
      this.#length += this.at
      if (this.#length > MOST_BYTES) this.#held.length = 1
      this.at = 0
    }
    yield MORE
    return true
  }

  /** Position after a value that begins at `at`; undefined where it does not end. */
  * value (value: ValueEnd): Generator<More, number | undefined> {
    for (;;) {
      const near = this.#text.bytes.subarray(0, this.at + STRIDE)
      const end = value.find(near, this.at)
      if (end !== undefined) return end
      if (near.length < this.#text.bytes.length) {
        this.at = near.length
        yield TURN
      } else if (!(yield * this.more())) return undefined
    }
  }

  /** Goes on to the next byte that is no white space, and gives it. */
  * behindSpace (): Generator<More, number | undefined> {
    for (;;) {
      while (isSpace(this.#text.bytes[this.at])) this.at++
      if (this.at < this.#text.bytes.length || !(yield * this.more())) return this.#text.bytes[this.at]
    }
  }

  /** The document that ends at a position, or with the text, without the ends of its last lines. */
  upTo (end: number | undefined): TakenBytes {
    const rest = this.#text.take(end ?? this.#text.bytes.length)
    const length = this.#length + rest.length
    if (length > MOST_BYTES && this.#held.length > 0) return { bytes: this.#held[0]!, tooLong: length }
    const bytes = this.#held.length > 0 ? Buffer.concat([...this.#held, rest], length) : rest
    let last = length
    while (bytes[last - 1] === LINE_END || bytes[last - 1] === CARRIAGE_RETURN) last--
    return { bytes: bytes.subarray(0, last) }
  }
}
