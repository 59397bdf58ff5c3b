/**
 * FASTDB's BrokerMessage 10.0.0 and 11.1.0, a bare Avro datum: Rubin's alert of schema 10.0 or 11.1, whole, and behind it
 * who classified it and how. https://github.com/LSSTDESC/FASTDB/tree/main/share/avsc
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import avsc from 'avsc'
import { fingerprint } from '../../alert/avro/writer-type.ts'
import { SHIPPED_SCHEMAS } from '../../alert/schemas/source.ts'
import { exactType, packetReader } from './packet.ts'
import { headersOf, keyOf, type AlertPacket, type Encoder, type Publisher } from './published.ts'
import { classificationsSchema, classProbabilities } from './taxonomy.ts'

const added = [
  { name: 'brokerName', type: 'string' },
  { name: 'classifierName', type: 'string' },
  { name: 'classifierVersion', type: 'string' },
  { name: 'classifications', type: classificationsSchema }
]

/** The version of Rubin's schema that the message carries. */
export type FastdbVersion = '10.0' | '11.1'

/** FASTDB's own file of 11.1.0 has the namespace of 10.0.0 still; a bare datum carries none. */
const NAMESPACES: Readonly<Record<FastdbVersion, string>> = { '10.0': 'fastdb.v10_0_0', 11.1: 'fastdb.v11_1_0' }

interface Field { name: string, type: unknown }
interface RecordSchema { type: 'record', name: string, namespace?: string, fields: readonly Field[] }

/** Types of the alert keep the names of Rubin's namespace. */
export function brokerMessageSchema (version: FastdbVersion): RecordSchema {
  const { namespace, fields } = alertSchema(version)
  return {
    type: 'record',
    name: 'BrokerMessage',
    namespace: NAMESPACES[version],
    fields: [...fields.map(field => ({ ...field, type: withNamespace(field.type, namespace!) })), ...added]
  }
}

const alertSchema = (version: FastdbVersion): RecordSchema => JSON.parse(readFileSync(join(SHIPPED_SCHEMAS, version, 'alert.avsc'), 'utf8')) as RecordSchema

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])

/** Names inside a schema get the namespace that was around them. */
function withNamespace (schema: unknown, namespace: string): unknown {
  if (typeof schema === 'string') return PRIMITIVES.has(schema) || schema.includes('.') ? schema : `${namespace}.${schema}`
  if (Array.isArray(schema)) return schema.map(branch => withNamespace(branch, namespace))
  const node = schema as { type: string, items?: unknown }
  if (node.type === 'record') return { ...node, namespace }
  return node.type === 'array' ? { ...node, items: withNamespace(node.items, namespace) } : node
}

/** Numbers of pixels and points that 10.0 may leave out and 11.0 and later always have. */
const COUNT = /Ndata$|^bboxSize$/
const isCount = ({ name, type }: Field): boolean => COUNT.test(name) && type === 'int'

/** A schema whose counts may be absent, so that alerts of 10.0 can be read as those of 11.1. */
const withOptionalCounts = (schema: object): object => JSON.parse(JSON.stringify(schema), (_key, value: unknown) =>
  typeof value === 'object' && value !== null && 'name' in value && isCount(value as Field) ? { ...value, type: ['null', 'int'], default: null } : value) as object

/** What was not counted is 0. */
function fillCounts (record: object): void {
  for (const [name, value] of Object.entries(record)) {
    if (value === null && COUNT.test(name)) (record as Record<string, unknown>)[name] = 0
    for (const part of Array.isArray(value) ? value as unknown[] : [value]) {
      if (typeof part === 'object' && part !== null && !ArrayBuffer.isView(part)) fillCounts(part)
    }
  }
}

/**
 * Alerts as bytes of one schema: those of this schema as they came, those of versions that have all of it (10.0 to 11.1
 * today, but for the counts) by Avro's resolution; null for others.
 */
function toVersion (version: FastdbVersion): (packet: AlertPacket) => Uint8Array | null {
  const schema = alertSchema(version)
  const written = exactType(schema)
  const ours = fingerprint(schema)
  const isOurs = new WeakMap<object, boolean>()
  const lenient = exactType(withOptionalCounts(schema))
  const counts = JSON.stringify(withOptionalCounts(schema)) !== JSON.stringify(schema)
  const read = packetReader<object>(() => lenient)
  return packet => {
    let same = isOurs.get(packet.schema)
    if (same === undefined) isOurs.set(packet.schema, same = fingerprint(packet.schema) === ours)
    if (same) return packet.datum
    const record = read(packet)
    if (record === null) return null
    if (counts) fillCounts(record)
    return written.toBuffer(record)
  }
}

export const brokerMessage = (version: FastdbVersion) => ({ brokerName, model }: Publisher): Encoder => {
  const addedType = avsc.Type.forSchema({ type: 'record', name: 'added', fields: added } as unknown as avsc.Schema)
  const alertOf = toVersion(version)
  return alert => {
    const { outcome: { outcome }, packet } = alert
    // The bytes of a dead letter may be damaged.
    const datum = packet === null || outcome === 'dead-lettered' ? null : alertOf(packet)
    if (datum === null) return null
    const classified = addedType.toBuffer({
      brokerName, classifierName: model.name, classifierVersion: model.version, classifications: classProbabilities(alert, model.classes)
    })
    return { key: keyOf(alert), value: Buffer.concat([datum, classified]), headers: headersOf('avro/binary', alert) }
  }
}
