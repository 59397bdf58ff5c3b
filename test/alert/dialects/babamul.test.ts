import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeAlert, decodeMessage } from '../../../src/alert/decode.ts'
import type { Given } from '../../../src/alert/given.ts'
import { identityOf } from '../../../src/light-curve/stored-point.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { babamulLsst, babamulLsstCandidate, babamulMatch, babamulPoint, babamulZtf, babamulZtfCandidate, JD } from '../../fixtures/babamul-packets.ts'

const decode = (bytes: Buffer, given: Given = {}): Promise<readonly Alert[]> => decodeMessage(bytes, { schemas: countingSource(), given })
const decodeOne = (bytes: Buffer, given: Given = {}): Promise<Alert> => decodeAlert(bytes, { schemas: countingSource(), given })
const near = (actual: number | undefined, expected: number, most = 1e-9): void => assert.ok(actual !== undefined && Math.abs(actual - expected) <= most, `${actual} is not ${expected}`)
const from = (topic: string): Given => ({ carrier: { topic, key: null, headers: {} } })

/** MJD TAI of the source, whose JD is UTC: the middle of the exposure (LSST), its start (ZTF, 30 s). */
const LSST_TIME = 61105 + 37 / 86400
const ZTF_TIME = 61105 + 52 / 86400

test('LSST: the middle of the exposure in UTC becomes TAI, fluxes stay nJy; the history repeats the source, which stands once', async () => {
  const alert = await decodeOne(babamulLsst({
    prv_candidates: [babamulPoint({ jd: JD - 3, psfFlux: -1500, band: 'i' }), babamulPoint()],
    fp_hists: [babamulPoint({ jd: JD - 3, psfFlux: -1400, band: 'i' }), babamulPoint({ jd: JD - 5, psfFlux: null })]
  }))
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.ra, alert.dec, alert.solarSystem], ['314002971860926640', '170094456277565473', 63.25, -47, false])
  near(alert.midpointMjdTai, LSST_TIME)
  assert.deepEqual(alert.points.map(({ kind, band, psfFlux, psfFluxErr, visit }) => [kind, band, psfFlux, psfFluxErr, visit]), [
    ['detection', 'r', 2000, 100, null], ['detection', 'i', -1500, 100, null], ['forced', 'i', -1400, 100, null]
  ])
  near(alert.points[1]?.midpointMjdTai, LSST_TIME - 3)
  // A forced flux that could not be measured is left out; without visits, what one exposure gave is one point.
  assert.deepEqual(alert.omitted, [{ diaSourceId: null, reason: 'flux-missing' }])
  assert.equal(identityOf(alert.points[1]!), identityOf(alert.points[2]!))
})

test('points later than the alert are part of its light curve, and the alert is the point of its own time', async () => {
  const alert = await decodeOne(babamulLsst({ prv_candidates: [babamulPoint(), babamulPoint({ jd: JD + 3, psfFlux: 2500 })] }))
  near(alert.midpointMjdTai, LSST_TIME)
  assert.equal(alert.diaSourceId, '170094456277565473')
  assert.deepEqual(alert.points.map(({ psfFlux }) => psfFlux), [2000, 2500])
  near(alert.points[1]?.midpointMjdTai, LSST_TIME + 3)
})

test('ZTF: fluxes are a million times too large, times are the start of the exposure, limits are five times their noise', async () => {
  const alert = await decodeOne(babamulZtf({
    prv_candidates: [babamulPoint({ jd: JD - 3, psfFlux: -3e9, psfFluxErr: 2e8, band: 'g' }), babamulPoint({ psfFlux: 2e9, psfFluxErr: 1e8 })],
    prv_nondetections: [babamulPoint({ jd: JD - 9, psfFluxErr: 4e8, band: 'g' }), babamulPoint({ jd: JD - 5, psfFluxErr: 4e8 })],
    fp_hists: [babamulPoint({ jd: JD - 5, psfFlux: 1e8, psfFluxErr: 5e7 }), babamulPoint({ jd: JD - 6, psfFlux: null })]
  }))
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId], ['ZTF20aaelulu', '1105522281015015001'])
  near(alert.midpointMjdTai, ZTF_TIME)
  // Forced photometry of an exposure stands over its limit.
  assert.deepEqual(alert.points.map(({ kind, band, psfFlux, psfFluxErr }) => [kind, band, Number(psfFlux.toFixed(6)), Number(psfFluxErr.toFixed(6))]), [
    ['detection', 'r', 2000, 100], ['detection', 'g', -3000, 200], ['forced', 'r', 100, 50], ['forced', 'g', 0, 400]
  ])
  near(alert.points[3]?.midpointMjdTai, ZTF_TIME - 9)
  assert.deepEqual(alert.context, {
    realBogus: { score: 0.75, name: 'drb' },
    nearest: { catalogue: 'PS1', starScore: 0.125, separation: 1.5 },
    detections: 12,
    firstDetectionMjdTai: alert.context!.firstDetectionMjdTai!
  })
  near(alert.context!.firstDetectionMjdTai, ZTF_TIME - 50)
})

