/**
 * Bytes of JSON → its documents: one, those of a list, or one after the other. Damage costs its own document alone.
 * Of bytes that come in pieces no more is held than a document of the most length, and the next piece.
 */
import { MORE, TURN, parsePieces, parseWhole, type More, type Window } from '../input/pieces.ts'
import { JsonText, STRIDE, Taken, type TakenBytes } from './json-text.ts'
import { MOST_BYTES } from './exact-json.ts'
import { afterSpace, COMMA, isClosing, isOpening, isSpace, LINE_END, LIST, LIST_END, OBJECT, OBJECT_END, ValueEnd } from './value-end.ts'

/** One document as it stands in the bytes, not yet parsed. */
export interface JsonDocument extends TakenBytes {
  /** 'line 3', 'element 3'; undefined where the bytes are one document. */
  place?: string
}

type Reading = Generator<JsonDocument | More, void>

/** How far a first line is looked at that does not begin as JSON does. */
const FIRST_LINE = 2 ** 16
/** White space before a document, as far as it is passed over to tell JSON from others. */
const MOST_SPACE = 2 ** 20

/** Whether bytes are JSON, by their beginning; a first line that is damaged may be followed by others that are not. */
export function isJson (bytes: Buffer): boolean {
  const first = bytes[afterSpace(bytes.subarray(0, MOST_SPACE), 0)]
  if (first === OBJECT || first === LIST) return true
  const lineEnd = bytes.subarray(0, FIRST_LINE).indexOf(LINE_END)
  return lineEnd > 0 && bytes[lineEnd + 1] === OBJECT && !bytes.subarray(0, lineEnd).includes(0)
}

/** The documents of bytes of JSON, in order; docs/alerts.md says how one, a list and a sequence are told apart. */
export const jsonDocuments = (bytes: Buffer): Generator<JsonDocument> => parseWhole(bytes, readDocuments)

/** The same of bytes that come in pieces. */
export const jsonDocumentsOf = (pieces: AsyncIterable<Uint8Array>, window?: Window): AsyncGenerator<JsonDocument> => parsePieces(pieces, readDocuments, window)

function * readDocuments (window: Window): Reading {
  const form = yield * formOf(window)
  const text = new JsonText(window)
  yield * text.passSpace()
  if (form === 'one') yield { bytes: text.take(text.bytes.length) }
  else if (form === 'list') yield * lists(text)
  else yield * sequence(text)
}

/** What bytes are, by as few of them as tell. The first value is followed once, as the bytes come, and others have turns. */
function * formOf (window: Window): Generator<More, 'one' | 'list' | 'sequence'> {
  const value = new ValueEnd(false)
  let start: number | undefined
  let at = 0
  let end: number | undefined
  for (;;) {
    if (start === undefined) {
      at = yield * afterSpaces(window, at)
      if (at < window.bytes.length) start = at
    }
    // Without a beginning there is nothing left to look at.
    for (; end === undefined && at < window.bytes.length; yield TURN) {
      const near = window.bytes.subarray(0, at + STRIDE)
      end = value.find(near, at)
      at = near.length
    }
    const next = end === undefined ? window.bytes.length : yield * afterSpaces(window, end)
    const isList = start !== undefined && window.bytes[start] === LIST
    if (!isList && next < window.bytes.length) return 'sequence'
    if (start !== undefined && isList && end === undefined && hasElement(window.bytes, start)) return 'list'
    if (!window.ended && window.bytes.length <= MOST_BYTES) {
      yield MORE
      continue
    }
    const isWhole = window.ended && end !== undefined && next === window.bytes.length
    if (!isWhole && isLines(window.bytes, start ?? window.bytes.length)) return 'sequence'
    if (isList) return 'list'
    return window.ended ? 'one' : 'sequence'
  }
}

/** As afterSpace, of which there may be much. */
function * afterSpaces ({ bytes }: Window, at: number): Generator<More, number> {
  for (;;) {
    const near = bytes.subarray(0, at + STRIDE)
    at = afterSpace(near, at)
    if (at < near.length || at === bytes.length) return at
    yield TURN
  }
}

/** Whether a list that is not closed yet has an object as its first element, and a comma behind it. */
function hasElement (bytes: Buffer, list: number): boolean {
  const element = afterSpace(bytes, list + 1)
  const end = bytes[element] === OBJECT ? new ValueEnd(false).find(bytes, element) : undefined
  return end !== undefined && bytes[afterSpace(bytes, end)] === COMMA
}

