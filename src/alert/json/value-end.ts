/** Where a JSON value ends, without reading it: brackets are counted, and what stands in strings is not. */

const QUOTE = 0x22
export const COMMA = 0x2c
const BACKSLASH = 0x5c
export const LIST = 0x5b
export const LIST_END = 0x5d
export const OBJECT = 0x7b
export const OBJECT_END = 0x7d
export const LINE_END = 0x0a
export const CARRIAGE_RETURN = 0x0d

export const isSpace = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)
export const isOpening = (byte: number | undefined): boolean => byte === OBJECT || byte === LIST
export const isClosing = (byte: number | undefined): boolean => byte === OBJECT_END || byte === LIST_END

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf])

/** Position of the first byte that is no white space, nor a byte order mark at the beginning. */
export function afterSpace (bytes: Buffer, at: number): number {
  if (at === 0 && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK)) at = 3
  while (isSpace(bytes[at])) at++
  return at
}

/**
 * Follows one value, from its first byte, over as many pieces as it takes.
 * With `byLine` it is one of a sequence: a string ends with its line at the latest, and a line that begins with `{` at
 * its margin is the next value's, whatever is still open in this one.
 */
export class ValueEnd {
  /** The value was not closed before the next one began. */
  isBroken = false
  readonly #byLine: boolean
  #level = 0
  #inString = false
  #escaped = false
  #lineBegins = false

  constructor (byLine: boolean) {
    this.#byLine = byLine
  }

  /** Position after the value; undefined where these bytes end inside it. A byte that opens nothing is a value. */
  find (bytes: Buffer, from: number): number | undefined {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (this.#byLine && byte === LINE_END) {
        this.#inString = this.#escaped = false
        this.#lineBegins = true
        continue
      }
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) {
          this.#inString = false
          if (this.#level <= 0) return at + 1
        }
        this.#lineBegins = false
        continue
      }
      if (this.#lineBegins && byte === OBJECT) {
        this.isBroken = true
        return at
      }
      this.#lineBegins = false
      if (byte === QUOTE) {
        this.#inString = true
        continue
      }
      if (isOpening(byte)) this.#level++
      else if (isClosing(byte)) this.#level--
      if (this.#level <= 0) return at + 1
    }
    return undefined
  }
}
