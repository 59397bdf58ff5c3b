import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeAlert, decodeMessage } from '../../../src/alert/decode.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'

const JD = 2461105.5
const lsstSource = (changes: object = {}) => ({ diaSourceId: '170094456277565473', visit: 2026030500055, midpointMjdTai: 61105.25, jd: JD, psfFlux: 2000, psfFluxErr: 100, band: 'r', ra: 63.25, dec: -47, reliability: 0.75, ...changes })
const lsstObject = (changes: object = {}) => ({
  status: 'success', message: 'object found', data: { candid: '170094456277565473', objectId: '314002971860926640', candidate: { ...lsstSource(), ndethist: 12 }, prv_candidates: [lsstSource()], fp_hists: [], cross_matches: {}, survey_matches: { ztf: null }, ...changes }
})
const ztfSource = (changes: object = {}) => ({ candid: '1105522281015015001', jd: JD, fid: 2, pid: 1105522281015, psfFlux: 2e9, psfFluxErr: 1e8, band: 'r', ra: 185.75, dec: 15.5, rb: 0.5, ...changes })
const ztfObject = (changes: object = {}) => ({
  status: 'success', message: 'object found', data: { candid: '1105522281015015001', objectId: 'ZTF20aaelulu', candidate: { ...ztfSource(), drb: 0.75, magpsf: 18 }, prv_candidates: [ztfSource()], ...changes }
})
/** Ids as the bare numbers that Babamul writes. */
const text = (document: object): Buffer => Buffer.from(JSON.stringify(document).replaceAll(/"(\d{16,})"/g, '$1'))
const decodeAll = (document: object): Promise<readonly Alert[]> => decodeMessage(text(document), { schemas: countingSource() })
const decode = (document: object): Promise<Alert> => decodeAlert(text(document), { schemas: countingSource() })

test('LSST: history with its own times, visits and ids; the source stands once', async () => {
  const alert = await decode(lsstObject({
    prv_candidates: [lsstSource({ diaSourceId: '9007199254740993', visit: 7, midpointMjdTai: 61100.25, reliability: 0.05 }), lsstSource()],
    fp_hists: [{ diaForcedSourceId: '9007199254740995', visit: 5, midpointMjdTai: 61099.25, psfFlux: -700, psfFluxErr: 100, band: 'z' }, { midpointMjdTai: 61098.25, psfFluxErr: 100, band: 'z' }]
  }))
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.midpointMjdTai], ['314002971860926640', '170094456277565473', 61105.25])
  assert.deepEqual(alert.points.map(({ kind, midpointMjdTai, visit, psfFlux }) => [kind, midpointMjdTai, visit, psfFlux]), [['detection', 61105.25, 2026030500055, 2000], ['forced', 61099.25, 5, -700]])
  assert.deepEqual(alert.omitted, [{ diaSourceId: '9007199254740993', reason: 'low-reliability' }, { diaSourceId: null, reason: 'flux-missing' }])
  assert.equal((await decode(lsstObject().data)).points.length, 1)
})

test('ZTF: fluxes are a million times too large; absent lists are none', async () => {
  const alert = await decode(ztfObject({ prv_nondetections: [{ jd: JD - 9, psfFluxErr: 4e8, band: 'g', diffmaglim: 19 }], fp_hists: [{ jd: JD - 5, psfFlux: 1e8, psfFluxErr: 5e7, band: 'g', procstatus: '56' }, { jd: JD - 4, psfFlux: 1e8, psfFluxErr: 5e7, band: 'g', procstatus: '0' }] }))
  assert.deepEqual(alert.points.map(({ kind, psfFlux, psfFluxErr, visit }) => [kind, Math.round(psfFlux), Math.round(psfFluxErr), visit]), [['detection', 2000, 100, null], ['forced', 100, 50, null], ['forced', 0, 400, null]])
  assert.deepEqual(alert.omitted, [{ diaSourceId: null, reason: 'quality-flags' }])
  assert.ok(Math.abs(alert.midpointMjdTai - 61105 - 52 / 86400) < 1e-9)
  assert.equal((await decode(ztfObject({ prv_candidates: null, cross_matches: null, survey_matches: null }))).points.length, 1)
})

