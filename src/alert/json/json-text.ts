/** A text of JSON on its way through a window: what of it is taken, and in which line it is. */
import { MORE, type More, type Window } from '../input/pieces.ts'
import { MOST_BYTES } from './exact-json.ts'
import { afterSpace, CARRIAGE_RETURN, isSpace, LINE_END, type ValueEnd } from './value-end.ts'

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
    for (let at = taken.indexOf(LINE_END); at >= 0; at = taken.indexOf(LINE_END, at + 1)) this.line++
    this.#window.skip(length)
    return taken
  }

  /** Takes white space up to a byte that is none, or the end; gives whether that byte is not at its line's margin. */
  * passSpace (): Generator<More, boolean> {
    let isIndented = false
    for (;;) {
      const space = this.take(afterSpace(this.bytes, 0))
      if (space.length > 0) isIndented = space[space.length - 1] === 0x20 || space[space.length - 1] === 0x09
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

/** What is taken of a text as one document; of one that is too long only the beginning is held. */
export class Taken {
  /** Position in the text's bytes up to which they were looked at. */
  at = 0
  readonly #text: JsonText
  #beginning: Buffer | undefined

  constructor (text: JsonText) {
    this.#text = text
  }

  /** Goes on behind the bytes that are there; gives false where nothing follows. */
  * more (): Generator<More, boolean> {
    this.at = this.#text.bytes.length
    if (this.#text.ended) return false
    if (this.at > MOST_BYTES) {
      const beginning = this.#text.take(this.at)
      this.#beginning ??= Buffer.from(beginning.subarray(0, MOST_BYTES + 1))
      this.at = 0
    }
    yield MORE
    return true
  }

  /** Position after a value that begins at `at`; undefined where it does not end. */
  * value (value: ValueEnd): Generator<More, number | undefined> {
    let end = value.find(this.#text.bytes, this.at)
    while (end === undefined && (yield * this.more())) end = value.find(this.#text.bytes, this.at)
    return end
  }

  /** Goes on to the next byte that is no white space, and gives it. */
  * behindSpace (): Generator<More, number | undefined> {
    for (;;) {
      while (isSpace(this.#text.bytes[this.at])) this.at++
      if (this.at < this.#text.bytes.length || !(yield * this.more())) return this.#text.bytes[this.at]
    }
  }

  /** The document that ends at a position, or with the text, without the ends of its last lines. */
  upTo (end: number | undefined): Buffer {
    const bytes = this.#text.take(end ?? this.#text.bytes.length)
    let last = bytes.length
    while (bytes[last - 1] === LINE_END || bytes[last - 1] === CARRIAGE_RETURN) last--
    return this.#beginning ?? bytes.subarray(0, last)
  }
}
