/**
 * Reader schemas for writers that keep the names of fields and not those of records: builds of one broker call the same
 * record differently. Texts that a writer has as an enumeration are read as its symbols.
 */
import avsc from 'avsc'
import type { Type, types } from 'avsc'
import type { AvroSchema } from './bounded-types.ts'

type Field = { name: string, aliases?: string[], type: AvroSchema }
type RecordSchema = { type: 'record', name: string, aliases?: string[], fields: Field[] }
type Kind = 'record' | 'array' | 'enum'

const isKind = (schema: AvroSchema, kind: Kind): boolean => typeof schema === 'object' && !Array.isArray(schema) && !avsc.Type.isType(schema) && 'type' in schema && schema.type === kind

/** The branch of a writer's type that is of one kind, or the type itself. */
function branchOf (writer: Type | undefined, kind: Kind): Type | undefined {
  if (writer === undefined || avsc.Type.isType(writer, kind)) return writer
  const branches = avsc.Type.isType(writer, 'union') ? (writer as types.UnwrappedUnionType).types : []
  return branches.find(branch => avsc.Type.isType(branch, kind))
}

/**
 * The same schema with the writer's names of its records as further ones, and the writer's enumerations in place of texts.
 * @param schema what is wanted, in JSON; its fields are found in the writer by their names and aliases
 */
export function fittedTo (schema: AvroSchema, writer: Type | undefined): AvroSchema {
  if (Array.isArray(schema)) return schema.map(branch => fittedTo(branch, writer))
  if (schema === 'string') return branchOf(writer, 'enum') ?? schema
  if (isKind(schema, 'array')) {
    const list = branchOf(writer, 'array') as types.ArrayType | undefined
    return { ...schema as object, items: fittedTo((schema as { items: AvroSchema }).items, list?.itemsType) }
  }
  if (!isKind(schema, 'record')) return schema
  const record = schema as RecordSchema
  const written = branchOf(writer, 'record') as types.RecordType | undefined
  return {
    ...record,
    aliases: [...record.aliases ?? [], ...written?.name === undefined ? [] : [written.name]],
    fields: record.fields.map(field => {
      const names = [field.name, ...field.aliases ?? []]
      return { ...field, type: fittedTo(field.type, written?.fields.find(({ name }) => names.includes(name))?.type) }
    })
  }
}
