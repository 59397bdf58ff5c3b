/** Where the writer's schema of a framed alert comes from. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { CandelaError } from '../../errors.ts'
import { parseSchema } from '../avro/bounded-schema.ts'

export interface SchemaSource {
  /**
   * The Avro schema of an id as parsed JSON, or undefined where this source has none. Asked for every alert: a source
   * keeps what it has, and gives the same object as long as the schema is the same.
   */
  get (id: number): Promise<object | undefined> | object | undefined
  /**
   * Told that an alert could not be read with the schema of this id.
   * @returns whether get() now gives another schema, with which the alert should be tried
   * @throws CandelaError 'schema-changed'
   */
  doubt? (id: number): Promise<boolean>
  /** Ends what is under way. */
  close? (): void
}

/** The LSST schemas that come with Candela. */
export const SHIPPED_SCHEMAS = fileURLToPath(new URL('../../../schemas/lsst', import.meta.url))

/**
 * Schemas from folders; the id is Rubin's, major·100 + minor. A folder holds MAJOR.MINOR/alert.avsc, one whole
 * schema, or MAJOR/MINOR/lsst.vMAJOR_MINOR.RECORD.avsc, one file a record, as lsst/alert_packet lays them out.
 * A schema that was found is kept, one that was not is looked for again the next time.
 * @param folders looked through in order
 * @throws CandelaError from get(): 'schema-invalid', 'schema-unreadable'
 */
export function schemaFolders (...folders: string[]): SchemaSource {
  const found = new Map<number, object>()
  const reading = new Map<number, Promise<object | undefined>>()
  async function read (id: number): Promise<object | undefined> {
    const schema = await readSchema(folders, id)
    if (schema) found.set(id, schema)
    return schema
  }
  return {
    get (id) {
      const kept = found.get(id) ?? reading.get(id)
      if (kept) return kept
      const schema = read(id).finally(() => reading.delete(id))
      reading.set(id, schema)
      return schema
    }
  }
}

async function readSchema (folders: readonly string[], id: number): Promise<object | undefined> {
  const major = Math.floor(id / 100)
  const minor = id % 100
  for (const folder of folders) {
    const whole = await readJson(join(folder, `${major}.${minor}`, 'alert.avsc'))
    if (whole) return whole
    const parts = await readRecords(join(folder, String(major), String(minor)))
    const root = `lsst.v${major}_${minor}.alert`
    if (parts.has(root)) return assembleSchema(root, parts)
  }
  return undefined
}

/**
 * One schema out of several that name each other: each named type is written out where it is first used.
 * @param root full name of the outermost record
 * @param definitions schemas by full name
 */
export function assembleSchema (root: string, definitions: ReadonlyMap<string, object>): object {
  const written = new Set<string>()
  function resolve (schema: unknown, namespace: string): unknown {
    if (typeof schema === 'string') {
      const name = schema.includes('.') || !namespace ? schema : `${namespace}.${schema}`
      const definition = definitions.get(name)
      return definition && !written.has(name) ? resolve(definition, namespace) : definition ? name : schema
    }
    if (Array.isArray(schema)) return schema.map(branch => resolve(branch, namespace))
    if (!isNode(schema)) return schema
    const inner = schema.namespace ?? namespace
    if (schema.name !== undefined) written.add(fullName(schema, inner))
    return {
      ...schema,
      ...(Array.isArray(schema.fields) && {
        fields: schema.fields.map((field: unknown) => isNode(field) ? { ...field, type: resolve(field.type, inner) } : field)
      }),
      ...(schema.items !== undefined && { items: resolve(schema.items, inner) }),
      ...(schema.values !== undefined && { values: resolve(schema.values, inner) }),
      ...(isNode(schema.type) && { type: resolve(schema.type, inner) })
    }
  }
  return resolve(root, '') as object
}

/** What of a schema's JSON is looked at here. */
export interface SchemaNode {
  name?: string
  namespace?: string
  type?: unknown
  fields?: unknown
  items?: unknown
  values?: unknown
}
export const isNode = (value: unknown): value is SchemaNode => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A named schema's full name; `namespace` is the one around it. */
export const fullName = ({ name = '' }: SchemaNode, namespace: string): string => name.includes('.') || !namespace ? name : `${namespace}.${name}`

async function readRecords (folder: string): Promise<Map<string, object>> {
  const records = new Map<string, object>()
  for (const file of await readdir(folder).catch(absent) ?? []) {
    if (!file.endsWith('.avsc')) continue
    const schema = await readJson(join(folder, file))
    if (isNode(schema)) records.set(fullName(schema, schema.namespace ?? ''), schema)
  }
  return records
}

async function readJson (file: string): Promise<object | undefined> {
  const text = await readFile(file, 'utf8').catch(absent)
  if (text === undefined) return undefined
  try {
    return parseSchema(text) as object
  } catch (cause) {
    if (cause instanceof CandelaError) throw cause
    throw new CandelaError('schema-invalid', `${file} is not JSON`, { cause, value: file, action: 'Fetch the schema file again.' })
  }
}

function absent (error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw new CandelaError('schema-unreadable', `${error.path ?? 'a schema file'} cannot be read: ${error.message}`, {
    cause: error, canRetry: true, action: 'Check the permissions of the schema folder.'
  })
}
