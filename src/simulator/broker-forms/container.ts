/** An Avro container of one record, as Babamul's and AMPEL's producers send it. */
import avsc from 'avsc'
import { createHash } from 'node:crypto'
import { containerOfRecord } from '../../alert/avro/container.ts'
import { exactLong } from '../../alert/avro/exact-long.ts'

/** A type whose longs are bigints. */
export const typeOf = (schema: object): avsc.Type => avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: exactLong as unknown as avsc.Type } })

/**
 * @returns a function from a value to its container, uncompressed. The sync marker comes of the record, so that the same
 * alert gives the same bytes.
 */
export function containerWriter (schema: object): (value: object) => Buffer {
  const type = typeOf(schema)
  const schemaText = JSON.stringify(schema)
  return value => {
    const record = type.toBuffer(value)
    return containerOfRecord({ schemaText, sync: createHash('md5').update(record).digest() }, record)
  }
}
