import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import avsc from 'avsc'
import { exactLong } from '../../../src/alert/avro/exact-long.ts'
import { readFrame } from '../../../src/alert/schemas/confluent.ts'
import { assembleSchema, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { alertSchema, alertType } from '../../../src/simulator/live/packet.ts'
import { createSky } from '../../../src/simulator/live/sky.ts'
import { brokerMessageSchema, type FastdbVersion } from '../../../src/stream/outputs/fastdb.ts'
import { output, type PublishedAlert } from '../../../src/stream/outputs/outputs.ts'
import type { AlertPacket } from '../../../src/stream/outputs/published.ts'
import { needs, sharedData } from '../../parts.ts'
import { readWithFastavro, readWithIcebird } from './avro-readers.ts'
import { classified, declined, duplicate, OBJECT, refused, settings } from './published-alerts.ts'

const encode = output('fastdb', settings)
const encode11 = output('fastdb-11.1', settings)
const jsonIn = (file: string): object => JSON.parse(readFileSync(file, 'utf8')) as object

/** The simulated sky's first alert with previous sources. */
function simulated (): AlertPacket {
  const sky = createSky({ seed: 3, activeObjects: 60 })
  for (let night = 0; ; night++) {
    for (const { bytes } of sky.night(night)) {
      const datum = Buffer.from(bytes).subarray(readFrame(Buffer.from(bytes)).position)
      if ((alertType.fromBuffer(datum) as { prvDiaSources: unknown[] | null }).prvDiaSources?.length) return { schema: alertSchema() as object, datum }
    }
  }
}

const packet = simulated()
const whole = readWithIcebird(packet.schema, packet.datum)
const read = (alert: PublishedAlert): Record<string, unknown> => readWithIcebird(brokerMessageSchema('10.0'), encode(alert)!.value)
const read11 = (alert: PublishedAlert): Record<string, unknown> => readWithIcebird(brokerMessageSchema('11.1'), encode11(alert)!.value)
const shippedSchema = (version: string): object => jsonIn(join(SHIPPED_SCHEMAS, version, 'alert.avsc'))
const typeOf = (schema: object): avsc.Type => avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: exactLong as unknown as avsc.Type } })

const added = {
  brokerName: 'Candela',
  classifierName: 'spcc',
  classifierVersion: '1.2',
  classifications: [{ classId: 2222, probability: 0.8312345147132874 }, { classId: 200, probability: 0.16876548528671265 }]
}

/** Rubin's records of version 10.0 and FASTDB's, each defined before it is used. */
function theirFiles (): string[] {
  const rubin = join(sharedData, 'schemas/lsst/10/0')
  const records = readdirSync(rubin).filter(file => !file.endsWith('.alert.avsc')).map(file => join(rubin, file))
  return [...records, join(sharedData, 'schemas/fastdb/fastdb.v10_0_0.BrokerMessage.avsc')]
}

test('the whole alert is passed on, with the classification behind it', () => {
  assert.deepEqual(read({ ...classified, packet }), { ...whole, ...added })
  assert.equal(encode({ ...classified, packet })?.key, OBJECT)
})

test('fastavro reads it with FASTDB\'s and Rubin\'s own schemas, to the last byte, ids exact', t => {
  if (!needs(t, 'shared-data')) return
  const { value } = encode({ ...classified, packet })!
  const answer = readWithFastavro(t, theirFiles(), value)
  if (!answer) return
  const { brokerName, classifierName, classifierVersion, classifications, diaSourceId } = answer.record
  assert.deepEqual({ brokerName, classifierName, classifierVersion, classifications }, added)
  assert.equal(diaSourceId, (whole['diaSourceId'] as bigint).toString())
  assert.equal(answer.rest, 0)
})

test('the schema is FASTDB\'s, to the last field, by canonical form', t => {
  if (!needs(t, 'shared-data')) return
  const definitions = new Map(theirFiles().map(jsonIn).map(schema => {
    const { namespace, name } = schema as { namespace: string, name: string }
    return [`${namespace}.${name}`, schema]
  }))
  const theirs = assembleSchema('fastdb.v10_0_0.BrokerMessage', definitions)
  assert.deepEqual(avsc.Type.forSchema(brokerMessageSchema('10.0') as avsc.Schema).schema(), avsc.Type.forSchema(theirs as avsc.Schema).schema())
})

