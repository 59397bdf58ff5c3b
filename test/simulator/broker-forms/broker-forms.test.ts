import avsc from 'avsc'
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { exactLong } from '../../../src/alert/avro/exact-long.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { brokerRecord, FORMS } from '../../../src/simulator/broker-forms/forms.ts'
import { rubinAlert, type RubinAlert } from '../../../src/simulator/broker-forms/rubin-alert.ts'
import { createSky, type SimulatedAlert } from '../../../src/simulator/live/sky.ts'

const typeOf = (schema: unknown): avsc.Type => avsc.Type.forSchema(schema as avsc.Schema, { registry: { long: exactLong as unknown as avsc.Type } })
const sky = createSky({ seed: 4, activeObjects: 40 })
const alerts = Array.from({ length: 4 }, (_, night) => sky.night(night)).flat()
const historyOf = ({ bytes }: SimulatedAlert): number => rubinAlert(bytes).prvDiaSources?.length ?? 0
/** With the longest history. */
const alert = alerts.toSorted((a, b) => historyOf(b) - historyOf(a))[0]!
const fresh = alerts.find(({ bytes }) => rubinAlert(bytes).prvDiaSources === null)!
const rubin = rubinAlert(alert.bytes)

/** A point as a form tells it: time [d, MJD TAI], band, flux and error [nJy]. */
type Point = [number, string, number, number]
const pointOf = ({ midpointMjdTai, band, psfFlux, psfFluxErr }: Record<string, unknown>): Point =>
  [midpointMjdTai as number, band as string, psfFlux as number, psfFluxErr as number]
const inTime = (points: Point[]): Point[] => points.toSorted((a, b) => a[0] - b[0] || a[1].localeCompare(b[1]))
const detections = ({ prvDiaSources, diaSource }: RubinAlert): Point[] => inTime([...prvDiaSources ?? [], diaSource].map(pointOf))
const forced = ({ prvDiaForcedSources }: RubinAlert): Point[] => inTime((prvDiaForcedSources ?? []).map(pointOf))

function assertSame (points: Point[], expected: Point[]): void {
  assert.equal(points.length, expected.length)
  inTime(points).forEach(([time, ...rest], place) => {
    assert.ok(Math.abs(time - expected[place]![0]) < 1e-8, `${time} for ${expected[place]![0]}`)
    assert.deepEqual(rest, expected[place]!.slice(1))
  })
}

async function readContainer<T> (bytes: Buffer): Promise<T> {
  const decoder = new avsc.streams.BlockDecoder({ parseHook: typeOf })
  const records = await Readable.from([bytes]).pipe(decoder).toArray() as T[]
  assert.equal(records.length, 1)
  return records[0]!
}

type Fields = Record<string, unknown>
interface LasairRead { alert: { diaSourcesList: Fields[], diaForcedSourcesList: Fields[] }, UTC: string }
interface BabamulPoint { jd: number, band: string, psfFlux: number, psfFluxErr: number }
interface BabamulRead { candid: bigint, objectId: string, candidate: { jd: number }, prv_candidates: BabamulPoint[], fp_hists: BabamulPoint[] }
interface AmpelPoint { id: bigint, source: string, time: number, flux: number, fluxerr: number, band: string }
interface AmpelRead { object: { id: bigint }, photometry: AmpelPoint[] }

/** JSON whose bare NaN is taken for null. */
const readLasair = (value: Buffer): LasairRead => JSON.parse(value.toString().replace(/(: )NaN\b/g, '$1null')) as LasairRead

test('Fink: the key is the whole writer\'s schema, the value a bare datum whose first byte is a union index', () => {
  const { key, value, headers } = brokerRecord(alert, 'fink')
  assert.deepEqual(headers, {})
  assert.ok(key!.length > 40_000, `${key!.length} bytes`)
  const schema = JSON.parse(key!.toString()) as { fields: Array<{ name: string, type: unknown }> }
  assert.deepEqual(schema.fields[0], { name: 'diaSourceId', type: ['long', 'null'] })
  assert.equal(value[0], 0)
  const read = typeOf(schema).fromBuffer(value) as RubinAlert & { ssSource: unknown, xm: Fields }
  assert.equal(read.diaSource.diaSourceId.toString(), alert.diaSourceId)
  assert.equal(read.diaObject.diaObjectId.toString(), alert.diaObjectId)
  assertSame(detections(read), detections(rubin))
  assertSame(forced(read), forced(rubin))
  // Absent records are records of nulls.
  assert.equal((read.ssSource as unknown as Fields)['ssObjectId'], null)
  assert.equal(read.xm['simbad_otype'], 'Fail')
  assert.strictEqual(brokerRecord(fresh, 'fink').key, key, 'one key for all records')
})

