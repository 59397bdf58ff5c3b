/** The Avro record of a packet as it came, for those who want more of it than its normal form keeps. */
import QuickLRU from 'quick-lru'
import { CandelaError } from '../../errors.ts'
import { parseSchema } from './bounded-schema.ts'
import { isContainer, readBlocks, readHeader } from './container.ts'
import { readFrame } from '../schemas/confluent.ts'
import { isOutage } from '../schemas/outage.ts'
import type { SchemaSource } from '../schemas/source.ts'

export interface AvroRecord {
  /** The schema that it was written with, parsed; the same object for all records of one schema. */
  schema: object
  /** One record, without a frame. */
  datum: Uint8Array
}

/** Schemas of containers by their text. */
const byText = new QuickLRU<string, object>({ maxSize: 64 })

/**
 * @param bytes one alert: framed, or a container with a single record
 * @returns null where it is no Avro, not a single record, damaged, or nobody knows its schema
 * @throws CandelaError where its schema cannot be asked for now, see isOutage
 */
export async function avroRecordOf (bytes: Buffer, schemas: SchemaSource): Promise<AvroRecord | null> {
  try {
    if (isContainer(bytes)) return recordOfContainer(bytes)
    if (bytes[0] !== 0) return null
    const { schemaId, position } = readFrame(bytes)
    const schema = await schemas.get(schemaId)
    return schema === undefined ? null : { schema, datum: bytes.subarray(position) }
  } catch (error) {
    if (isOutage(error)) throw error
    // A container's schema may be no JSON.
    if (error instanceof CandelaError || error instanceof SyntaxError) return null
    throw error
  }
}

function recordOfContainer (bytes: Buffer): AvroRecord | null {
  const header = readHeader(bytes)
  const [block, more] = readBlocks(bytes, header)
  if (block === undefined || more !== undefined || 'error' in block || block.count !== 1) return null
  let schema = byText.get(header.schemaText)
  if (schema === undefined) byText.set(header.schemaText, schema = parseSchema(header.schemaText) as object)
  return { schema, datum: block.data }
}
