/**
 * Large documents of JSON in pieces: JSON.parse holds the event loop for a second over 4 MB of nested lists, of objects without
 * two alike, or of names without two alike. A first pass over the bytes counts levels, values and digits before anything is
 * made of them; then pieces of 64 KiB are parsed, and others have a turn in between.
 */
import { CandelaError } from '../../errors.ts'
import { turns } from '../turns.ts'

export interface JsonBounds {
  /** Objects and lists within each other. */
  levels: number
  /** Numbers, texts, literals, objects and lists in all. */
  values: number
  /** Different names of fields in all: each is kept by V8, and each new order of them is a new class of objects. */
  names: number
}

/** Digits of a number: of more than 17 a double holds none, and Python writes 4,300 at most. */
const MOST_DIGITS = 4300
/** Of one text [bytes]: a text is parsed at once, and the images of an alert have some 100 KB. */
const MOST_TEXT = 2 ** 22
/** Shorter documents are parsed at once, longer ones in pieces of about this length [bytes]. */
const PIECE = 2 ** 16
/** As much of a name as is looked at [bytes]. */
const NAME = 64
/** Bytes between two looks at the clock. */
const STRIDE = 2 ** 15

const [OTHER, QUOTE, OPENING, CLOSING, COMMA, NUMBER, COLON] = [0, 1, 2, 3, 4, 5, 6]
/** What each byte is to the structure of a document. */
const KINDS = new Uint8Array(256)
for (const [characters, kind] of [['"', QUOTE], ['{[', OPENING], ['}]', CLOSING], [',', COMMA], ['0123456789', NUMBER], [':', COLON]] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind
}
/** A byte order mark. */
const MARK = Buffer.from([0xef, 0xbb, 0xbf])
const BACKSLASH = 0x5c
const QUOTE_BYTE = 0x22
const LIST = 0x5b
const OBJECT = 0x7b
const LIST_END = 0x5d
const OBJECT_END = 0x7d

/** Where the containers end that are longer than a piece, by where they begin. */
type LongContainers = ReadonlyMap<number, number>

/** Makes a value of the bytes of a short document. @throws CandelaError 'json-invalid' */
export type ParsePiece = (bytes: Buffer) => unknown

export const notJson = (what: string, cause?: unknown): CandelaError => new CandelaError('json-invalid', `not a JSON document: ${what}`, {
  cause, action: 'Send one JSON document, a list of alerts, or one alert a line; the alerts around a damaged one are read.'
})

/**
 * One JSON document.
 * @param parse of each piece; a piece is a document of its own
 * @param piece about how long it is [bytes]
 * @throws CandelaError 'json-invalid', 'json-too-deep', 'json-too-many-values', and what `parse` throws
 */
export async function parsePatiently (bytes: Buffer, bounds: JsonBounds, parse: ParsePiece, piece = PIECE): Promise<unknown> {
  if (bytes.subarray(0, MARK.length).equals(MARK)) bytes = bytes.subarray(MARK.length)
  const turn = turns()
  const walk = scan(bytes, bounds, piece)
  let step = walk.next()
  for (; step.done !== true; step = walk.next()) await turn()
  const long = step.value
  // Containers come into the map as they close, the outermost last.
  const [outermost, end] = [...long].at(-1) ?? []
  if (outermost === undefined) return parse(bytes)
  if (bytes.subarray(0, outermost).toString('latin1').trim() !== '' || bytes.subarray(end).toString('latin1').trim() !== '') throw notJson('something stands beside its first value')
  return await new Assembly(bytes, long, parse, piece, turn).container(outermost)
}

/** The first pass alone, at once: for a document that is known to be short. @throws as parsePatiently */
export function refuseWideJson (bytes: Buffer, bounds: JsonBounds): void {
  const walk = scan(bytes, bounds, PIECE)
  while (walk.next().done !== true);
}

/** Counts, and finds long containers; gives way after every stride. */
function * scan (bytes: Buffer, { levels, values, names: mostNames }: JsonBounds, piece: number): Generator<undefined, LongContainers> {
  const long = new Map<number, number>()
  const open: number[] = []
  const names = new Set<number>()
  let counted = 1
  let text = 0
  let next = STRIDE
  for (let at = 0; at < bytes.length;) {
    if (at >= next) {
      next = at + STRIDE
      yield
    }
    const kind = KINDS[bytes[at]!]
    if (kind === OTHER) at++
    else if (kind === QUOTE) {
      at = endOfString(bytes, text = at)
      if (at - text > MOST_TEXT) throw notJson(`a text has more than ${MOST_TEXT} bytes`)
    } else if (kind === COLON) {
      if (names.add(hashOf(bytes, text, at++)).size > mostNames) throw tooMany('different names of fields', mostNames)
    } else if (kind === NUMBER) {
      const start = at
      while (KINDS[bytes[at]!] === NUMBER && at - start <= MOST_DIGITS) at++
      if (at - start > MOST_DIGITS) throw notJson(`a number has more than ${MOST_DIGITS} digits`)
    } else {
      if (kind === OPENING) {
        if (open.length === levels) throw tooDeep(levels)
        open.push(at)
      }
      if (kind === CLOSING) {
        const start = open.pop()
        if (start === undefined) throw notJson(`${String.fromCharCode(bytes[at]!)} closes nothing`)
        if (at - start > piece) long.set(start, at + 1)
      } else if (++counted > values) throw tooMany('values', values)
      at++
    }
  }
  if (open.length > 0) throw notJson('it ends inside an object or a list')
  return long
}

