/** Checking a parsed document with zod: a wrong field is named with its value and what was expected. */
import type { z } from 'zod'
import { CandelaError } from '../../errors.ts'
import { turns } from '../turns.ts'

/**
 * Lists longer than any light curve are refused before each of their elements is looked at: ten years of LSST's busiest
 * field, COSMOS, are 42,119 visits (baseline v3.0), each a detection and forced photometry.
 */
const MOST_ELEMENTS = 100_000
const MOST_NAMED = 5
/** Elements of a list that are looked at before others have a turn. */
const AT_ONCE = 500
/** Of a value that is named [characters]. */
const MOST_SHOWN = 80
/** Fields of one object, and different ones in the objects of a list: LSST's sources have a hundred. */
const MOST_FIELDS = 1000

/**
 * Long lists are looked at some elements at a time, so that others have a turn in between, up to the first ones that are wrong.
 * @param schema its errors say what was expected; it has lists under the names of the document
 * @throws CandelaError 'alert-invalid'
 */
export async function checked<Schema extends z.ZodType<object>> (schema: Schema, document: object): Promise<z.output<Schema>> {
  refuseWide(document)
  const lists = Object.entries(document).filter((entry): entry is [string, unknown[]] => Array.isArray(entry[1]) && entry[1].length > AT_ONCE)
  if (lists.length === 0) return part(schema, document, 0)
  const turn = turns()
  const beginnings = Object.fromEntries(lists.map(([name, list]) => [name, list.slice(0, AT_ONCE)]))
  const nothing = Object.fromEntries(lists.map(([name]) => [name, []]))
  const whole = part(schema, { ...document, ...beginnings }, 0) as Record<string, unknown>
  for (const [name, list] of lists) {
    const read = whole[name]
    if (!Array.isArray(read)) continue
    for (let from = AT_ONCE; from < list.length; from += AT_ONCE) {
      await turn()
      const more = part(schema, { ...document, ...nothing, [name]: list.slice(from, from + AT_ONCE) }, from) as Record<string, unknown[]>
      for (const element of more[name]!) read.push(element)
    }
  }
  return whole as z.output<Schema>
}

/** @param from place of the first element of a list that begins further on */
function part<Schema extends z.ZodType> (schema: Schema, document: object, from: number): z.output<Schema> {
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const { issues } = result.error
  const named = issues.slice(0, MOST_NAMED).map(({ path, message }) => {
    const value = valueAt(document, path)
    const place = path.map((step, depth) => depth === 1 && typeof step === 'number' ? step + from : step)
    return `${place.join('.') || 'the alert'} is ${value === undefined ? 'missing' : shown(value)}, expected ${message}`
  })
  if (issues.length > named.length) named.push(`and ${issues.length - named.length} more`)
  throw wrong(named, valueAt(document, issues[0]!.path))
}

/** Each element, and each further field, costs time: there must not be thousands of what no alert has. */
function refuseWide (document: object): void {
  const fields = Object.entries(document)
  const tooMany = (what: string, count: number): CandelaError => wrong([`${what}, the most is ${MOST_FIELDS}`], count)
  if (fields.length > MOST_FIELDS) throw tooMany(`the alert has ${fields.length} fields`, fields.length)
  for (const [name, value] of fields) {
    if (Array.isArray(value) && value.length > MOST_ELEMENTS) throw wrong([`${name} has ${value.length} elements, the most is ${MOST_ELEMENTS}`], value.length)
    const names = new Set<string>()
    for (const element of Array.isArray(value) ? value as unknown[] : [value]) {
      if (typeof element !== 'object' || element === null || Array.isArray(element)) continue
      const own = Object.keys(element)
      if (own.length > MOST_FIELDS) throw tooMany(`${name} has an object of ${own.length} fields`, own.length)
      for (const field of own) names.add(field)
      if (names.size > MOST_FIELDS) throw tooMany(`${name} has objects of more than ${MOST_FIELDS} different fields`, names.size)
    }
  }
}

const wrong = (what: string[], value: unknown): CandelaError => new CandelaError('alert-invalid', what.join('; '), {
  value: shown(value), action: 'Correct the fields that are named; docs/alerts.md says what each dialect consists of.'
})

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined, document)

function shown (value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
  return (JSON.stringify(typeof value === 'string' ? value.slice(0, MOST_SHOWN) : value) ?? 'missing').slice(0, MOST_SHOWN)
}
