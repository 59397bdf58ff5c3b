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

  /**
   * Position after the value; undefined where these bytes, up to `to`, end inside it. A byte that opens nothing is a value.
   * @param from where the value begins, or goes on
   */
  find (bytes: Buffer, from: number, to = bytes.length): number | undefined {
    const byLine = this.#byLine
    let [level, inString, escaped, lineBegins] = [this.#level, this.#inString, this.#escaped, this.#lineBegins]
    let end: number | undefined
    for (let at = from; at < to && end === undefined; at++) {
      const byte = bytes[at]!
      if (byLine && byte === LINE_END) {
        inString = escaped = false
        lineBegins = true
      } else if (inString) {
        lineBegins = false
        if (escaped) escaped = false
        else if (byte === BACKSLASH) escaped = true
        else if (byte === QUOTE) {
          inString = false
          if (level <= 0) end = at + 1
        }
      } else if (lineBegins && byte === OBJECT) {
        this.isBroken = true
        end = at
      } else {
        lineBegins = false
        if (byte === QUOTE) {
          inString = true
          continue
        }
        if (isOpening(byte)) level++
        else if (isClosing(byte)) level--
        if (level <= 0) end = at + 1
      }
    }
    this.#level = level
    this.#inString = inString
    this.#escaped = escaped
    this.#lineBegins = lineBegins
    return end
  }
}
