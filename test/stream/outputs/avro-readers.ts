/** Readers of Avro that have nothing of avsc, which writes: icebird's always, fastavro where CANDELA_PYTHON names a Python that has it. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { avroMetadata, avroRead } from 'icebird'
import { fullName, isNode } from '../../../src/alert/schemas/source.ts'

const SYNC = Buffer.alloc(16, 7)

/** Avro's zig-zag variable-length integer. */
function long (value: number): Buffer {
  const bytes = []
  for (let rest = value * 2; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push(128 + rest % 128)
  }
}

const text = (value: string): Buffer => Buffer.concat([long(Buffer.byteLength(value)), Buffer.from(value)])

/** A map's bytes are those of an array of its entries, which icebird knows. */
const entriesOf = (values: unknown): object => ({ type: 'array', items: { type: 'record', name: 'entry', fields: [{ name: 'key', type: 'string' }, { name: 'value', type: values }] } })

const isEntry = (value: unknown): value is { key: string, value: unknown } => typeof value === 'object' && value !== null && Object.keys(value).join() === 'key,value'

/** Entries as the object that they are a map's of. */
const mapped = (value: unknown): unknown => Array.isArray(value) && value.length > 0 && value.every(isEntry) ? Object.fromEntries(value.map(entry => [entry.key, entry.value])) : value

/** icebird knows no names of types, and no maps: each type is written out wherever it is used. */
function writtenOut (schema: unknown, namespace = '', known = new Map<string, unknown>()): unknown {
  if (typeof schema === 'string') return known.get(schema) ?? known.get(`${namespace}.${schema}`) ?? schema
  if (Array.isArray(schema)) return schema.map(branch => writtenOut(branch, namespace, known))
  if (!isNode(schema)) return schema
  if (schema.type === 'map') return entriesOf((schema as { values?: unknown }).values)
  if (schema.items !== undefined) return { ...schema, items: writtenOut(schema.items, namespace, known) }
  if (!Array.isArray(schema.fields)) return schema
  const inner = schema.namespace ?? namespace
  const record = { ...schema, fields: schema.fields.map((field: { type: unknown }) => ({ ...field, type: writtenOut(field.type, inner, known) })) }
  known.set(fullName(schema, inner), record)
  return record
}

/**
 * Datums of one schema by icebird, which reads container files: null is undefined, a long a bigint, a timestamp a Date.
 * @param named what the schema names, each defined before it is used
 */
export function readAllWithIcebird (schema: object, datums: readonly Uint8Array[], named: readonly object[] = []): Array<Record<string, unknown>> {
  const known = new Map<string, unknown>()
  for (const definition of named) writtenOut(definition, '', known)
  const block = Buffer.concat(datums)
  const container = Buffer.concat([
    Buffer.from('Obj\x01', 'latin1'), long(2), text('avro.schema'), text(JSON.stringify(writtenOut(schema, '', known))), text('avro.codec'), text('null'), long(0), SYNC,
    long(datums.length), long(block.length), block, SYNC
  ])
  const reader = { view: new DataView(container.buffer, container.byteOffset, container.length), offset: 0 }
  const records = avroRead({ reader, ...avroMetadata(reader) })
  if (records.length !== datums.length) throw new Error(`icebird found ${records.length} records of ${datums.length}`)
  return records.map(record => Object.fromEntries(Object.entries(record).map(([name, value]) => [name, mapped(value)])))
}

export const readWithIcebird = (schema: object, datum: Uint8Array): Record<string, unknown> => readAllWithIcebird(schema, [datum])[0]!

/** What read-avro.py prints of a datum: longs as strings of digits. */
export interface FastavroAnswer { record: Record<string, unknown>, rest: number, fingerprint: string }

/** One datum by fastavro; undefined, with the test skipped, where there is none. */
export function readWithFastavro (t: TestContext, schemaFiles: readonly string[], datum: Uint8Array): FastavroAnswer | undefined {
  const python = process.env['CANDELA_PYTHON'] || 'python3'
  if (spawnSync(python, ['-c', 'import fastavro'], { timeout: 20_000 }).status !== 0) {
    t.skip(`${python} has no fastavro: name a Python that has it in CANDELA_PYTHON`)
    return undefined
  }
  const { stdout, stderr, status } = spawnSync(python, [join(import.meta.dirname, 'read-avro.py'), ...schemaFiles], { input: datum, timeout: 20_000 })
  if (status !== 0) throw new Error(`fastavro: ${stderr.toString()}`)
  return JSON.parse(stdout.toString()) as FastavroAnswer
}
