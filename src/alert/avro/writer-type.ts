/** The schema that alerts were written with, as a type and as what it is compared by. */
import type { Type } from 'avsc'
import { CandelaError, reasonIn } from '../../errors.ts'
import { refuseLargeSchema } from './bounded-schema.ts'
import { boundedType, type AvroSchema } from './bounded-types.ts'

/** A writer's defaults play no part in reading, and those of some brokers are not valid, which avsc refuses. */
const withoutDefaults = (schema: object): AvroSchema =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) => key === 'default' ? undefined : value) as AvroSchema

/**
 * @param schema parsed JSON
 * @throws CandelaError 'schema-invalid', 'schema-too-large'
 */
export function writerType (schema: object): Type {
  refuseLargeSchema(schema)
  try {
    return boundedType(withoutDefaults(schema))
  } catch (cause) {
    throw new CandelaError('schema-invalid', `not an Avro schema: ${reasonIn(cause)}`, {
      cause, action: 'Check where the schema comes from: it is damaged or incomplete.'
    })
  }
}

/**
 * The same for schemas that write the same bytes under the same names: the MD5 of Avro's parsing canonical form, in
 * which documentation, aliases, defaults and white space do not count.
 * @throws CandelaError 'schema-invalid'
 */
export const fingerprint = (schema: object): string => writerType(schema).fingerprint().toString('hex')
