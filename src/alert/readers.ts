/** Makes the alert reader of a schema, once for each schema. */
import QuickLRU from 'quick-lru'
import { CandelaError } from '../errors.ts'
import { parseSchema } from './avro/bounded-schema.ts'
import { writerType } from './avro/writer-type.ts'
import type { AlertReader, AvroDialect } from './dialect.ts'
import { alerce } from './dialects/alerce/alerce.ts'
import { ampel } from './dialects/ampel/ampel.ts'
import { babamulLsst } from './dialects/babamul/lsst.ts'
import { babamulZtf } from './dialects/babamul/ztf.ts'
import { elasticc } from './dialects/elasticc.ts'
import { finkLsst } from './dialects/fink/lsst.ts'
import { finkZtf } from './dialects/fink/ztf.ts'
import { lsst } from './dialects/lsst.ts'
import type { SchemaSource } from './schemas/source.ts'
import { ztf } from './dialects/ztf.ts'

/** Those of brokers before the survey's whose records they wrap, or some of whose fields they have. */
const DIALECTS: readonly AvroDialect[] = [finkLsst, lsst, elasticc, finkZtf, babamulLsst, babamulZtf, ztf, ampel, alerce]
/** Readers of the schemas that files were written with last. */
const KEPT_SCHEMA_TEXTS = 64

/** @throws CandelaError 'schema-invalid', 'schema-too-large', 'dialect-unknown', 'schema-unsupported' */
export function readerOf (schema: object): AlertReader {
  const writer = writerType(schema)
  const dialect = DIALECTS.find(dialect => dialect.matches(writer))
  if (!dialect) {
    throw new CandelaError('dialect-unknown', `schema ${writer.name ?? 'without a name'} is none of the survey dialects ${DIALECTS.map(({ name }) => name).join(', ')}`, {
      value: writer.name, action: 'Send alerts of one of these dialects.'
    })
  }
  return dialect.reader(writer)
}

const byText = new QuickLRU<string, AlertReader>({ maxSize: KEPT_SCHEMA_TEXTS })

/**
 * The reader of a container's schema.
 * @throws CandelaError as readerOf
 */
export function readerOfText (schemaText: string): AlertReader {
  const kept = byText.get(schemaText)
  if (kept) return kept
  let schema: unknown
  try {
    schema = parseSchema(schemaText)
  } catch (cause) {
    if (cause instanceof CandelaError) throw cause
    throw new CandelaError('schema-invalid', 'the container\'s schema is not JSON', { cause, action: 'Fetch the file again: it is damaged.' })
  }
  if (typeof schema !== 'object' || schema === null) throw new CandelaError('dialect-unknown', 'the container holds no records', { action: 'Send alerts.' })
  const reader = readerOf(schema)
  byText.set(schemaText, reader)
  return reader
}

/** Readers, or why there is none, by schema object: a source returns the same object for the same schema. */
const bySchema = new WeakMap<object, AlertReader | CandelaError>()

/**
 * The reader of a framed alert's schema id, made once for each schema.
 * @throws CandelaError 'schema-unknown' where the source has none, what the source throws, and as readerOf
 */
export async function readerOfId (schemas: SchemaSource, id: number): Promise<AlertReader> {
  const schema = await schemas.get(id)
  if (!schema) throw unknownSchema(id)
  let reader = bySchema.get(schema)
  if (!reader) bySchema.set(schema, reader = readerOrError(schema))
  if (reader instanceof CandelaError) throw reader
  return reader
}

function readerOrError (schema: object): AlertReader | CandelaError {
  try {
    return readerOf(schema)
  } catch (error) {
    if (error instanceof CandelaError) return error
    throw error
  }
}

const unknownSchema = (id: number): CandelaError =>
  new CandelaError('schema-unknown', `no schema with id ${id} (LSST ${Math.floor(id / 100)}.${id % 100}): neither a registry nor a schema folder has it`, {
    value: id,
    action: 'Where the alert is not damaged, register its schema, or put its files into a schema folder as MAJOR/MINOR/lsst.vMAJOR_MINOR.RECORD.avsc (id = 100·MAJOR + MINOR) and name it with --schema-dir or CANDELA_SCHEMA_DIR; then replay the dead letter.'
  })
