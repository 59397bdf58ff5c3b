/** Checking a parsed document with zod: a wrong field is named with its value and what was expected. */
import type { z } from 'zod'
import { CandelaError } from '../../errors.ts'

/**
 * Lists longer than any light curve are refused before each of their elements is looked at: ten years of LSST's busiest
 * field, COSMOS, are 42,119 visits (baseline v3.0), each a detection and forced photometry.
 */
const MOST_ELEMENTS = 100_000
const MOST_NAMED = 5

/**
 * @param schema its errors say what was expected
 * @throws CandelaError 'alert-invalid'
 */
export function checked<Schema extends z.ZodType> (schema: Schema, document: object): z.output<Schema> {
  for (const [name, value] of Object.entries(document)) {
    if (Array.isArray(value) && value.length > MOST_ELEMENTS) throw wrong([`${name} has ${value.length} elements, the most is ${MOST_ELEMENTS}`], value.length)
  }
  const result = schema.safeParse(document)
  if (result.success) return result.data
  const { issues } = result.error
  const named = issues.slice(0, MOST_NAMED).map(({ path, message }) => {
    const value = valueAt(document, path)
    return `${path.join('.') || 'the alert'} is ${value === undefined ? 'missing' : shown(value)}, expected ${message}`
  })
  if (issues.length > named.length) named.push(`and ${issues.length - named.length} more`)
  throw wrong(named, valueAt(document, issues[0]!.path))
}

const wrong = (what: string[], value: unknown): CandelaError => new CandelaError('alert-invalid', what.join('; '), {
  value: shown(value), action: 'Correct the fields that are named; docs/alerts.md says what each dialect consists of.'
})

const valueAt = (document: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined, document)

function shown (value: unknown): string {
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? `a list of ${value.length}` : 'an object'
  return (JSON.stringify(value) ?? 'missing').slice(0, 80)
}
