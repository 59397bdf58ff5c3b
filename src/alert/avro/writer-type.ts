/** The schema that alerts were written with, as a type and as what it is compared by. */
import type { Type } from 'avsc'
import { CandelaError, reasonIn } from '../../errors.ts'
import { refuseLargeSchema } from './bounded-schema.ts'
import { boundedType, type AvroSchema } from './bounded-types.ts'
import { tolerantSchema } from './tolerant-schema.ts'

/** A writer's defaults play no part in reading, and those of some brokers are not valid, which avsc refuses. */
const withoutDefaults = (schema: object): AvroSchema =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) => key === 'default' ? undefined : value) as AvroSchema

/**
 * @param schema parsed JSON; one that is not legal Avro is read as tolerant-schema.ts says, where that helps
 * @throws CandelaError 'schema-invalid', 'schema-too-large'
 */
export function writerType (schema: object): Type {
  refuseLargeSchema(schema)
  const plain = withoutDefaults(schema)
  try {
    return boundedType(plain)
  } catch (cause) {
    const tolerated = tolerant(plain)
    if (tolerated) return tolerated
    throw new CandelaError('schema-invalid', `not an Avro schema: ${reasonIn(cause)}`, {
      cause, action: 'Check where the schema comes from: it is damaged or incomplete.'
    })
  }
}

/** @returns undefined where that is no schema either */
function tolerant (schema: AvroSchema): Type | undefined {
  const legal = tolerantSchema(schema) as object
  refuseLargeSchema(legal)
  try {
    return boundedType(legal as AvroSchema)
  } catch {
    return undefined
  }
}

/**
 * The same for schemas that write the same bytes under the same names: the MD5 of Avro's parsing canonical form, in
 * which documentation, aliases, defaults and white space do not count.
 * @throws CandelaError 'schema-invalid'
 */
export const fingerprint = (schema: object): string => writerType(schema).fingerprint().toString('hex')