test('the same transient in the other survey is an alert of its own, with the units of that survey and ids that stay', async () => {
  const ztf = babamulMatch({ prv_candidates: [babamulPoint({ jd: JD - 1, psfFlux: 2e9, psfFluxErr: 1e8, band: 'g' })], prv_nondetections: [babamulPoint({ jd: JD - 4, psfFluxErr: 4e8 })], fp_hists: [babamulPoint({ jd: JD, psfFlux: 1e9, psfFluxErr: 1e8 })] })
  const [own, other, ...more] = await decode(babamulLsst({ survey_matches: { ztf, lsst: null } }))
  assert.deepEqual(more, [])
  assert.deepEqual([own?.diaObjectId, own?.context?.matches], ['314002971860926640', [{ survey: 'ZTF', diaObjectId: 'ZTF20aaelulu' }]])
  // Triggered by its newest detection.
  assert.deepEqual([other?.diaObjectId, other?.diaSourceId], ['ZTF20aaelulu', `ZTF20aaelulu-g-${Math.round((ZTF_TIME - 1) * 86_400_000)}`])
  near(other?.midpointMjdTai, ZTF_TIME - 1)
  assert.deepEqual(other?.points.map(({ kind, psfFlux, psfFluxErr }) => [kind, Math.round(psfFlux), Math.round(psfFluxErr)]), [['detection', 2000, 100], ['forced', 1000, 100], ['forced', 0, 400]])
  assert.deepEqual([other?.context, other?.solarSystem], [{ matches: [{ survey: 'LSST', diaObjectId: '314002971860926640' }] }, false])

  const lsst = babamulMatch({ objectId: '314002971860926640', prv_candidates: [babamulPoint({ psfFlux: -700, band: 'z' })] })
  const [, inLsst] = await decode(babamulZtf({ survey_matches: { ztf: null, lsst } }))
  assert.deepEqual(inLsst?.points.map(({ psfFlux, psfFluxErr }) => [psfFlux, psfFluxErr]), [[-700, 100]])
  near(inLsst?.midpointMjdTai, LSST_TIME)
  // Nothing of it can be used.
  assert.equal((await decode(babamulZtf({ survey_matches: { ztf: null, lsst: babamulMatch() } }))).length, 1)
})

test('the names of records vary with the build, blocks may be compressed', async () => {
  for (const codec of ['null', 'deflate', 'snappy']) {
    for (const build of ['Enriched', 'A']) {
      assert.deepEqual((await decodeOne(babamulLsst({}, { build, codec }))).points.map(({ psfFlux }) => psfFlux), [2000])
      assert.equal((await decodeOne(babamulZtf({}, { build, codec }))).points.length, 1)
    }
  }
})

test('what says that it is no supernova: the host class of the topic, stars, bodies of the solar system, flags, scores', async () => {
  const classes = async (bytes: Buffer, given?: Given): Promise<string[] | undefined> => (await decodeOne(bytes, given)).context?.classes?.map(({ class: name }) => name)
  assert.deepEqual(await classes(babamulLsst(), from('babamul.lsst.no-ztf-match.hosted')), ['hosted'])
  assert.deepEqual(await classes(babamulLsst(), from('mirror.babamul.lsst.ztf-match.stellar')), ['stellar'])
  assert.equal(await classes(babamulLsst(), from('other')), undefined)
  const properties = { rock: false, star: true, near_brightstar: true, stationary: true, sso: { is_sso: true, designation: '292631', separation_arcsec: 14.25 } }
  assert.deepEqual(await classes(babamulZtf({ properties })), ['star', 'near a bright star', 'solar system'])
  assert.equal((await decodeOne(babamulZtf({ properties }))).solarSystem, false)
  assert.equal((await decodeOne(babamulZtf({ properties: { ...properties, sso: { ...properties.sso, separation_arcsec: 11 } } }))).solarSystem, true)
  assert.equal((await decodeOne(babamulLsst({ properties: { rock: true, star: null, near_brightstar: null, stationary: false } }))).solarSystem, true)
  assert.equal((await decodeOne(babamulLsst({ properties: null }))).solarSystem, false)
  // The history's copy of the source does not come back in its place.
  const flagged = await decodeOne(babamulLsst({ candidate: babamulLsstCandidate({ pixelFlags_streakCenter: true }) }))
  assert.deepEqual([flagged.points, flagged.omitted], [[], [{ diaSourceId: '170094456277565473', reason: 'quality-flags' }]])
  const unreal = await decodeOne(babamulZtf({ candidate: babamulZtfCandidate({ drb: 0.25 }) }), { minReliability: 0.5 })
  assert.deepEqual(unreal.omitted, [{ diaSourceId: '1105522281015015001', reason: 'low-reliability' }])
  const { context } = await decodeOne(babamulLsst())
  assert.deepEqual({ ...context, firstDetectionMjdTai: 0 }, { realBogus: { score: 0.75, name: 'reliability' }, templateFlux: 5000, extendedness: 0.5, isDipole: false, detections: 12, firstDetectionMjdTai: 0 })
})

test('an alert without a time or a position is named', async () => {
  await assert.rejects(decode(babamulLsst({ candidate: babamulLsstCandidate({ jd: Number.NaN }) })), { code: 'alert-incomplete', message: /Babamul \(LSST\) has no jd/ })
  await assert.rejects(decode(babamulZtf({ candidate: babamulZtfCandidate({ ra: -999 }) })), { code: 'alert-incomplete', message: /Babamul \(ZTF\) has no ra and dec/ })
})