/**
 * Whether bytes that are not one whole document are lines: one after the first begins an object at its margin and,
 * where the bytes begin as a list does, ends it, and what separates or ends the elements of a list does not follow.
 */
function isLines (bytes: Buffer, start: number): boolean {
  const object = bytes.indexOf('\n{', start)
  if (object < 0 || bytes[start] !== LIST) return object >= 0
  const next = bytes.indexOf(LINE_END, object + 1)
  let last = next < 0 ? bytes.length - 1 : next
  while (isSpace(bytes[last])) last--
  const behind = bytes[afterSpace(bytes, last + 1)]
  return bytes[last] === OBJECT_END && behind !== COMMA && behind !== LIST_END
}

/** Documents one after the other, each on one line or over several. */
function * sequence (text: JsonText): Reading {
  for (;;) {
    const isIndented = yield * text.passSpace()
    if (text.bytes.length === 0) return
    const place = `line ${text.line}`
    const { isWhole, ...taken } = yield * nextInSequence(text, isIndented)
    if (!isWhole || taken.tooLong !== undefined || taken.bytes[0] !== LIST) yield { ...taken, place }
    else for (const document of jsonDocuments(taken.bytes)) yield { ...document, place: `${place}, ${document.place ?? 'the list'}` }
  }
}

/**
 * One document of a sequence. A value that is closed is one, where nothing but the next one follows on its line. Of
 * others nobody knows where they end: at the end of their line or, where lines follow that are indented or close
 * something, at the end of those; and before a line that begins an object at its margin in any case.
 */
function * nextInSequence (text: JsonText, isIndented: boolean): Generator<More, TakenBytes & { isWhole: boolean }> {
  const taken = new Taken(text)
  const hasFurtherLines = isIndented || isClosing(text.bytes[0])
  if (isOpening(text.bytes[0])) {
    const value = new ValueEnd(true)
    const end = yield * taken.value(value)
    if (end === undefined || value.isBroken) return { ...taken.upTo(end), isWhole: false }
    taken.at = end
    const next = yield * text.behindBlanks(end)
    if (next === undefined || next === LINE_END || isOpening(next)) return { ...taken.upTo(end), isWhole: true }
  }
  for (;;) {
    const lineEnd = text.bytes.indexOf(LINE_END, taken.at)
    if (lineEnd < 0) {
      if (yield * taken.more()) continue
      return { ...taken.upTo(undefined), isWhole: false }
    }
    taken.at = lineEnd
    if (hasFurtherLines && lineEnd + 1 === text.bytes.length && !text.ended) {
      yield MORE
      continue
    }
    const next = text.bytes[lineEnd + 1]
    if (!hasFurtherLines || !(next === 0x20 || next === 0x09 || isClosing(next))) return { ...taken.upTo(lineEnd), isWhole: false }
    taken.at = lineEnd + 1
  }
}

/** Lists one after the other, or one and whatever follows it. */
function * lists (text: JsonText): Reading {
  do {
    text.take(1)
    yield * elements(text)
    yield * text.passSpace()
  } while (text.bytes[0] === LIST)
  if (text.bytes[0] === OBJECT) {
    yield * sequence(text)
  } else if (text.bytes.length > 0) {
    const taken = new Taken(text)
    while (yield * taken.more());
    yield { ...taken.upTo(undefined), place: 'after the end of the list' }
  }
}

/** The elements of a list behind its bracket; before an object the comma may be missing. */
function * elements (text: JsonText): Reading {
  for (let element = 1; ; element++) {
    yield * text.passSpace()
    if (text.bytes.length === 0) {
      yield { bytes: Buffer.alloc(0), place: `the end of the list, after ${element - 1} elements` }
      return
    }
    if (element === 1 && text.bytes[0] === LIST_END) break
    const taken = new Taken(text)
    let isClosed = true
    let behind = text.bytes[0]
    while (behind !== undefined && behind !== COMMA && behind !== LIST_END) {
      const end = yield * taken.value(new ValueEnd(false))
      isClosed = end !== undefined
      taken.at = end ?? text.bytes.length
      behind = isClosed ? yield * taken.behindSpace() : undefined
      if (behind === OBJECT) break
    }
    yield { ...taken.upTo(taken.at), place: `element ${element}` }
    if (!isClosed) return
    if (behind === LIST_END) break
    if (behind === COMMA) text.take(1)
  }
  text.take(1)
}