/** FNV-1a of a name, by its first bytes: two that share a number are counted as one. */
function hashOf (bytes: Buffer, from: number, to: number): number {
  let hash = 0x811c9dc5 ^ (to - from)
  for (const end = Math.min(to, from + NAME); from < end; from++) hash = Math.imul(hash ^ bytes[from]!, 0x01000193)
  return hash
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** Position after the string that begins at `at`, or the end of the bytes. */
function endOfString (bytes: Buffer, at: number): number {
  for (at++; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === QUOTE_BYTE) return at + 1
    if (byte === BACKSLASH) at++
  }
  return bytes.length
}

/** Puts the values of long containers together from those of pieces. */
class Assembly {
  readonly #bytes: Buffer
  readonly #long: LongContainers
  readonly #parse: ParsePiece
  readonly #piece: number
  readonly #turn: () => Promise<void> | undefined

  constructor (bytes: Buffer, long: LongContainers, parse: ParsePiece, piece: number, turn: () => Promise<void> | undefined) {
    this.#bytes = bytes
    this.#long = long
    this.#parse = parse
    this.#piece = piece
    this.#turn = turn
  }

  /** @param start of a long container; they are at most as deep in each other as the bounds allow */
  async container (start: number): Promise<unknown> {
    const isList = this.#bytes[start] === LIST
    const close = this.#long.get(start)! - 1
    if (this.#bytes[close] !== (isList ? LIST_END : OBJECT_END)) throw notJson('an object ends as a list, or a list as an object')
    if (this.#afterSpace(start + 1) === close) return isList ? [] : {}
    const list: unknown[] = []
    const object: Record<string, unknown> = {}
    for await (const part of this.#parts(start, close, isList)) {
      if (Array.isArray(part)) for (const value of part) list.push(value)
      else Object.assign(object, safe(part))
    }
    return isList ? list : object
  }

  /** The members of a container, some at a time: short ones together, a long one alone. */
  async * #parts (start: number, close: number, isList: boolean): AsyncGenerator<object> {
    let from = start + 1
    let member = from
    let level = 0
    for (let at = from; at <= close;) {
      const kind = at === close ? COMMA : KINDS[this.#bytes[at]!]
      const end = level === 0 ? this.#long.get(at) : undefined
      if (end !== undefined) {
        if (member > from) yield this.#members(from, member - 1, isList)
        const name = this.#nameBefore(member, at, isList)
        const value = await this.container(at)
        yield name === undefined ? [value] : Object.defineProperty({}, name, { value, enumerable: true })
        at = from = this.#afterSpace(end)
        if (at < close && KINDS[this.#bytes[at]!] !== COMMA) throw notJson('a comma is missing')
        if (at === close) return
        from = member = ++at
        if (this.#afterSpace(from) === close) throw notJson('nothing follows a comma')
      } else if (kind === QUOTE) at = endOfString(this.#bytes, at)
      else {
        if (kind === OPENING) level++
        else if (kind === CLOSING) level--
        if (level === 0 && kind === COMMA) {
          if (at === close || at - from >= this.#piece) {
            yield this.#members(from, at, isList)
            await this.#turn()
            from = at + 1
            if (at < close && this.#afterSpace(from) === close) throw notJson('nothing follows a comma')
          }
          member = at + 1
        }
        at++
      }
    }
  }

  #afterSpace (at: number): number {
    while (isSpace(this.#bytes[at])) at++
    return at
  }

  /** Short members as a container of their own. */
  #members (from: number, to: number, isList: boolean): object {
    const piece = Buffer.allocUnsafe(to - from + 2)
    piece[0] = isList ? LIST : OBJECT
    this.#bytes.copy(piece, 1, from, to)
    piece[piece.length - 1] = isList ? LIST_END : OBJECT_END
    const members = this.#parse(piece) as object
    if ((Array.isArray(members) ? members : Object.keys(members)).length === 0) throw notJson('a value is missing')
    return members
  }

  /** What stands before a long value: a name and a colon in an object, nothing in a list. */
  #nameBefore (from: number, at: number, isList: boolean): string | undefined {
    const text = this.#bytes.subarray(from, at)
    if (isList) {
      if (this.#afterSpace(from) !== at) throw notJson('a comma is missing')
      return undefined
    }
    // The value itself is put in later: in its place stands null.
    const [name] = Object.keys(this.#parse(Buffer.concat([Buffer.from('{'), text, Buffer.from('null}')])) as object)
    if (name === undefined) throw notJson('a name is missing')
    return name
  }
}

/** As @fastify's parser: no field may give an object another prototype. */
function safe (part: object): object {
  if (Object.hasOwn(part, '__proto__')) throw notJson('no field may be called __proto__')
  if ('constructor' in part && typeof part.constructor === 'object' && Object.hasOwn(part.constructor ?? {}, 'prototype')) throw notJson('no field may be called constructor')
  return part
}

const tooDeep = (levels: number): CandelaError => new CandelaError('json-too-deep', `the JSON document is nested more than ${levels} levels deep`, {
  value: levels, action: 'Send what the documentation of the interface describes: a few levels.'
})

const tooMany = (what: string, most: number): CandelaError => new CandelaError('json-too-many-values', `the JSON document has more than ${most} ${what}, the most that is taken in one`, {
  value: most, action: 'Send it in several parts.'
})
