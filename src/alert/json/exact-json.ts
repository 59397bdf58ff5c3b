/**
 * JSON as alert brokers write it: ids beyond 2^53 as bare numbers, NaN and Infinity as Python prints them. No library
 * does both (lossless-json and json-bigint refuse NaN, JSON5 rounds), so one pass over the text makes JSON of it that
 * JSON.parse reads without loss.
 */
import { CandelaError, messageOf } from '../../errors.ts'
import { notJson, parsePatiently } from './patient-json.ts'

/** Alerts have four levels of objects and lists. */
export const MOST_LEVELS = 64
/** Lasair's alert of a year in LSST's busiest field, COSMOS, has 12,129 sources of 2,800 bytes and their forced photometry: 40 MB. */
export const MOST_BYTES = 64 * 2 ** 20
/** The same alert has 2.4 million values. */
export const MOST_VALUES = 5 * 10 ** 6
export const MOST_NAMES = 10_000

const NOT_FINITE = ['NaN', 'Infinity']
/** 2^53 has 16. */
const UNSAFE_DIGITS = 16

const [OTHER, QUOTE, NUMBER, WORD] = [0, 1, 2, 3]
/** What each ASCII character can begin, or belong to. */
const KINDS = new Uint8Array(128)
for (const [characters, kind] of [['"', QUOTE], ['0123456789+-.eE', NUMBER], ['NI', WORD]] as const) {
  for (const character of characters) KINDS[character.charCodeAt(0)] = kind
}

/**
 * One JSON document. An integer that a number does not hold exactly comes as the string of its digits; NaN, Infinity
 * and -Infinity come as null. A long one holds the event loop for a few ms at a time.
 * @param mostValues numbers, texts, objects and lists that it may have in all
 * @throws CandelaError 'json-invalid', 'json-too-deep', 'json-too-large', 'json-too-many-values'
 */
export async function parseExact (bytes: Buffer, mostValues = MOST_VALUES): Promise<unknown> {
  if (bytes.length > MOST_BYTES) throw tooLarge(bytes.length)
  return await parsePatiently(bytes, { levels: MOST_LEVELS, values: mostValues, names: MOST_NAMES }, parsePiece)
}

/** Of a document of more than MOST_BYTES. */
export const tooLarge = (length: number): CandelaError => new CandelaError('json-too-large', `one JSON document of ${length} bytes, the most is ${MOST_BYTES}`, {
  value: length, action: 'Send one alert a line, or a list of alerts: each counts for itself.'
})

function parsePiece (bytes: Buffer): unknown {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw notJson('it is not UTF-8', cause)
  }
  try {
    return JSON.parse(plainJson(text)) as unknown
  } catch (cause) {
    throw notJson(messageOf(cause).slice(0, 200), cause)
  }
}

/** The same document without what JSON.parse would refuse or round. */
function plainJson (text: string): string {
  const parts: string[] = []
  let copied = 0
  const replace = (from: number, to: number, by: string): void => {
    parts.push(text.slice(copied, from), by)
    copied = to
  }
  for (let at = 0; at < text.length;) {
    const kind = KINDS[text.charCodeAt(at)] ?? OTHER
    if (kind === QUOTE) {
      at = endOfString(text, at)
    } else if (kind === NUMBER) {
      const start = at
      while (KINDS[text.charCodeAt(at)] === NUMBER) at++
      if (at - start >= UNSAFE_DIGITS && isUnsafe(text.slice(start, at))) replace(start, at, `"${text.slice(start, at)}"`)
    } else if (kind === WORD) {
      const word = NOT_FINITE.find(word => text.startsWith(word, at))
      if (word !== undefined) replace(text[at - 1] === '-' ? at - 1 : at, at + word.length, 'null')
      at += word?.length ?? 1
    } else at++
  }
  return copied === 0 ? text : parts.join('') + text.slice(copied)
}

const isUnsafe = (literal: string): boolean => /^-?\d+$/.test(literal) && !Number.isSafeInteger(Number(literal))

/** Position after the string that begins at `at`. */
function endOfString (text: string, at: number): number {
  for (at++; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (code === 0x5c) at++
  }
  return at
}
