/** The writer's schema of a bare Avro record in the key of its Kafka record, as Fink sends it: some 70 KB of JSON with every alert. */
import { CandelaError } from '../../errors.ts'
import type { AlertReader } from '../dialect.ts'
import type { Carrier } from '../given.ts'
import { readerOfText } from '../readers.ts'

/** Keys that are remembered: a source has one for each version of its schema, and damage any number. */
const MOST_KEPT = 16
const OBJECT = 0x7b

interface KeptKey { key: Buffer, reader: AlertReader | CandelaError }

/** The newest first. Comparing 70 KB takes a hundredth of the time of hashing them, and most keys are the one before. */
const kept: KeptKey[] = []

/**
 * The reader of the schema that a key holds.
 * @returns undefined where the key is no JSON object
 * @throws CandelaError as readerOfText
 */
export function readerOfKey (key: Buffer): AlertReader | undefined {
  if (key[0] !== OBJECT) return undefined
  const at = kept.findIndex(one => one.key.equals(key))
  const one = at < 0 ? { key: Buffer.from(key), reader: readerOrError(key) } : kept[at]!
  if (at !== 0) {
    if (at > 0) kept.splice(at, 1)
    kept.unshift(one)
    kept.length = Math.min(kept.length, MOST_KEPT)
  }
  if (one.reader instanceof CandelaError) throw one.reader
  return one.reader
}

function readerOrError (key: Buffer): AlertReader | CandelaError {
  try {
    return readerOfText(key.toString())
  } catch (error) {
    if (error instanceof CandelaError) return error
    throw error
  }
}

/** Versions of Fink's schema and of its broker, '4.1_8.39.0', which older builds write as the key. */
const VERSIONS = /^\d+(\.\d+)*_\d+(\.\d+)*(_\w+)?$/
const MOST_LENGTH = 64

/**
 * Refuses a record whose key is the version of a schema, where nothing else says what its bytes are.
 * @throws CandelaError 'schema-not-in-key'
 */
export function refuseVersionKey ({ key }: Carrier): void {
  if (key === null || key.length > MOST_LENGTH) return
  const text = key.toString('latin1')
  if (!VERSIONS.test(text)) return
  throw new CandelaError('schema-not-in-key', `the key of the record is the version ${text} of a schema, not the schema`, {
    value: text, action: 'Read a topic of a newer build of the broker, whose keys hold the schema, or name a file with the schema (schemaFile of the source).'
  })
}
