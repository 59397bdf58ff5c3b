/** Bytes of JSON → its documents: one, those of a list, or one a line. Damage costs its own document alone. */

/** One document as it stands in the bytes, not yet parsed. */
export interface JsonDocument {
  bytes: Buffer
  /** 'line 3', 'element 3'; undefined where the bytes are one document. */
  place?: string
  /** Where it ends in the bytes. */
  end: number
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

/** Bytes between two turns of others. */
const STRIDE = 2 ** 18

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d)

const afterMark = (bytes: Buffer): number => bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0

/** Position of the first byte that is no white space, nor a byte order mark at the beginning. */
function afterSpace (bytes: Buffer, at: number): number {
  if (at === 0) at = afterMark(bytes)
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

/**
 * The documents of bytes of JSON, in order; see docs/alerts.md for how one, a list and lines are told apart. Undefined comes in
 * between where the next one is far away, so that others can have a turn.
 */
export function * jsonDocuments (bytes: Buffer): Generator<JsonDocument | undefined> {
  const start = yield * afterSpaces(bytes, 0)
  const end = yield * endOfAnything(bytes, start)
  const whole = end !== undefined && (yield * afterSpaces(bytes, end)) === bytes.length
  if (!whole && isLines(bytes, start)) yield * lines(bytes)
  else if (bytes[start] === LIST) yield * elements(bytes, start)
  else yield { bytes: bytes.subarray(start), end: bytes.length }
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

function * lines (bytes: Buffer): Generator<JsonDocument | undefined> {
  for (let start = 0, line = 1, next = STRIDE; start < bytes.length; line++) {
    const found = bytes.indexOf(LINE_END, start)
    const end = found < 0 ? bytes.length : found
    // Within the line alone: many blank lines are passed over once, not once each.
    const first = yield * afterSpaces(bytes, start, end)
    if (first < end) yield { bytes: bytes.subarray(first, end), place: `line ${line}`, end }
    start = end + 1
    if (start < next) continue
    next = start + STRIDE
    yield
  }
}

function * elements (bytes: Buffer, list: number): Generator<JsonDocument | undefined> {
  let at = yield * afterSpaces(bytes, list + 1)
  for (let element = 1; at < bytes.length; element++) {
    const start = at
    const end = yield * endOfElement(bytes, at)
    const last = bytes[end] !== COMMA
    if (!(last && element === 1 && end === start)) yield { bytes: bytes.subarray(start, end), place: `element ${element}`, end }
    at = yield * afterSpaces(bytes, end + 1)
    if (!last) continue
    if (at < bytes.length) yield { bytes: bytes.subarray(at), place: 'after the end of the list', end: bytes.length }
    return
  }
}

/** Position of the comma or bracket after a list's element, or the end of the bytes. */
function * endOfElement (bytes: Buffer, at: number): Generator<undefined, number> {
  for (let next = at + STRIDE; at < bytes.length && bytes[at] !== COMMA && bytes[at] !== LIST_END;) {
    const byte = bytes[at]
    at = (byte === OBJECT || byte === LIST ? yield * endOfAnything(bytes, at) : endOfValue(bytes, at)) ?? bytes.length
    if (at < next) continue
    next = at + STRIDE
    yield
  }
  return at
}

/** As afterSpace, of which there may be much. */
function * afterSpaces (bytes: Buffer, at: number, end = bytes.length): Generator<undefined, number> {
  if (at === 0) at = Math.min(afterMark(bytes), end)
  for (let next = at + STRIDE; at < end && isSpace(bytes[at]); at++) {
    if (at < next) continue
    next = at + STRIDE
    yield
  }
  return at
}

/** Position after the string or byte that begins at `at`; undefined where the bytes end inside it. */
function endOfValue (bytes: Buffer, at: number): number | undefined {
  return bytes[at] === QUOTE ? endOfString(bytes, at) : at < bytes.length ? at + 1 : undefined
}

/** Position after the object, list, string or byte that begins at `at`, and may be all of a large file; undefined as above. */
function * endOfAnything (bytes: Buffer, at: number): Generator<undefined, number | undefined> {
  let level = 0
  for (let next = at + STRIDE; ;) {
    const byte = bytes[at]
    if (byte === OBJECT || byte === LIST) level++
    else if (byte === OBJECT_END || byte === LIST_END) level--
    const end = endOfValue(bytes, at)
    if (end === undefined || level <= 0) return end
    at = end
    if (at < next) continue
    next = at + STRIDE
    yield
  }
}

/** Position after the string that begins at `at`; undefined where it is not closed. */
function endOfString (bytes: Buffer, at: number): number | undefined {
  for (at++; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) return at + 1
    if (bytes[at] === BACKSLASH) at++
  }
  return undefined
}