test('declined alerts are NotClassified, a duplicate says what stands', () => {
  assert.deepEqual(read({ ...declined, packet })['classifications'], [{ classId: 300, probability: 1 }])
  assert.deepEqual(read({ ...duplicate, packet })['classifications'], added.classifications)
})

/** 11.x has some counts always that may be null in 10.0. */
const COUNTS = /Ndata$|^bboxSize$/

function withCounts (record: Record<string, unknown>): void {
  for (const [name, value] of Object.entries(record)) {
    if (value === null && COUNTS.test(name)) record[name] = 7
    for (const part of Array.isArray(value) ? value as unknown[] : [value]) {
      if (typeof part === 'object' && part !== null && !Buffer.isBuffer(part)) withCounts(part as Record<string, unknown>)
    }
  }
}

for (const version of ['11.0', '11.1']) {
  test(`an alert of schema ${version} gives the bytes that it would have given as 10.0`, () => {
    const schema = jsonIn(join(SHIPPED_SCHEMAS, version, 'alert.avsc'))
    const record = alertType.fromBuffer(packet.datum as Buffer) as Record<string, unknown>
    withCounts(record)
    const newer = avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: exactLong as unknown as avsc.Type } })
    const [of10, of11] = [{ schema: packet.schema, datum: alertType.toBuffer(record) }, { schema, datum: newer.toBuffer(record) }].map(packet => encode({ ...classified, packet })!.value)
    assert.deepEqual(of11, of10)
  })
}

test('Rubin\'s own sample packets of 10.0 to 11.1 are passed on', t => {
  if (!needs(t, 'shared-data')) return
  for (const version of ['10.0', '11.0', '11.1']) {
    const bytes = readFileSync(join(sharedData, `alerts/lsst/lsst.v${version.replace('.', '_')}.avro`))
    const sample = { schema: jsonIn(join(SHIPPED_SCHEMAS, version, 'alert.avsc')), datum: bytes.subarray(readFrame(bytes).position) }
    const { diaSourceId, classifications } = read({ ...classified, packet: sample })
    assert.equal(diaSourceId, readWithIcebird(sample.schema, sample.datum)['diaSourceId'])
    assert.deepEqual(classifications, added.classifications)
  }
})

for (const version of ['7.4', '8.0', '9.0']) {
  test(`alerts of schema ${version} have not all that FASTDB needs: no message`, () => {
    assert.equal(encode({ ...classified, packet: { schema: jsonIn(join(SHIPPED_SCHEMAS, version, 'alert.avsc')), datum: packet.datum } }), null)
  })
}

test('there is no message without Rubin\'s packet, nor of a dead letter, whose bytes may be damaged', () => {
  assert.equal(encode(classified), null)
  assert.equal(encode({ ...refused, packet }), null)
})

test('a packet of 11.1 that is cut off gives no message, and does not stop the next', () => {
  const schema = jsonIn(join(SHIPPED_SCHEMAS, '11.1', 'alert.avsc'))
  assert.equal(encode({ ...classified, packet: { schema, datum: packet.datum.subarray(0, 40) } }), null)
  assert.notEqual(encode({ ...classified, packet }), null)
})

const files: Readonly<Record<FastdbVersion, string>> = { '10.0': 'fastdb.v10_0_0.BrokerMessage.avsc', 11.1: 'fastdb.v11_1_0.BrokerMessage.avsc' }
for (const [version, file] of Object.entries(files) as Array<[FastdbVersion, string]>) {
  test(`schemas/${file} is the schema of the code`, () => {
    assert.deepEqual(jsonIn(fileURLToPath(new URL(`../../../schemas/${file}`, import.meta.url))), brokerMessageSchema(version), 'run npm run schemas')
  })
}

/** The simulated alert as Rubin's 11.1 would have it. */
function of11 (): AlertPacket {
  const schema = shippedSchema('11.1')
  const record = alertType.fromBuffer(packet.datum as Buffer) as Record<string, unknown>
  withCounts(record)
  Object.assign(record['diaSource'] as object, { exposureTime: 30, trailAlgorithm: 2, reliabilityVersion: 'v7' })
  return { schema, datum: typeOf(schema).toBuffer(record) }
}

