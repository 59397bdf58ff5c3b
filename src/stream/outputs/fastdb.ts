/**
 * FASTDB's BrokerMessage 10.0.0, a bare Avro datum: Rubin's alert of schema 10.0, whole, and behind it who classified it
 * and how. https://github.com/LSSTDESC/FASTDB/tree/main/share/avsc
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import avsc from 'avsc'
import { exactLong } from '../../alert/avro/exact-long.ts'
import { SHIPPED_SCHEMAS } from '../../alert/schema-source.ts'
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

const long = exactLong as unknown as avsc.Type

/** All longs are exact, timestamps too: none is refused for being large. */
const typeOf = (schema: object): avsc.Type => avsc.Type.forSchema(schema as avsc.Schema, {
  registry: { long },
  typeHook: schema => (schema as { type?: unknown }).type === 'long' ? long : undefined
})

/** Gives an alert as a datum of schema 10.0. */
type ToAlert10 = (datum: Uint8Array) => Uint8Array

/**
 * Versions that have all of 10.0 are brought to it (11.0 and 11.1 today); bytes of 10.0 itself are taken as they are.
 * @returns null where the packet's schema has not all that 10.0 needs, or is of another survey
 */
function toAlert10 (alert10: avsc.Type, schema: object): ToAlert10 | null {
  try {
    const writer = typeOf(schema)
    const canonical = (type: avsc.Type): string => JSON.stringify(type.schema())
    if (canonical(writer) === canonical(alert10)) return datum => datum
    const resolver = alert10.createResolver(writer, { ignoreNamespaces: true } as Parameters<avsc.Type['createResolver']>[1])
    return datum => alert10.toBuffer(alert10.fromBuffer(Buffer.from(datum), resolver))
  } catch {
    return null
  }
}

export function brokerMessage ({ brokerName, model }: Publisher): Encoder {
  const alert10 = typeOf(alertSchema())
  const addedType = typeOf({ type: 'record', name: 'added', fields: added })
  const converters = new WeakMap<object, { convert: ToAlert10 | null }>()
  /** Null too where the datum is damaged in a column that nothing else of Candela reads. */
  function converted ({ schema, datum }: AlertPacket): Uint8Array | null {
    const known = converters.get(schema) ?? { convert: toAlert10(alert10, schema) }
    converters.set(schema, known)
    try {
      return known.convert?.(datum) ?? null
    } catch {
      return null
    }
  }
  return alert => {
    const { outcome: { outcome }, packet } = alert
    // The bytes of a dead letter may be damaged.
    const packet10 = packet === null || outcome === 'dead-lettered' ? null : converted(packet)
    if (packet10 === null) return null
    const classified = addedType.toBuffer({
      brokerName, classifierName: model.name, classifierVersion: model.version, classifications: classProbabilities(alert)
    })
    return { key: keyOf(alert), value: Buffer.concat([packet10, classified]), headers: headersOf('avro/binary', alert) }
  }
}
