/**
 * FASTDB's BrokerMessage 10.0.0, a bare Avro datum: Rubin's alert of schema 10.0, whole, and behind it who classified it
 * and how. https://github.com/LSSTDESC/FASTDB/tree/main/share/avsc
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

interface RecordSchema { type: 'record', name: string, namespace?: string, fields: ReadonlyArray<{ name: string, type: unknown }> }

/** Types of the alert keep the names of Rubin's namespace. */
export function brokerMessageSchema (): RecordSchema {
  const { namespace, fields } = alertSchema()
  return {
    type: 'record',
    name: 'BrokerMessage',
    namespace: 'fastdb.v10_0_0',
    fields: [...fields.map(field => ({ ...field, type: withNamespace(field.type, namespace!) })), ...added]
  }
}

const alertSchema = (): RecordSchema => JSON.parse(readFileSync(join(SHIPPED_SCHEMAS, '10.0', 'alert.avsc'), 'utf8')) as RecordSchema

const PRIMITIVES = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'])

/** Names inside a schema get the namespace that was around them. */
function withNamespace (schema: unknown, namespace: string): unknown {
  if (typeof schema === 'string') return PRIMITIVES.has(schema) || schema.includes('.') ? schema : `${namespace}.${schema}`
  if (Array.isArray(schema)) return schema.map(branch => withNamespace(branch, namespace))
  const node = schema as { type: string, items?: unknown }
  if (node.type === 'record') return { ...node, namespace }
  return node.type === 'array' ? { ...node, items: withNamespace(node.items, namespace) } : node
}

/**
 * Alerts as bytes of schema 10.0: those of 10.0 as they came, those of versions that have all of it (11.0 and 11.1 today)
 * by Avro's resolution; null for others.
 */
function toAlert10 (): (packet: AlertPacket) => Uint8Array | null {
  const alert10 = exactType(alertSchema())
  const fingerprint10 = fingerprint(alertSchema())
  const is10 = new WeakMap<object, boolean>()
  const read = packetReader<object>(() => alert10)
  return packet => {
    const { schema, datum } = packet
    let same = is10.get(schema)
    if (same === undefined) is10.set(schema, same = fingerprint(schema) === fingerprint10)
    if (same) return datum
    const record = read(packet)
    return record && alert10.toBuffer(record)
  }
}

export function brokerMessage ({ brokerName, model }: Publisher): Encoder {
  const addedType = avsc.Type.forSchema({ type: 'record', name: 'added', fields: added } as unknown as avsc.Schema)
  const packet10 = toAlert10()
  return alert => {
    const { outcome: { outcome }, packet } = alert
    // The bytes of a dead letter may be damaged.
    const datum = packet === null || outcome === 'dead-lettered' ? null : packet10(packet)
    if (datum === null) return null
    const classified = addedType.toBuffer({
      brokerName, classifierName: model.name, classifierVersion: model.version, classifications: classProbabilities(alert)
    })
    return { key: keyOf(alert), value: Buffer.concat([datum, classified]), headers: headersOf('avro/binary', alert) }
  }
}
