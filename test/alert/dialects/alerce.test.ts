import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { AnnouncementError, type Announcement } from '../../../src/alert/announcement.ts'
import { refuseLargeSchema } from '../../../src/alert/avro/bounded-schema.ts'
import { tolerantSchema } from '../../../src/alert/avro/tolerant-schema.ts'
import { readHeader } from '../../../src/alert/avro/container.ts'
import { writerType } from '../../../src/alert/avro/writer-type.ts'
import { decodeFile, decodeMessage, type DecodedAlert } from '../../../src/alert/decode.ts'
import type { Given } from '../../../src/alert/given.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { CandelaError } from '../../../src/errors.ts'
import { alerceLsstDetection, alerceZtfDetection, lateClassification } from '../../fixtures/announcement-packets.ts'

const schemas = schemaFolders(SHIPPED_SCHEMAS)

async function announced (bytes: Buffer): Promise<Announcement> {
  const error: unknown = await decodeMessage(bytes, { schemas }).catch((error: unknown) => error)
  assert.ok(error instanceof AnnouncementError, String(error))
  return error.announcement
}

async function decoded (document: unknown, given: Given = {}): Promise<DecodedAlert[]> {
  const found: DecodedAlert[] = []
  for await (const one of decodeFile(Buffer.from(JSON.stringify(document)), { schemas, given })) found.push(one)
  return found
}

async function alertsOf (document: unknown, given: Given = {}): Promise<Alert[]> {
  return (await decoded(document, given)).map(one => 'alert' in one ? one.alert : assert.fail(String(one.error)))
}

const answer = (detections: unknown[], more: object = {}): object => ({ detections, non_detections: [], forced_photometry: [], ...more })

test('a record whose schema is not legal Avro is read: names with other characters, a union of two maps', async () => {
  const { id, survey, probabilities, diaSourceId } = await announced(lateClassification('ZTF20test'))
  assert.deepEqual({ id, survey, probabilities, diaSourceId }, { id: 'ZTF20test', survey: 'ZTF', probabilities: { SNIa: 0.5, 'CV/Nova': 0.25 }, diaSourceId: null })
  assert.equal((await announced(lateClassification('314002971860926640'))).survey, 'LSST')
  const finite = await announced(lateClassification('ZTF20test', { SNIa: NaN, AGN: 0.25 }))
  assert.deepEqual(finite.probabilities, { AGN: 0.25 })
})

test('a record that is cut, or names nothing, has its own error code', async () => {
  const whole = lateClassification('ZTF20test')
  for (const length of [20, 200, whole.length - 60, whole.length - 20]) {
    await assert.rejects(decodeMessage(whole.subarray(0, length), { schemas }), (error: unknown) => error instanceof CandelaError && /^container-/.test(error.code), `${length} bytes`)
  }
  await assert.rejects(decodeMessage(lateClassification(''), { schemas }), { code: 'alert-incomplete' })
  const block = whole.subarray(readHeader(whole).bytes.length)
  await assert.rejects(decodeMessage(Buffer.concat([whole, block]), { schemas }), { code: 'alert-not-single' })
})

test('a schema that is not legal becomes one with the same bytes, and what is no schema stays none', () => {
  const map = (values: unknown): object => ({ type: 'map', values })
  const schema = { type: 'record', name: 'a-b.c/d', fields: [{ name: 'x-y', type: [map('int'), map('string'), map('float')] }, { name: 'x_y', type: 'int' }, { name: 'x+y', type: ['null', 'a-b.c/d'] }, { name: '1', type: { type: 'enum', name: 'e', symbols: ['a', 'b/c', 'b_c'] } }] }
  const type = writerType(schema)
  assert.deepEqual((type as unknown as { fields: Array<{ name: string }> }).fields.map(({ name }) => name), ['x_y_2', 'x_y', 'x_y_3', '_1'])
  // A union's branch 2, one entry 'k', a float; then 7, no record, symbol 1.
  const bytes = Buffer.from([4, 2, 2, 0x6b, 0, 0, 0x80, 0x3f, 0, 14, 0, 2])
  assert.deepEqual(JSON.parse(JSON.stringify(type.fromBuffer(bytes))), { x_y_2: { 'a_b.map_of_union_2': { value: { k: 1 } } }, x_y: 7, x_y_3: null, _1: 'b_c_2' })
  for (const wrong of [{ type: 'record', name: 'a' }, { type: 'nothing' }, { type: 'record', name: 'a/b', fields: [{ name: 'x', type: 'unknown' }] }]) {
    assert.throws(() => writerType(wrong), { code: 'schema-invalid' })
  }
  const legal = { type: 'record', name: 'n.r', fields: [{ name: 'a', type: ['null', { type: 'array', items: 'n.r' }], doc: 'd' }] }
  assert.deepEqual(tolerantSchema(legal), legal)
})

