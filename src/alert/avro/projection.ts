/** Reads from an Avro record only the fields that Candela needs. */
import type { Type } from 'avsc'
import { CandelaError, reasonIn } from '../../errors.ts'

export interface ReadRecord<R> {
  record: R
  /** Position of the first byte after the record. */
  end: number
}

export interface Projection<R> {
  /**
   * Reads one record.
   * @throws CandelaError 'alert-truncated' where the bytes end inside it, 'avro-invalid' where they are not such a record
   */
  read (bytes: Buffer, position: number): ReadRecord<R>
}

/**
 * @param writer the schema that the bytes were written with
 * @param reader the fields wanted, with records of the same unqualified names (or aliases); all others are skipped
 * @throws CandelaError 'schema-unsupported' where the reader's fields cannot be taken from the writer's
 */
export function project<R> (writer: Type, reader: Type): Projection<R> {
  let resolver: ReturnType<Type['createResolver']>
  try {
    resolver = reader.createResolver(writer, { ignoreNamespaces: true })
  } catch (cause) {
    throw new CandelaError('schema-unsupported', `schema ${writer.name ?? 'without a name'} does not have the fields of an alert: ${reasonIn(cause)}`, {
      cause, value: writer.name, action: 'Send alerts of a schema that Candela knows; see docs/alerts.md for the survey dialects.'
    })
  }
  return {
    read (bytes, position) {
      let value: unknown
      let offset: number
      try {
        ({ value, offset } = reader.decode(bytes, position, resolver))
      } catch (cause) {
        throw new CandelaError('avro-invalid', `the bytes are not a record of schema ${writer.name}: ${reasonIn(cause)}`, {
          cause, action: 'The alert is damaged, or was written with another schema than its id names.'
        })
      }
      if (offset < 0) {
        throw new CandelaError('alert-truncated', `the bytes end inside a record of schema ${writer.name}`, {
          action: 'Fetch the alert again: part of it is missing.'
        })
      }
      return { record: value as R, end: offset }
    }
  }
}
