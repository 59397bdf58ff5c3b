/**
 * How fast the same alert is decoded in the forms in which brokers pass it on, against Rubin's own packet: 100 previous
 * sources, without cut-outs. ZTF's is another alert with 100 previous candidates.
 */
import { decodeMessage, type DecodeOptions } from '../src/alert/decode.ts'
import { readFrame, writeFrame } from '../src/alert/schemas/confluent.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../src/alert/schemas/source.ts'
import { brokerRecord, FORMS, type Form } from '../src/simulator/broker-forms/forms.ts'
import { alertType, SCHEMA_ID } from '../src/simulator/live/packet.ts'
import { createSky } from '../src/simulator/live/sky.ts'
import { finkRecord, finkZtfAlert, finkZtfSchema } from '../test/fixtures/fink-packets.ts'
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

const framed = Buffer.concat([writeFrame(SCHEMA_ID), alertType.toBuffer(packet)])

/** A record of the form, as ingest hands it over. */
function inForm (form: Form): readonly [name: string, bytes: Buffer, options: Partial<DecodeOptions>] {
  const { key, headers, value } = brokerRecord({ bytes: framed, diaObjectId: String((packet['diaObject'] as Fields)['diaObjectId']) }, form)
  return [form, value, { given: { carrier: { topic: form, key, headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])) } } }]
}

const finkZtf = finkRecord(finkZtfSchema(), finkZtfAlert({ prv_candidates: Array.from({ length: PREVIOUS }, (_, k) => ztfSource({ jd: 2459000.5 - k - 1, pid: BigInt(k), candid: BigInt(k + 1) })) }))
const RECORDS: ReadonlyArray<readonly [name: string, bytes: Buffer, options?: Partial<DecodeOptions>]> = [
  ...FORMS.filter(form => form !== 'rubin' && form !== 'lasair-plain').map(inForm),
  ['fink, ZTF', finkZtf.value, { given: { carrier: finkZtf.carrier } }],
  ['pittgoogle, pushed', Buffer.from(JSON.stringify({ message: { data: framed.toString('base64'), attributes: {} }, subscription: 's' }))]
]

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const contestant = (name: string, bytes: Buffer, options: Partial<DecodeOptions> = {}): Contestant =>
  ({ name, run: async () => { for (let k = 0; k < ALERTS; k++) await decodeMessage(bytes, { schemas, ...options }) } })

for (const [name, bytes, options] of RECORDS) {
  const [measured, rubin] = await inAlternation([contestant(name, bytes, options), contestant('Rubin', framed)], ROUNDS) as [Measured, Measured]
  console.log(`  ${name}: ${(ALERTS / median(measured.times) * 1000).toFixed(0)} alerts/s of ${(bytes.length / 1000).toFixed(0)} KB a core; Rubin's ${(ALERTS / median(rubin.times) * 1000).toFixed(0)} of ${(framed.length / 1000).toFixed(0)} KB`)
  compare(`${ALERTS} alerts with ${PREVIOUS} previous points in the form of ${name}, decoded, against Rubin's`, [measured, rubin], {})
}
