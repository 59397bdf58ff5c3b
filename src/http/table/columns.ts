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
  /** Where the column is a part of a field: the name of the field, and of the part. */
  of?: { field: string, part: string }
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

/** An object of numbers by names that the schema does not know: see partColumns. */
const hasParts = (schema: unknown): boolean => schema instanceof z.ZodRecord ||
  ((schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional || schema instanceof z.ZodNullable) && hasParts(schema.unwrap()))

/**
 * @param row schema of one row; each field a string, number, integer or boolean, or null; one with parts has no column yet
 * @throws Error for a field that is none of these
 */
export function columnsOf (row: z.ZodObject): Column[] {
  return Object.entries(row.shape as Record<string, z.ZodType>).filter(([, of]) => !hasParts(of)).map(([name, of]) => {
    const schema = z.toJSONSchema(of, { io: 'output' }) as FieldSchema
    const type = typeOf(schema)
    if (type === undefined) throw new Error(`field ${name} is no column of a table`)
    // A field that may be null has its metadata within, where it was made of one that may not.
    const { description = '', 'x-unit': unit, 'x-ucd': ucd, 'x-system': system } = { ...schema.anyOf?.[0], ...schema }
    return { name, type, description, ...unit !== undefined && { unit }, ...ucd !== undefined && { ucd }, ...system !== undefined && { system } }
  })
}

/**
 * A column for each part of a field that is an object of numbers. In its name, every character that is no letter or digit is a `_`,
 * so that it is an identifier in TOPCAT, in databases and in Python.
 */
export const partColumns = (field: string, parts: readonly string[], about: (part: string) => Pick<Column, 'description' | 'ucd'>, prefix: string): Column[] =>
  parts.map(part => ({ name: `${prefix}${part.replace(/[^A-Za-z0-9]/g, '_')}`, type: 'number', ...about(part), of: { field, part } }))

/** The columns of a field. */
export const columnsOfField = (columns: readonly Column[], field: string): Column[] => columns.filter(({ name, of }) => (of?.field ?? name) === field)

/** The cell of a row in a column. */
export function cellOf (row: Row, { name, of }: Column): Cell {
  const value = of === undefined ? row[name] : (row[of.field] as Row | null | undefined)?.[of.part]
  return typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)) ? value : null
}
