/** The parts of a survey dialect in Avro: how its schema is recognised, which fields are read, what they mean. */
import avsc from 'avsc'
import type { Type, types } from 'avsc'
import { CandelaError } from '../errors.ts'
import type { Alert } from './alert.ts'
import { boundedType, type AvroSchema } from './avro/bounded-types.ts'
import { project } from './avro/projection.ts'

export interface AvroDialect {
  name: string
  matches (writer: Type): boolean
  /** @throws CandelaError 'schema-unsupported' */
  reader (writer: Type): AlertReader
}

/** Reads alerts that were written with one schema. */
export interface AlertReader {
  /** The name of its dialect. */
  dialect: string
  /**
   * Reads one record of Avro; `alert` then gives its normal form.
   * @throws CandelaError 'alert-truncated', 'avro-invalid'; and from `alert`: 'alert-incomplete'
   */
  read (bytes: Buffer, position: number): { end: number, alert: () => Alert }
}

export interface AvroDialectParts<R> {
  name: string
  /** Whether the dialect is the one of a writer's schema, judged by its fields: namespaces change with brokers. */
  matches (writer: Type): boolean
  /** The fields that are read; nullable with default null each, since versions and brokers differ. */
  fields: AvroSchema
  /**
   * The way from the records of a writer's schema to alerts: what its version changes is decided once.
   * @throws CandelaError 'alert-incomplete' from the function
   */
  alertOf (writer: Type): (record: R) => Alert
}

export function avroDialect<R> ({ name, matches, fields, alertOf }: AvroDialectParts<R>): AvroDialect {
  const wanted = boundedType(fields)
  return {
    name,
    matches,
    reader (writer) {
      const projection = project<R>(writer, wanted)
      const toAlert = alertOf(writer)
      return {
        dialect: name,
        read (bytes, position) {
          const { record, end } = projection.read(bytes, position)
          return { end, alert: () => toAlert(record) }
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

function recordIn (type: Type): types.RecordType | undefined {
  if (avsc.Type.isType(type, 'record')) return type as types.RecordType
  const branches = avsc.Type.isType(type, 'union') ? (type as types.UnwrappedUnionType).types : []
  return branches.find(branch => avsc.Type.isType(branch, 'record')) as types.RecordType | undefined
}

export const incomplete = (dialect: string, what: string): CandelaError =>
  new CandelaError('alert-incomplete', `an alert of ${dialect} has no ${what}`, {
    value: what, action: 'The alert cannot be placed on the sky and in time; ask its sender for a whole one.'
  })
