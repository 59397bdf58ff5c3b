/** The alert reader of a schema: made once for each schema and kept. */
import { CandelaError } from '../errors.ts'
import { boundedType, type AvroSchema } from './avro/bounded-types.ts'
import type { AlertReader, AvroDialect } from './dialect.ts'
import { elasticc } from './elasticc.ts'
import { lsst } from './lsst.ts'
import type { SchemaSource } from './schema-source.ts'
import { ztf } from './ztf.ts'

const DIALECTS: readonly AvroDialect[] = [lsst, elasticc, ztf]
/** Files with more schemas than this are not read faster for a second time. */
const KEPT_SCHEMA_TEXTS = 64

/** @throws CandelaError 'schema-invalid', 'dialect-unknown', 'schema-unsupported' */
export function readerOf (schema: object): AlertReader {
  let writer
  try {
    writer = boundedType(withoutDefaults(schema))
  } catch (cause) {
    throw new CandelaError('schema-invalid', `not an Avro schema: ${cause instanceof Error ? cause.message.slice(0, 200) : String(cause)}`, {
      cause, action: 'Check where the schema comes from: it is damaged or incomplete.'
    })
  }
  const dialect = DIALECTS.find(dialect => dialect.matches(writer))
  if (!dialect) {
    throw new CandelaError('dialect-unknown', `schema ${writer.name ?? 'without a name'} is none of the survey dialects ${DIALECTS.map(({ name }) => name).join(', ')}`, {
      value: writer.name, action: 'Send alerts of one of these dialects.'
    })
  }
  return dialect.reader(writer)
}

/** A writer's defaults play no part in reading, and those of some brokers are not valid, which avsc refuses. */
const withoutDefaults = (schema: object): AvroSchema =>
  JSON.parse(JSON.stringify(schema), (key, value: unknown) => key === 'default' ? undefined : value) as AvroSchema

const byText = new Map<string, AlertReader>()

/**
 * The reader of a container's schema.
 * @throws CandelaError as readerOf
 */
export function readerOfText (schemaText: string): AlertReader {
  const kept = byText.get(schemaText)
  if (kept) return kept
  let schema: unknown
  try {
    schema = JSON.parse(schemaText)
  } catch (cause) {
    throw new CandelaError('schema-invalid', 'the container\'s schema is not JSON', { cause, action: 'Fetch the file again: it is damaged.' })
  }
  if (typeof schema !== 'object' || schema === null) throw new CandelaError('dialect-unknown', 'the container holds no records', { action: 'Send alerts.' })
  const reader = readerOf(schema)
  if (byText.size >= KEPT_SCHEMA_TEXTS) byText.delete(byText.keys().next().value!)
  byText.set(schemaText, reader)
  return reader
}

const bySource = new WeakMap<SchemaSource, Map<number, Promise<AlertReader>>>()

/**
 * The reader of a framed alert's schema id. A failure is not kept: the schema may be there the next time.
 * @throws CandelaError 'schema-unknown' where the source has none, and as readerOf
 */
export function readerOfId (schemas: SchemaSource, id: number): Promise<AlertReader> {
  let readers = bySource.get(schemas)
  if (!readers) bySource.set(schemas, readers = new Map<number, Promise<AlertReader>>())
  const kept = readers.get(id)
  if (kept) return kept
  const reader = loadReader(schemas, id)
  readers.set(id, reader)
  reader.catch(() => readers.delete(id))
  return reader
}

async function loadReader (schemas: SchemaSource, id: number): Promise<AlertReader> {
  const schema = await schemas.get(id)
  if (schema) return readerOf(schema)
  throw new CandelaError('schema-unknown', `no schema with id ${id} (LSST ${Math.floor(id / 100)}.${id % 100})`, {
    value: id,
    canRetry: true,
    action: 'Put its files into a schema folder as MAJOR/MINOR/lsst.vMAJOR_MINOR.RECORD.avsc (id = 100·MAJOR + MINOR) and name it with --schema-dir or CANDELA_SCHEMA_DIR.'
  })
}
