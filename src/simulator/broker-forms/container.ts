/** Avro forms: how they lie in a container of one record, as Babamul's and AMPEL's producers send it. */
import avsc from 'avsc'
import { createHash } from 'node:crypto'
import { containerOfRecord } from '../../alert/avro/container.ts'
import { exactLong } from '../../alert/avro/exact-long.ts'
import type { RubinAlert } from './rubin-alert.ts'

/** A form whose records are Avro: many of them fit into one container. */
export interface AvroForm {
  /** The writer's schema as it is sent. */
  schema: object
  /** Its type; longs are bigints. */
  type: avsc.Type
  /** What of an alert is written. */
  valueOf (alert: RubinAlert): object
}

export const avroForm = (schema: object, valueOf: AvroForm['valueOf']): AvroForm =>
  ({ schema, type: avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: exactLong as unknown as avsc.Type } }), valueOf })

/**
 * @returns a function from an alert to its container, uncompressed. The sync marker comes of the record, so that the same
 * alert gives the same bytes.
 */
export function containerWriter ({ schema, type, valueOf }: AvroForm): (alert: RubinAlert) => Buffer {
  const schemaText = JSON.stringify(schema)
  return alert => {
    const record = type.toBuffer(valueOf(alert))
    return containerOfRecord({ schemaText, sync: createHash('md5').update(record).digest() }, record)
  }
}
