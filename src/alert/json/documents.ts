/** Bytes of JSON → its documents: one, those of a list, or one a line. Damage costs its own document alone. */

/** One document as it stands in the bytes, not yet parsed. */
export interface JsonDocument {
  bytes: Buffer
  /** 'line 3', 'element 3'; undefined where the bytes are one document. */
  place?: string
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const LIST = 0x5b
const LIST_END = 0x5d
const OBJECT = 0x7b
const OBJECT_END = 0x7d
const LINE_END = 0x0a
/** How far a first line is looked at that does not begin as JSON does. */
const FIRST_LINE = 2 ** 16

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)

/** Position of the first byte that is no white space, nor a byte order mark at the beginning. */
function afterSpace (bytes: Buffer, at: number): number {
  if (at === 0 && bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) at = 3
  while (isSpace(bytes[at])) at++
  return at
}

/** Whether bytes are JSON, by their beginning; a first line that is damaged may be followed by others that are not. */
export function isJson (bytes: Buffer): boolean {
  const first = bytes[afterSpace(bytes, 0)]
  if (first === OBJECT || first === LIST) return true
  const lineEnd = bytes.subarray(0, FIRST_LINE).indexOf(LINE_END)
  return lineEnd > 0 && bytes[lineEnd + 1] === OBJECT && !bytes.subarray(0, lineEnd).includes(0)
}

/** The documents of bytes of JSON, in order; see docs/alerts.md for how one, a list and lines are told apart. */
export function * jsonDocuments (bytes: Buffer): Generator<JsonDocument> {
  const start = afterSpace(bytes, 0)
  const end = endOfValue(bytes, start)
  const whole = end !== undefined && afterSpace(bytes, end) === bytes.length
  if (!whole && isLines(bytes, start)) yield * lines(bytes)
  else if (bytes[start] === LIST) yield * elements(bytes, start)
  else yield { bytes: bytes.subarray(start) }
}

/**
 * Whether bytes that are not one whole document are lines: one after the first begins an object at its margin and,
 * where the bytes begin as a list does, ends it, without the comma of a list.
 */
function isLines (bytes: Buffer, start: number): boolean {
  const object = bytes.indexOf('\n{', start)
  if (object < 0 || bytes[start] !== LIST) return object >= 0
  const next = bytes.indexOf(LINE_END, object + 1)
  let last = next < 0 ? bytes.length - 1 : next
  while (isSpace(bytes[last])) last--
  return bytes[last] === OBJECT_END
}

function * lines (bytes: Buffer): Generator<JsonDocument> {
  for (let start = 0, line = 1; start < bytes.length; line++) {
    const next = bytes.indexOf(LINE_END, start)
    const end = next < 0 ? bytes.length : next
    const first = afterSpace(bytes, start)
    if (first < end) yield { bytes: bytes.subarray(first, end), place: `line ${line}` }
    start = end + 1
  }
}

function * elements (bytes: Buffer, list: number): Generator<JsonDocument> {
  let at = afterSpace(bytes, list + 1)
  for (let element = 1; at < bytes.length; element++) {
    const start = at
    const end = endOfElement(bytes, at)
    const last = bytes[end] !== COMMA
    if (!(last && element === 1 && end === start)) yield { bytes: bytes.subarray(start, end), place: `element ${element}` }
    at = afterSpace(bytes, end + 1)
    if (!last) continue
    if (at < bytes.length) yield { bytes: bytes.subarray(at), place: 'after the end of the list' }
    return
  }
}

/** Position of the comma or bracket after a list's element, or the end of the bytes. */
function endOfElement (bytes: Buffer, at: number): number {
  while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== LIST_END) {
    at = endOfValue(bytes, at) ?? bytes.length
  }
  return at
}

/** Position after the object, list, string or byte that begins at `at`; undefined where the bytes end inside it. */
function endOfValue (bytes: Buffer, at: number): number | undefined {
  let level = 0
  do {
    const byte = bytes[at]
    if (byte === undefined) return undefined
    if (byte === OBJECT || byte === LIST) level++
    else if (byte === OBJECT_END || byte === LIST_END) level--
    const end = byte === QUOTE ? endOfString(bytes, at) : at + 1
    if (end === undefined) return undefined
    at = end
  } while (level > 0)
  return at
}

/** Position after the string that begins at `at`; undefined where it is not closed. */
function endOfString (bytes: Buffer, at: number): number | undefined {
  for (at++; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] === BACKSLASH) at++
  }
  return undefined
}