test('the bounds of schemas hold for those that are not legal', () => {
  const many = { type: 'record', name: 'r', fields: [{ name: 'u', type: Array.from({ length: 2000 }, () => ({ type: 'map', values: 'int' })) }] }
  assert.doesNotThrow(() => refuseLargeSchema(many))
  assert.throws(() => writerType(many), { code: 'schema-too-large' })
})

test('ZTF: signs as 1, -1 and booleans, the difference magnitude without the reference, fillers are no fluxes', async () => {
  const signs = [1, -1, true, false, 't', null]
  const [alert] = await alertsOf(answer(signs.map((isdiffpos, k) => alerceZtfDetection({ isdiffpos, candid: `${k}`, mjd: 59400 + k }))))
  const flux = 10 ** (0.4 * (31.4 - 18.5))
  assert.deepEqual(alert!.points.map(({ psfFlux }) => Math.round(psfFlux / flux)).sort(), [-1, -1, 1, 1, 1])
  assert.deepEqual(alert!.omitted, [{ diaSourceId: '5', reason: 'flux-missing' }])
  const [filled] = await alertsOf(answer([alerceZtfDetection(), alerceZtfDetection({ candid: '2', mjd: 59399, mag: 100, e_mag: 100 })]))
  assert.deepEqual(filled!.omitted.map(({ diaSourceId }) => diaSourceId), ['2'])
})

test('ZTF: a limit goes where forced photometry of its exposure is there', async () => {
  const limits = [{ mjd: 59390.1, fid: 2, diffmaglim: 20.4 }, { mjd: 59391.1, fid: 2, diffmaglim: 20.4 }]
  const forced = alerceZtfDetection({ candid: 'ZTF20test78', mjd: 59390.1, pid: 78, mag: 20, isdiffpos: -1, extra_fields: { procstatus: '0' } })
  const bad = alerceZtfDetection({ candid: 'ZTF20test79', mjd: 59392.1, pid: 79, extra_fields: { procstatus: '56,57' } })
  const [alert] = await alertsOf(answer([alerceZtfDetection()], { non_detections: limits, forced_photometry: [forced, bad] }))
  assert.deepEqual(alert!.points.filter(({ kind }) => kind === 'forced').map(({ midpointMjdTai, psfFlux }) => [Math.floor(midpointMjdTai), Math.sign(psfFlux)]), [[59390, -1], [59391, 0]])
  assert.deepEqual(alert!.omitted.map(({ reason }) => reason), ['quality-flags'])
})

test('ZTF, version 1: the object is the one that is given; else its id is made of its first detection, and stays', async () => {
  const unnamed = (k: number): object => alerceZtfDetection({ oid: undefined, candid: `${1000 + k}`, mjd: 59400 + k })
  assert.equal((await alertsOf(answer([unnamed(1), unnamed(0)]), { object: 'ZTF20given' }))[0]!.diaObjectId, 'ZTF20given')
  const ids = await Promise.all([[0, 1], [2, 0, 1]].map(async days => (await alertsOf(answer(days.map(unnamed))))[0]!.diaObjectId))
  assert.deepEqual(ids, ['alerce-1000', 'alerce-1000'])
})

