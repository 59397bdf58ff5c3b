/**
 * Bounds on the schemas that alerts are written with. A schema comes with the data, and code is made of it: that of 50,000
 * fields, or of 2,000 records in a union, would take seconds. LSST's largest has 600 objects and lists, ten of them records.
 */
import { CandelaError } from '../../errors.ts'
import { refuseWideJson } from '../json/patient-json.ts'

/** Characters of JSON; with documentation LSST's have some 100 KB. */
const MOST_TEXT = 2 ** 20
const MOST_LEVELS = 64
/** Objects and lists, in all. */
const MOST_NODES = 2500
const MOST_RECORDS = 200
/** Texts, numbers and literals, in all: names, symbols, documentation. */
const MOST_SCALARS = 20_000

/**
 * A schema out of its text.
 * @throws CandelaError 'schema-too-large', SyntaxError where it is not JSON
 */
export function parseSchema (text: string): unknown {
  if (text.length > MOST_TEXT) throw tooLarge('characters', MOST_TEXT)
  try {
    refuseWideJson(Buffer.from(text), { levels: MOST_LEVELS, values: MOST_NODES + MOST_SCALARS, names: MOST_SCALARS })
  } catch (error) {
    if (error instanceof CandelaError && error.code !== 'json-invalid') throw tooLarge(error.message)
    throw new SyntaxError((error as Error).message)
  }
  const schema: unknown = JSON.parse(text)
  refuseLargeSchema(schema)
  return schema
}

/** @throws CandelaError 'schema-too-large' */
export function refuseLargeSchema (schema: unknown): void {
  let [nodes, records, scalars] = [0, 0, 0]
  // Level by level, without recursion: a schema that was put together of several may be deep.
  for (let level: unknown[] = [schema], levels = 0; level.length > 0; levels++) {
    if (levels > MOST_LEVELS) throw tooLarge('levels', MOST_LEVELS)
    const next: unknown[] = []
    for (const node of level) {
      if (typeof node !== 'object' || node === null) {
        if (++scalars > MOST_SCALARS) throw tooLarge('names and texts', MOST_SCALARS)
        continue
      }
      if (++nodes > MOST_NODES) throw tooLarge('fields and types', MOST_NODES)
      if ('fields' in node && ++records > MOST_RECORDS) throw tooLarge('records', MOST_RECORDS)
      for (const part of Object.values(node)) next.push(part)
    }
    level = next
  }
}

const tooLarge = (what: string, most?: number): CandelaError => new CandelaError('schema-too-large', most === undefined ? `the schema is too large: ${what}` : `the schema has too many ${what}: the most is ${most}`, {
  value: most, action: 'Send alerts of a survey whose schema Candela knows: none has so much.'
})