test('11.1: an alert of 11.1 is passed on byte for byte, with the classification behind it', () => {
  const newer = of11()
  const { value, key } = encode11({ ...classified, packet: newer })!
  assert.equal(key, OBJECT)
  assert.deepEqual(value.subarray(0, newer.datum.length), Buffer.from(newer.datum))
  assert.deepEqual(read11({ ...classified, packet: newer }), { ...readWithIcebird(newer.schema, newer.datum), ...added })
  assert.deepEqual(read11({ ...declined, packet: newer })['classifications'], [{ classId: 300, probability: 1 }])
})

test('11.1: an alert of 10.0 has 0 where nothing was counted, and null where 10.0 has no such field', () => {
  type Read = Record<string, unknown> & { diaSource: Record<string, unknown>, prvDiaSources: Array<Record<string, unknown>> }
  const message = read11({ ...classified, packet }) as Read
  const { brokerName, classifierName, classifierVersion, classifications, ...alert } = message
  assert.deepEqual({ brokerName, classifierName, classifierVersion, classifications }, added)
  for (const source of [alert.diaSource, ...alert.prvDiaSources]) {
    for (const name of ['psfNdata', 'trailNdata', 'dipoleNdata', 'bboxSize']) {
      assert.equal(source[name], 0)
      delete source[name]
    }
    for (const name of ['exposureTime', 'trailAlgorithm', 'trail_flag', 'reliabilityVersion']) {
      assert.equal(source[name] ?? null, null)
      delete source[name]
    }
  }
  const before = structuredClone(whole) as Read
  for (const source of [before.diaSource, ...before.prvDiaSources]) for (const name of ['psfNdata', 'trailNdata', 'dipoleNdata', 'bboxSize']) delete source[name]
  assert.deepEqual(alert, before)
})

test('11.1: 11.0 is read as 11.1, versions before 10.0, cut packets and dead letters give no message', () => {
  const schema = shippedSchema('11.0')
  const record = alertType.fromBuffer(packet.datum as Buffer) as Record<string, unknown>
  withCounts(record)
  const { diaSource } = read11({ ...classified, packet: { schema, datum: typeOf(schema).toBuffer(record) } }) as { diaSource: Record<string, unknown> }
  assert.equal(diaSource['psfNdata'], 7)
  for (const version of ['7.4', '8.0', '9.0']) assert.equal(encode11({ ...classified, packet: { schema: shippedSchema(version), datum: packet.datum } }), null, version)
  assert.equal(encode11({ ...classified, packet: { schema, datum: packet.datum.subarray(0, 40) } }), null)
  assert.equal(encode11({ ...refused, packet }), null)
  assert.equal(encode11(classified), null)
})

test('11.1: Rubin\'s own sample packets of 10.0 to 11.1 are passed on, and fastavro reads them with Rubin\'s 11.1 records', t => {
  if (!needs(t, 'shared-data')) return
  const rubin = join(sharedData, 'schemas/lsst/11/1')
  const records = readdirSync(rubin).filter(file => !file.endsWith('.alert.avsc')).map(file => join(rubin, file))
  for (const version of ['10.0', '11.0', '11.1']) {
    const bytes = readFileSync(join(sharedData, `alerts/lsst/lsst.v${version.replace('.', '_')}.avro`))
    const sample = { schema: shippedSchema(version), datum: bytes.subarray(readFrame(bytes).position) }
    const theirs = readWithIcebird(sample.schema, sample.datum)
    const { diaSourceId, classifications } = read11({ ...classified, packet: sample })
    assert.equal(diaSourceId, theirs['diaSourceId'])
    assert.deepEqual(classifications, added.classifications)
    const answer = readWithFastavro(t, [...records, fileURLToPath(new URL('../../../schemas/fastdb.v11_1_0.BrokerMessage.avsc', import.meta.url))], encode11({ ...classified, packet: sample })!.value)
    if (!answer) return
    assert.deepEqual([String(answer.record['diaSourceId']), answer.rest], [String(diaSourceId), 0])
  }
})
