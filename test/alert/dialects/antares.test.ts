import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deflateSync } from 'node:zlib'
import { AnnouncementError, type Announcement } from '../../../src/alert/announcement.ts'
import { decodeFile, decodeMessage, type DecodedAlert } from '../../../src/alert/decode.ts'
import type { Given } from '../../../src/alert/given.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../../src/alert/schemas/source.ts'
import { CandelaError } from '../../../src/errors.ts'
import { antaresLocus, antaresLsstAlert, antaresRecord, antaresZtfAlert } from '../../fixtures/announcement-packets.ts'

const schemas = schemaFolders(SHIPPED_SCHEMAS)

async function failure (bytes: Buffer): Promise<CandelaError> {
  const error: unknown = await decodeMessage(bytes, { schemas }).catch((error: unknown) => error)
  assert.ok(error instanceof CandelaError, String(error))
  return error
}

async function announced (locus: object): Promise<Announcement> {
  const error = await failure(antaresRecord(locus))
  assert.ok(error instanceof AnnouncementError, String(error))
  return error.announcement
}

async function decoded (document: unknown, given: Given = {}): Promise<DecodedAlert[]> {
  const found: DecodedAlert[] = []
  for await (const one of decodeFile(Buffer.from(JSON.stringify(document)), { schemas, given })) found.push(one)
  return found
}

const alertsOf = async (document: unknown, given: Given = {}) => (await decoded(document, given)).map(one => 'alert' in one ? one.alert : assert.fail(String(one.error)))

test('ids of several objects stay exact, whether they come as 64 bits or as text; 0 is none', async () => {
  const ids = await announced(antaresLocus({ lsst: [314002971860926640n, '314002971860926672', 0n, 7], ztf: ['ZTF20test'] }))
  assert.deepEqual(ids, {
    service: 'antares', id: 'ANT2026test', diaObjectIds: ['314002971860926640', '314002971860926672', '7', 'ZTF20test'], diaSourceId: '170094456277565473', ra: 63.25, dec: -46.5, solarSystem: false
  })
  const wrapped = await announced({ data: { id: 'ANT1', attributes: antaresLocus({ lsst: [314002971860926640n] }) } })
  assert.deepEqual([wrapped.id, wrapped.diaObjectIds, wrapped.survey], ['ANT1', ['314002971860926640'], 'LSST'])
})

test('a body of the solar system is told, and a position that is no number is none', async () => {
  const body = await announced({ ...antaresLocus({ lsst: [0n], bodies: [21163624394469969n] }), ra: NaN })
  assert.deepEqual([body.solarSystem, body.diaObjectIds, body.ra, body.dec], [true, [], null, null])
  const found: DecodedAlert[] = []
  for await (const one of decodeFile(antaresRecord(antaresLocus({ bodies: [21163624394469969n] }, { newest_alert_observation_time: 61100.25 })), { schemas })) found.push(one)
  const [file, ...others] = found
  assert.ok(file && 'alert' in file, 'in a file it is an alert that is declined')
  assert.deepEqual([file.alert.solarSystem, file.alert.midpointMjdTai, file.alert.points, others], [true, 61100.25, [], []])
})

test('bytes that are cut, damaged, foreign or hostile have their own error codes, at once', async () => {
  const whole = antaresRecord(antaresLocus({ lsst: [1n] }))
  const wide = { properties: Object.fromEntries(Array.from({ length: 60_000 }, (_, k) => [k.toString(36), null])) }
  let deep: object = {}
  for (let k = 0; k < 200; k++) deep = { a: deep }
  const wrong: Array<[what: string, bytes: Buffer, code: string]> = [
    ['cut', whole.subarray(0, 60), 'antares-invalid'],
    ['its checksum cut', whole.subarray(0, whole.length - 2), 'antares-invalid'],
    ['more behind it', Buffer.concat([whole, Buffer.from('more')]), 'antares-invalid'],
    ['no BSON', deflateSync(Buffer.from('hello, world')), 'antares-invalid'],
    ['half of BSON', deflateSync(Buffer.from(antaresRecordInside().subarray(0, 100))), 'antares-invalid'],
    ['empty', deflateSync(Buffer.alloc(0)), 'antares-invalid'],
    ['a bomb', deflateSync(Buffer.alloc(64 * 2 ** 20)), 'antares-too-large'],
    ['wide', antaresRecord(wide), 'antares-invalid'],
    ['deep', antaresRecord(deep), 'antares-invalid'],
    ['without an id', antaresRecord({ hello: 'world' }), 'alert-incomplete']
  ]
  for (const [what, bytes, code] of wrong) {
    const error = await failure(bytes)
    assert.equal(error.code, code, what)
    assert.ok(error.action, what)
  }
})

