import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { AnnouncementError } from '../../../src/alert/announcement.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import type { Given } from '../../../src/alert/given.ts'
import { AMPEL_JD, ampelHost, ampelObject, ampelPoint, ampelReport } from '../../fixtures/ampel-packets.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'

const decode = (bytes: Buffer, given: Given = {}): Promise<Alert> => decodeAlert(bytes, { schemas: countingSource(), given })
const headed = (headers: Record<string, string>): Given => ({ carrier: { topic: 'ampel.lsst.extragalactic-transients', key: null, headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value)])) } })
/** JD TAI of the middle of the exposure: no leap seconds. */
const TIME = AMPEL_JD - 2400000.5

test('fluxes are nJy whatever the zero point says, times are TAI; the newest point stands for the alert', async () => {
  const alert = await decode(ampelReport({
    photometry: [
      ampelPoint({ time: AMPEL_JD - 4, id: 9_007_199_254_740_993n, flux: -700, band: 'lsstg', zp: 31.4 }),
      ampelPoint(),
      ampelPoint({ time: AMPEL_JD - 3, source: 'LSST_FP', flux: 1500, band: 'lssty' })
    ]
  }))
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.midpointMjdTai, alert.ra, alert.dec], ['314002971860926640', '170094456277565473', TIME, 63.25, -47])
  assert.deepEqual(alert.points.map(({ kind, midpointMjdTai, band, psfFlux, psfFluxErr }) => [kind, midpointMjdTai, band, psfFlux, psfFluxErr]), [
    ['detection', TIME - 4, 'g', -700, 100], ['detection', TIME, 'r', 2000, 100], ['forced', TIME - 3, 'y', 1500, 100]
  ])
  assert.deepEqual([alert.context, alert.omitted], [undefined, []])
  // The id of forced photometry is none of a source.
  assert.equal((await decode(ampelReport({ photometry: [ampelPoint({ source: 'LSST_FP' })] }))).diaSourceId, `314002971860926640-r-${TIME * 86_400_000}`)
})

test('the builds of a schema may name its records differently, and compress', async () => {
  assert.equal((await decode(ampelReport({}, { namespace: 'other', codec: 'deflate' }))).points.length, 1)
})

test('redshifts of hosts have the kind and the error of AMPEL\'s group, classes their probabilities', async () => {
  const { host, context } = await decode(ampelReport({
    host: [ampelHost(), ampelHost({ redshift: 0.2, info: 'AMPELz_group1' }), ampelHost({ redshift: 0.3, redshift_error: 0.005, info: null, source: 'NEDz' })],
    classification: [{ name: 'ParsnipRiseDecline', version: '1', info: null, models: [{ model: 'snlong', probabilities: { SNII: 0.2, SNIa: 0.71 } }] }]
  }))
  assert.deepEqual(host, { redshift: 0.2, redshiftErr: 0.0003, mwebv: null })
  assert.deepEqual(context, {
    classes: [{ catalogue: 'AMPEL ParsnipRiseDecline snlong', class: 'SNIa 0.71' }, { catalogue: 'AMPEL ParsnipRiseDecline snlong', class: 'SNII 0.2' }],
    hostRedshifts: [
      { redshift: 0.2, redshiftErr: 0.0003, kind: 'spectroscopic', catalogue: 'AMPELz group1', separation: 1.5 },
      { redshift: 0.25, redshiftErr: 0.02, kind: 'photometric', catalogue: 'AMPELz group4', separation: 1.5 },
      { redshift: 0.3, redshiftErr: 0.005, kind: 'unspecified', catalogue: 'NEDz', separation: 1.5 }
    ]
  })
})

test('what the headers of SCiMMA say: tests are refused, other formats are named', async () => {
  await assert.rejects(decode(ampelReport(), headed({ _format: 'avro', _test: 'true' })), { code: 'test-message' })
  assert.equal((await decode(ampelReport(), { ...headed({ _format: 'avro', _test: 'true' }), readTests: true })).points.length, 1)
  assert.equal((await decode(ampelReport(), headed({ _format: 'avro', _test: 'false' }))).points.length, 1)
  for (const [format, value] of [['json', '{"content": "hello"}'], ['external', '\u0001\u0002\u0003\u0004\u0005\u0006'], ['circular', 'TITLE: hello']] as const) {
    await assert.rejects(decode(Buffer.from(value), headed({ _format: format })), { code: 'format-not-read', message: new RegExp(format) }, format)
  }
  await assert.rejects(decode(Buffer.from('{"content": "hello"}')), { code: 'dialect-unknown' })
})

test('points that are none of LSST\'s are left out by name; objects of ZTF are named, and their photometry is not read', async () => {
  const { points, omitted } = await decode(ampelReport({ photometry: [ampelPoint(), ampelPoint({ id: 5n, source: 'ZTF_DP', band: 'ztfg' }), ampelPoint({ id: 6n, band: 'r' }), ampelPoint({ id: 7n, flux: Number.NaN })] }))
  assert.deepEqual([points.length, omitted], [1, [{ diaSourceId: '5', reason: 'band-unknown', band: 'ZTF_DP ztfg' }, { diaSourceId: '6', reason: 'band-unknown', band: 'r' }, { diaSourceId: '7', reason: 'flux-not-finite' }]])
  await assert.rejects(decode(ampelReport({ object: ampelObject({ id: 77n, external_id: 'ZTF20aaelulu', source: 'ZTF' }) })), error => {
    assert.ok(error instanceof AnnouncementError)
    assert.match(error.message, /^AMPEL names the object ZTF20aaelulu/)
    assert.deepEqual([error.code, error.announcement.id, error.announcement.survey, error.announcement.ra], ['light-curve-elsewhere', 'ZTF20aaelulu', 'ZTF', 63.25])
    return true
  })
  await assert.rejects(decode(ampelReport({ object: ampelObject({ source: 'ZTF' }) })), { code: 'alert-incomplete', message: /external_id/ })
  await assert.rejects(decode(ampelReport({ photometry: [] })), { code: 'alert-incomplete', message: /photometry/ })
  assert.ok(Number.isNaN((await decode(ampelReport({ object: ampelObject({ ra: -999 }) }))).ra))
})