test('Lasair: full, newest first, decl for dec, a bare NaN; lite without ids; plain without a light curve', async () => {
  const { key, value } = brokerRecord(alert, 'lasair')
  assert.equal(key, null)
  const text = value.toString()
  assert.match(text, /"psfLnL": NaN, /)
  assert.match(text, new RegExp(`^{"diaObjectId": ${alert.diaObjectId}, "ra": `))
  assert.match(text, new RegExp(`"diaSourceId": ${alert.diaSourceId}, `))
  const { alert: full } = readLasair(value)
  assert.equal(full.diaSourcesList[0]!['midpointMjdTai'], alert.midpointMjdTai)
  assert.equal(full.diaSourcesList[0]!['decl'], rubin.diaSource.dec)
  assert.equal(full.diaSourcesList[0]!['dec'], undefined)
  assertSame(full.diaSourcesList.map(pointOf), detections(rubin))
  assertSame(full.diaForcedSourcesList.map(pointOf), forced(rubin))
  const { alert: lite, ...columns } = readLasair(brokerRecord(alert, 'lasair-lite').value)
  assert.deepEqual(Object.keys(lite.diaSourcesList[0]!), ['psfFlux', 'psfFluxErr', 'midpointMjdTai', 'band', 'reliability'])
  assertSame(lite.diaForcedSourcesList.map(pointOf), forced(rubin))
  assert.match(columns.UTC, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  assert.deepEqual(readLasair(brokerRecord(alert, 'lasair-plain').value), columns)
  const options = { schemas: schemaFolders(SHIPPED_SCHEMAS) }
  const [read, direct] = [await decodeAlert(value, options), await decodeAlert(alert.bytes, options)]
  assert.deepEqual(read.points.map(({ visit }) => visit).toSorted(), direct.points.map(({ visit }) => visit).toSorted(), 'as Candela reads Rubin\'s own')
})

test('Babamul: a container of one record; JD UTC of the middle; the history has the alert\'s own point', async () => {
  const { key, value } = brokerRecord(alert, 'babamul')
  assert.equal(key, null)
  assert.equal(value.subarray(0, 4).toString('latin1'), 'Obj\x01')
  const read = await readContainer<BabamulRead>(value)
  assert.equal(read.candid.toString(), alert.diaSourceId)
  assert.equal(read.objectId, alert.diaObjectId)
  const tai = ({ jd, band, psfFlux, psfFluxErr }: BabamulPoint): Point => [jd - 2400000.5 + 37 / 86400, band, psfFlux, psfFluxErr]
  assertSame(read.prv_candidates.map(tai), detections(rubin))
  assertSame(read.fp_hists.map(tai), forced(rubin))
  assert.ok(read.prv_candidates.some(({ jd }) => jd === read.candidate.jd))
  assert.equal((await readContainer<BabamulRead>(brokerRecord(fresh, 'babamul').value)).prv_candidates.length, 1)
})

test('Pitt-Google: Rubin\'s bytes, JSON, and lite, with attributes as text', () => {
  const { value, headers } = brokerRecord(alert, 'pittgoogle')
  assert.deepEqual(value, Buffer.from(alert.bytes))
  assert.equal(value.readUInt32BE(1), 1000)
  assert.equal(headers['diaObject_diaObjectId'], alert.diaObjectId)
  assert.equal(headers['n_previous_detections'], `${historyOf(alert)}`)
  const json = brokerRecord(alert, 'pittgoogle-json')
  assert.match(json.value.toString(), new RegExp(`"diaSourceId": ${alert.diaSourceId}, `))
  const read = JSON.parse(json.value.toString()) as RubinAlert
  assertSame(detections(read), detections(rubin))
  assertSame(forced(read), forced(rubin))
  const { alert_lite: lite } = JSON.parse(brokerRecord(alert, 'pittgoogle-lite').value.toString()) as { alert_lite: RubinAlert }
  assertSame(detections(lite), detections(rubin))
  assertSame(forced(lite), forced(rubin))
  assert.equal(lite.diaSource['reliability'], undefined)
})

test('AMPEL: hop\'s headers, JD TAI, one point per exposure, the forced one where there are both', async () => {
  const { value, headers } = brokerRecord(alert, 'ampel')
  assert.equal((headers['_id'] as Buffer).length, 16)
  assert.equal(headers['_format'], 'avro')
  const { object, photometry: points } = await readContainer<AmpelRead>(value)
  assert.equal(object.id.toString(), alert.diaObjectId)
  const tai = ({ time, band, flux, fluxerr }: AmpelPoint): Point => [time - 2400000.5, band.slice('lsst'.length), flux, fluxerr]
  assertSame(points.filter(({ source }) => source === 'LSST_FP').map(tai), forced(rubin))
  const measured = new Set(rubin.prvDiaForcedSources!.map(({ visit }) => visit))
  const others = [...rubin.prvDiaSources!, rubin.diaSource].filter(({ visit }) => !measured.has(visit))
  assertSame(points.filter(({ source }) => source === 'LSST_DP').map(tai), inTime(others.map(pointOf)))
  assert.equal(points.find(({ source }) => source === 'LSST_DP')!.id.toString(), others[0]!.diaSourceId.toString())
})

test('the same alert gives the same record in every form, an alert without history too', () => {
  for (const form of FORMS) {
    for (const one of [alert, fresh]) assert.deepEqual(brokerRecord(one, form), brokerRecord(one, form), form)
  }
  assert.deepEqual(brokerRecord(alert, 'rubin'), { key: Buffer.from(alert.diaObjectId), headers: {}, value: Buffer.from(alert.bytes) })
})