const antaresRecordInside = (): Buffer => {
  const json = Buffer.from(JSON.stringify(antaresLocus({})))
  return Buffer.concat([Buffer.from([255, 0, 0, 0, 2, 0x69, 0]), json])
}

test('the list of alerts: signs of ZTF, fluxes of LSST, an alert for each object, which match each other', async () => {
  const limit = { id: 'ztf_upper_limit:ZTF20test-76', mjd: 59390.2, survey: 'ztf', properties: { ant_mjd: 59390.2, ant_passband: 'g', ant_maglim: 20.4, ztf_pid: 76 } }
  const data = [antaresZtfAlert('11'), antaresZtfAlert('12', { ant_mjd: 59401.2, ztf_isdiffpos: 't', ztf_pid: 78 }), limit, antaresLsstAlert('170094456277565473')]
  const [ztf, lsst, ...others] = await alertsOf({ data, meta: null, links: null })
  assert.deepEqual(others, [])
  assert.deepEqual([ztf!.diaObjectId, ztf!.diaSourceId, lsst!.diaObjectId, lsst!.diaSourceId], ['ZTF20test', '12', '314002971860926640', '170094456277565473'])
  assert.deepEqual(ztf!.points.map(({ kind, band, psfFlux }) => [kind, band, Math.sign(psfFlux)]), [['detection', 'r', 1], ['detection', 'r', -1], ['forced', 'g', 0]])
  assert.ok(Math.abs(ztf!.points[0]!.midpointMjdTai - (59401.2 + 52 / 86400)) < 1e-9)
  assert.deepEqual(lsst!.points.map(({ psfFlux, psfFluxErr, midpointMjdTai, band }) => ({ psfFlux, psfFluxErr, midpointMjdTai, band })), [{ psfFlux: -900, psfFluxErr: 90, midpointMjdTai: 61100.2, band: 'i' }])
  assert.deepEqual(lsst!.context!.matches, [{ survey: 'ZTF', diaObjectId: 'ZTF20test' }])
  assert.deepEqual(ztf!.context!.matches, [{ survey: 'LSST', diaObjectId: '314002971860926640' }])
})

test('LSST without an error of the flux has it from the signal-to-noise ratio; without a name, the object is the one that is given', async () => {
  const [alert] = await alertsOf({ data: [antaresLsstAlert('5', { lsst_diaSource_psfFluxErr: null, lsst_diaSource_snr: 10, lsst_diaSource_diaObjectId: null, lsst_diaSource_midpointMjdTai: null })] }, { object: '314' })
  assert.deepEqual([alert!.diaObjectId, alert!.points[0]!.psfFluxErr, alert!.midpointMjdTai], ['314', 90, 61100.2])
})

test('an object without a detection costs itself alone; a list without any, a table without signs and wrong types are errors', async () => {
  const limit = { id: 'ztf_upper_limit:ZTF20other-76', mjd: 59390.2, survey: 'ztf', properties: { ant_mjd: 59390.2, ant_passband: 'g', ant_maglim: 20.4 } }
  assert.deepEqual((await alertsOf({ data: [limit, antaresZtfAlert('11')] })).map(({ diaObjectId }) => diaObjectId), ['ZTF20test'])
  const locus = { id: 'ANT1', htm16: 1, ra: 1, dec: 2 }
  const wrong: Array<[unknown, string]> = [
    [{ data: [] }, 'alert-incomplete'],
    [{ data: [limit] }, 'alert-incomplete'],
    [{ data: { ...locus, lightcurve: 'time,alert_id,ant_mjd,ant_mag\n1,2,3,4' } }, 'sign-unknown'],
    [{ data: { id: 'ANT1', type: 'locus', attributes: { ...locus, lightcurve: 'time\n1' } } }, 'sign-unknown'],
    [{ data: { ...locus, lightcurve: '' } }, 'alert-incomplete'],
    [{ data: [{ id: '1', catalog_name: 'gaia_dr3_gaia_source', properties: {} }] }, 'alert-incomplete'],
    [{ data: [antaresZtfAlert('11', { ant_mag: [] })] }, 'alert-invalid'],
    [{ data: [antaresZtfAlert('11', { ant_ra: null })] }, 'alert-incomplete']
  ]
  for (const [document, code] of wrong) {
    const [one, ...others] = await decoded(document)
    assert.deepEqual([one && 'error' in one ? one.error.code : one, others], [code, []], JSON.stringify(document).slice(0, 80))
    assert.ok(one && 'error' in one && one.error.action)
  }
})