test('cross-matches: redshifts of hosts by their kind, fillers dropped, labels kept and not used, the nearest star', async () => {
  const cross = {
    NED: [{ _id: 'WISEA J0412', objtype: 'G', z: 0.071, z_unc: null, z_qual: false, distance_arcsec: 20.5 }],
    LSDR10: [{ _id: 99, z_phot_median: 0.08, z_phot_std: 0.02, z_spec: -99, type: 'REX', distance_arcsec: 2 }, { z_phot_median: 0.9, z_phot_std: 0.02, z_spec: -99, type: 'PSF', distance_arcsec: 1 }],
    TNS: [{ name: '2026zzz', type: 'SN Ia', redshift: 0.0705 }],
    Gaia_DR3: [{ _id: '5', parallax: 3, parallax_error: 0.1, distance_arcsec: 0.5 }],
    LSPSC: [{ _id: 12, score: 0.03, distance_arcsec: 2 }, { _id: 13, score: 0.9, distance_arcsec: 1 }],
    VSX: [{ name: 'V1', types: ['EA'] }],
    milliquas_v8: null,
    something_new: [{ z: 3 }],
    DESI_DR1: [5, { z: 0.3, zerr: 0.001, zwarn: 4, spectype: 'GALAXY', distance_arcsec: 9 }]
  }
  const { host, context } = await decode(lsstObject({ cross_matches: cross }))
  assert.deepEqual(host, { redshift: 0.071, redshiftErr: null, mwebv: null })
  assert.deepEqual(context?.hostRedshifts, [
    { redshift: 0.071, redshiftErr: null, kind: 'spectroscopic', catalogue: 'NED', separation: 20.5 },
    { redshift: 0.08, redshiftErr: 0.02, kind: 'photometric', catalogue: 'Legacy Surveys DR10', separation: 2 },
    { redshift: 0.3, redshiftErr: 0.001, kind: 'unspecified', catalogue: 'DESI DR1', separation: 9 },
    { redshift: 0.0705, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' }
  ])
  assert.deepEqual(context?.nearest, { catalogue: 'LSPSC', starScore: 0.9, separation: 1 })
  assert.deepEqual(context?.classes, [
    { catalogue: 'NED', class: 'G', name: 'WISEA J0412' }, { catalogue: 'TNS', class: 'SN Ia', name: '2026zzz' }, { catalogue: 'Gaia DR3', class: 'star (parallax)' }, { catalogue: 'VSX', class: 'EA', name: 'V1' }, { catalogue: 'DESI DR1', class: 'GALAXY' }
  ])
  // A label alone is no host redshift.
  assert.equal((await decode(lsstObject({ cross_matches: { TNS: cross.TNS } }))).host.redshift, null)
})

test('an object in both surveys gives two alerts', async () => {
  const [own, other] = await decodeAll(lsstObject({ survey_matches: { ztf: { objectId: 'ZTF20aaelulu', ra: 63.25, dec: -47, prv_candidates: [{ jd: JD, psfFlux: 2e9, psfFluxErr: 1e8, band: 'g' }] } } }))
  assert.deepEqual(own?.context?.matches, [{ survey: 'ZTF', diaObjectId: 'ZTF20aaelulu' }])
  assert.deepEqual([other?.diaObjectId, other?.points.map(({ psfFlux }) => Math.round(psfFlux))], ['ZTF20aaelulu', [2000]])
})

test('what is wrong is named', async () => {
  await assert.rejects(decode({ status: 'error', message: 'no object with that id' }), { code: 'answer-is-error', message: /Babamul has no object: no object with that id/ })
  await assert.rejects(decode(lsstObject({ prv_candidates: [lsstSource({ psfFlux: '2000' })] })), { code: 'alert-invalid', message: /^prv_candidates\.0\.psfFlux is "2000", expected a number or null$/ })
  await assert.rejects(decode(lsstObject({ prv_candidates: 'none' })), { code: 'alert-invalid', message: /^prv_candidates is "none", expected a list$/ })
  await assert.rejects(decode(lsstObject({ candidate: { midpointMjdTai: null, jd: null } })), { code: 'alert-incomplete', message: /jd in its candidate/ })
  await assert.rejects(decode(ztfObject({ candidate: { ...ztfSource(), dec: 91 } })), { code: 'alert-incomplete', message: /ra and dec/ })
})
