/** What a survey dialect consists of: how its bytes are recognised, which fields are read, what they mean. */
import avsc from 'avsc'
import type { Type, types } from 'avsc'
import { CandelaError } from '../errors.ts'
import type { Alert } from './alert.ts'
import { boundedType, type AvroSchema } from './avro/bounded-types.ts'
import { fittedTo } from './avro/fitted-schema.ts'
import { project } from './avro/projection.ts'
import type { DialectName } from './dialect-names.ts'
import type { Given } from './given.ts'
import type { Table, TableColumn } from './table/table.ts'

/** Most records are of one object; some bring the light curve of the same transient in another survey, or of several objects. */
export type Alerts = Alert | readonly Alert[]

/** @throws CandelaError 'alert-incomplete' where a list is empty */
export function listOf (alerts: Alerts): readonly Alert[] {
  if (!Array.isArray(alerts)) return [alerts as Alert]
  if (alerts.length > 0) return alerts as readonly Alert[]
  throw new CandelaError('alert-incomplete', 'the record has no light curve of any object', { action: 'Ask its sender for a whole one.' })
}

export interface AvroDialect {
  name: DialectName
  matches (writer: Type): boolean
  /** @throws CandelaError 'schema-unsupported' */
  reader (writer: Type): AlertReader
}

/** Reads alerts that were written with one schema. */
export interface AlertReader {
  /** The name of its dialect. */
  dialect: string
  /**
   * Reads one record of Avro; `alerts` then gives its normal form.
   * @throws CandelaError 'alert-truncated', 'avro-invalid'; and from `alerts`: 'alert-incomplete', 'light-curve-elsewhere'
   */
  read (bytes: Buffer, position: number): { end: number, alerts: (given: Given) => Alerts }
}

/** What a dialect may ask for while it reads. */
export interface Reading {
  given: Given
  /** Decodes bytes that were wrapped, as a message of their own. */
  decode: (bytes: Uint8Array, given: Given) => Promise<readonly Alert[]>
}

/** A dialect in JSON: one document is one record. */
export interface JsonDialect {
  name: DialectName
  /** Judged by the names of its fields. */
  matches (document: object): boolean
  /** Its documents are envelopes: whatever is in them is of a dialect of its own. */
  isEnvelope?: true
  /** @throws CandelaError 'alert-invalid', 'alert-incomplete', 'light-curve-elsewhere' */
  alerts (document: object, reading: Reading): Promise<Alerts> | Alerts
}

/** A row of a table: a document of JSON whose fields are columns, or a line of text. Cells of text tables are texts. */
export type Row = Readonly<Record<string, unknown>>

/** A dialect of tables with one photometric point a row, of one object or several. */
export interface RowDialect {
  name: DialectName
  /** Judged by the names of the columns. */
  matches (columns: ReadonlySet<string>): boolean
  /**
   * Of all rows of a table, in its order.
   * @throws CandelaError 'alert-invalid', 'alert-incomplete'
   */
  alerts (rows: readonly Row[], given: Given): readonly Alert[]
}

/** A dialect of tables of text cells that needs more of them than rows: units, comments, places. */
export interface TableDialect {
  name: DialectName
  /** @param columns as the file names them @param given says what is what, where it does */
  matches (columns: readonly TableColumn[], given: Given): boolean
  /** @throws CandelaError 'table-columns-unknown', 'table-invalid', 'table-too-large', 'object-missing' */
  alerts (table: Table, given: Given): Promise<readonly Alert[]>
}

/** A dialect in bytes that are neither Avro nor JSON, of one record or one file: a table in text, BSON. */
export interface BytesDialect {
  name: DialectName
  /** @param head the first bytes, some 64 KiB where there are so many */
  matches (head: Buffer): boolean
  /** @throws CandelaError 'alert-invalid', 'alert-incomplete', 'light-curve-elsewhere' */
  alerts (bytes: Buffer, reading: Reading): Promise<Alerts> | Alerts
}

export interface AvroDialectParts<R> {
  name: DialectName
  /** Whether the dialect is the one of a writer's schema, judged by its fields: namespaces change with brokers. */
  matches (writer: Type): boolean
  /** The fields that are read; nullable with default null each, since versions and brokers differ. */
  fields: AvroSchema
  /** The names of records vary with the build that writes them, and texts may be enumerations: fields alone are matched. */
  anyNames?: true
  /**
   * The way from the records of a writer's schema to alerts: what its version changes is decided once.
   * @throws CandelaError 'alert-incomplete' from the function
   */
  alertsOf (writer: Type): (record: R, given: Given) => Alerts
}

export function avroDialect<R> ({ name, matches, fields, anyNames, alertsOf }: AvroDialectParts<R>): AvroDialect {
  // Made with the first alert: most processes read one dialect or none, and avsc compiles code for each record.
  let wanted: Type | undefined
  return {
    name,
    matches,
    reader (writer) {
      const projection = project<R>(writer, anyNames ? boundedType(fittedTo(fields, writer)) : wanted ??= boundedType(fields))
      const toAlerts = alertsOf(writer)
      return {
        dialect: name,
        read (bytes, position) {
          const { record, end } = projection.read(bytes, position)
          return { end, alerts: given => toAlerts(record, given) }
        }
      }
    }
  }
}

/** A field of a reader schema: null where the writer has none of its names. */
export const optional = (name: string, type: AvroSchema, ...aliases: string[]) => ({ name, aliases, type: ['null', type], default: null })

/** The names of a record's fields, or of a record inside it; empty where there is no such record. */
export function fieldNames (type: Type, ...path: string[]): string[] {
  const record = recordIn(type)
  const [first, ...rest] = path
  if (first === undefined) return record?.fields.map(field => field.name) ?? []
  const field = record?.fields.find(field => field.name === first)
  return field ? fieldNames(field.type, ...rest) : []
}

/** The names of a schema's record and of the records of its fields, with their namespaces. */
export function recordNames (type: Type): string[] {
  const record = recordIn(type)
  const names = [record, ...record?.fields.map(field => recordIn(field.type)) ?? []].map(record => record?.name)
  return names.filter(name => name !== undefined)
}

/** The record that a type is, or has among its branches; undefined where there is none. */
export function recordIn (type: Type): types.RecordType | undefined {
  if (avsc.Type.isType(type, 'record')) return type as types.RecordType
  const branches = avsc.Type.isType(type, 'union') ? (type as types.UnwrappedUnionType).types : []
  return branches.find(branch => avsc.Type.isType(branch, 'record')) as types.RecordType | undefined
}

export const incomplete = (dialect: string, what: string): CandelaError =>
  new CandelaError('alert-incomplete', `an alert of ${dialect} has no ${what}`, {
    value: what, action: 'The alert cannot be placed on the sky and in time; ask its sender for a whole one.'
  })
