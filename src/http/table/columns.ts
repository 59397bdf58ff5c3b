/** The columns of a flat table, from the zod schema of one row: the same that validates and is in the OpenAPI document. */
import { z } from 'zod'

/** Metadata of a field beside its description, in the schema and so in the OpenAPI document. */
export type FieldMeta = {
  /** As in the VOUnits standard, such as `deg` or `nJy`. */
  'x-unit'?: string
  /** IVOA's Unified Content Descriptor (UCD1+). */
  'x-ucd'?: string
  /** Coordinate system, or time scale of an MJD. */
  'x-system'?: 'ICRS' | 'TAI'
}

export interface Column {
  name: string
  type: 'text' | 'time' | 'number' | 'integer' | 'boolean'
  description: string
  unit?: string
  ucd?: string
  system?: 'ICRS' | 'TAI'
}

export type Cell = string | number | boolean | null
/** A field that is absent is an empty cell. */
export type Row = Readonly<Record<string, unknown>>

type FieldSchema = FieldMeta & {
  type?: string | string[]
  format?: string
  description?: string
  anyOf?: FieldSchema[]
}

/** The description and meaning of a field, for `.meta()`. */
export const field = (description: string, { unit, ucd, system }: Pick<Column, 'unit' | 'ucd' | 'system'>): FieldMeta & { description: string } => ({
  description, ...unit !== undefined && { 'x-unit': unit }, ...ucd !== undefined && { 'x-ucd': ucd }, ...system !== undefined && { 'x-system': system }
})

function typeOf ({ type, format, anyOf = [] }: FieldSchema): Column['type'] | undefined {
  const [one, ...others] = [type ?? []].flat().filter(name => name !== 'null')
  if (one === undefined) return anyOf.map(typeOf).find(type => type !== undefined)
  if (others.length > 0) return undefined
  if (one === 'string') return format === 'date-time' ? 'time' : 'text'
  return one === 'number' || one === 'integer' || one === 'boolean' ? one : undefined
}

/**
 * @param row schema of one row; each field a string, number, integer or boolean, or null
 * @throws Error for a field that is none of these
 */
export function columnsOf (row: z.ZodObject): Column[] {
  return Object.entries(row.shape as Record<string, z.ZodType>).map(([name, of]) => {
    const schema = z.toJSONSchema(of, { io: 'output' }) as FieldSchema
    const type = typeOf(schema)
    if (type === undefined) throw new Error(`field ${name} is no column of a table`)
    const { description = '', 'x-unit': unit, 'x-ucd': ucd, 'x-system': system } = schema
    return { name, type, description, ...unit !== undefined && { unit }, ...ucd !== undefined && { ucd }, ...system !== undefined && { system } }
  })
}

/** The cell of a row in a column. */
export function cellOf (row: Row, { name }: Column): Cell {
  const value = row[name]
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? value : null
}