test('LSST: bands by number, ids beyond 2^53, fillers for null dropped, context of the newest detection', async () => {
  const missing = alerceLsstDetection({ measurement_id: '8', mjd: 61099, psfFlux: 0, psfFluxErr: 0, timeProcessedMjdTai: -1 })
  const mapped = alerceLsstDetection({ measurement_id: '9', mjd: 61098, band: 1, band_map: { 1: 'z' } })
  const forced = { ...alerceLsstDetection({ measurement_id: '10', mjd: 61097, band: 5 }), has_stamp: undefined }
  const [alert] = await alertsOf(answer([missing, alerceLsstDetection(), mapped], { forced_photometry: [forced] }))
  assert.deepEqual([alert!.diaObjectId, alert!.diaSourceId, alert!.midpointMjdTai, alert!.readAs!.fluxUnit], ['314002971860926640', '170094456277565473', 61100.2, 'nJy'])
  assert.deepEqual(alert!.points.map(({ kind, band, psfFlux }) => [kind, band, psfFlux]), [['detection', 'u', -900], ['detection', 'z', -900], ['forced', 'y', -900]])
  assert.deepEqual(alert!.omitted, [{ diaSourceId: '8', reason: 'flux-missing' }])
  assert.deepEqual(alert!.context, { realBogus: { score: 0.9, name: 'reliability' }, templateFlux: 500, isDipole: false })
  const [body] = await alertsOf(answer([alerceLsstDetection({ diaObjectId: 0, oid: '21163624394469969', ssObjectId: '21163624394469969' })]))
  assert.deepEqual([body!.solarSystem, body!.diaObjectId], [true, null])
})

test('sources below the bound of the source are left out', async () => {
  const [alert] = await alertsOf(answer([alerceLsstDetection(), alerceLsstDetection({ measurement_id: '8', mjd: 61099, reliability: 0.2 })]), { minReliability: 0.5 })
  assert.deepEqual(alert!.omitted, [{ diaSourceId: '8', reason: 'low-reliability' }])
  const [usual] = await alertsOf(answer([alerceLsstDetection(), alerceLsstDetection({ measurement_id: '8', mjd: 61099, reliability: 0.05 })]))
  assert.equal(usual!.omitted[0]!.reason, 'low-reliability', 'LSST has a bound of its own')
})

test('a bare list is of as many objects as it names; a wrong cell costs its row alone', async () => {
  const rows = [alerceLsstDetection(), alerceLsstDetection({ oid: '7', diaObjectId: '7', measurement_id: '70' }), alerceLsstDetection({ measurement_id: '8', mjd: 'noon' })]
  const alerts = await alertsOf(rows)
  assert.deepEqual(alerts.map(({ diaObjectId, points }) => [diaObjectId, points.length]), [['314002971860926640', 1], ['7', 1]])
  assert.deepEqual(alerts[0]!.omitted, [{ diaSourceId: '8', reason: 'time-invalid' }])
  assert.deepEqual((await alertsOf([alerceZtfDetection()])).map(({ diaObjectId }) => diaObjectId), ['ZTF20test'])
})

test('an answer without a detection, or with wrong types, has its own error code', async () => {
  const wrong: Array<[unknown, string]> = [
    [answer([]), 'alert-incomplete'],
    [answer([alerceZtfDetection({ candid: null })]), 'alert-incomplete'],
    [answer([alerceZtfDetection({ mag: {} })]), 'alert-invalid'],
    [answer([1]), 'alert-invalid'],
    [{ detections: 'none', non_detections: [] }, 'alert-invalid']
  ]
  for (const [document, code] of wrong) {
    const [one, ...others] = await decoded(document)
    assert.deepEqual([one && 'error' in one ? one.error.code : one, others], [code, []])
  }
})

test('a table of detections and limits, as its users write it from both lists; a position may be missing', async () => {
  const csv = Buffer.from('oid,candid,mjd,fid,magpsf,sigmapsf,diffmaglim,isdiffpos\nZTF21a,900719925474099311,59500,1,19.0,0.05,20.5,1\nZTF21a,900719925474099313,59502,2,19.5,0.05,20.5,-1\nZTF21a,,59503,2,,,20.5,\n')
  const all: DecodedAlert[] = []
  for await (const one of decodeFile(csv, { schemas })) all.push(one)
  const [read, ...others] = all
  assert.ok(read && 'alert' in read && others.length === 0)
  const { alert } = read
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.ra, alert.dec], ['ZTF21a', '900719925474099313', NaN, NaN])
  assert.deepEqual(alert.points.map(({ band, kind, psfFlux }) => [band, kind, Math.sign(psfFlux)]), [['r', 'detection', -1], ['g', 'detection', 1], ['r', 'forced', 0]])
})
