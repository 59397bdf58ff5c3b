/**
 * How fast the same alert is decoded in the forms in which brokers pass it on, against Rubin's own packet: 100 previous
 * sources, without cut-outs. ZTF's is another alert with 100 previous candidates.
 */
import { decodeMessage, type DecodeOptions } from '../src/alert/decode.ts'
import { readFrame, writeFrame } from '../src/alert/schemas/confluent.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../src/alert/schemas/source.ts'
import { alertSchema, alertType, SCHEMA_ID } from '../src/simulator/packet.ts'
import { createSky } from '../src/simulator/sky.ts'
import { writerOf } from '../test/fixtures/alert-packets.ts'
import { FINK_NOTHING, finkFields, finkRecord, finkZtfAlert, finkZtfSchema } from '../test/fixtures/fink-packets.ts'
import { ztfSource } from '../test/fixtures/ztf-packets.ts'
import { BRIEF, compare, inAlternation, median, type Contestant, type Measured } from './comparison.ts'

const ROUNDS = BRIEF ? 15 : 40
const PREVIOUS = 100
const ALERTS = 40

type Fields = Record<string, unknown>

const sky = createSky({ seed: 1 })
let night = 0
while (sky.night(night).length === 0) night++
const first = Buffer.from(sky.night(night)[0]!.bytes)
const packet = { ...alertType.fromBuffer(first.subarray(readFrame(first).position)) as Fields }
const source = packet['diaSource'] as Fields & { diaSourceId: bigint, visit: bigint, midpointMjdTai: number }
packet['prvDiaSources'] = Array.from({ length: PREVIOUS }, (_, k) => ({
  ...source, diaSourceId: source.diaSourceId - BigInt(k + 1), visit: source.visit - BigInt(k + 1), midpointMjdTai: source.midpointMjdTai - k - 1
}))

/** As Python writes them: ids as numbers. */
const json = (value: unknown): Buffer =>
  Buffer.from(JSON.stringify(value, (_, field: unknown) => typeof field === 'bigint' ? `#${field}` : Buffer.isBuffer(field) ? field.toString('base64') : field).replaceAll(/"#(\d+)"/g, '$1'))

const LITE = ['diaSourceId', 'midpointMjdTai', 'ra', 'raErr', 'dec', 'decErr', 'psfFlux', 'psfFluxErr', 'band']
const liteSource = (fields: Fields): Fields => Object.fromEntries(LITE.map(name => [name, fields[name]]))
const lite = { ...packet, diaSource: liteSource(source), prvDiaSources: (packet['prvDiaSources'] as Fields[]).map(liteSource) }

const schema = alertSchema() as { fields: Array<{ name: string }> }
const fink = finkRecord({ ...schema, fields: [...schema.fields.filter(({ name }) => !(name in FINK_NOTHING)), ...finkFields] }, { ...packet, ...FINK_NOTHING })
const finkZtf = finkRecord(finkZtfSchema(), finkZtfAlert({ prv_candidates: Array.from({ length: PREVIOUS }, (_, k) => ztfSource({ jd: 2459000.5 - k - 1, pid: BigInt(k), candid: BigInt(k + 1) })) }))

const framed = Buffer.concat([writeFrame(SCHEMA_ID), writerOf(schema).toBuffer(packet)])
const FORMS: ReadonlyArray<readonly [name: string, bytes: Buffer, options?: Partial<DecodeOptions>]> = [
  ['Fink, LSST', fink.value, { given: { carrier: fink.carrier } }],
  ['Fink, ZTF', finkZtf.value, { given: { carrier: finkZtf.carrier } }],
  ['Pitt-Google, lite', json({ alert_lite: lite })],
  ['Pitt-Google, whole in JSON', json(packet)],
  ['Pitt-Google, pushed', json({ message: { data: framed.toString('base64'), attributes: {} }, subscription: 's' })]
]

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const contestant = (name: string, bytes: Buffer, options: Partial<DecodeOptions> = {}): Contestant =>
  ({ name, run: async () => { for (let k = 0; k < ALERTS; k++) await decodeMessage(bytes, { schemas, ...options }) } })

for (const [name, bytes, options] of FORMS) {
  const [measured, rubin] = await inAlternation([contestant(name, bytes, options), contestant('Rubin', framed)], ROUNDS) as [Measured, Measured]
  console.log(`  ${name}: ${(ALERTS / median(measured.times) * 1000).toFixed(0)} alerts/s of ${(bytes.length / 1000).toFixed(0)} KB a core; Rubin's ${(ALERTS / median(rubin.times) * 1000).toFixed(0)} of ${(framed.length / 1000).toFixed(0)} KB`)
  compare(`${ALERTS} alerts with ${PREVIOUS} previous points in the form of ${name}, decoded, against Rubin's`, [measured, rubin], {})
}
