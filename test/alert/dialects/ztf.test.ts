import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert, PhotometricPoint } from '../../../src/alert/alert.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { CandelaError } from '../../../src/errors.ts'
import { compareVersions, identityOf, storedPoint } from '../../../src/light-curve/stored-point.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { ztfAlert, ztfContainer, ztfForced, ztfLimit, ztfSource } from '../../fixtures/ztf-packets.ts'

const decode = (changes: object = {}): Promise<Alert> => decodeAlert(ztfContainer([[ztfAlert(changes)]]), { schemas: countingSource() })
const near = (actual: number | undefined, expected: number): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) <= 1e-13 * Math.abs(expected), `${actual} is not ${expected}`)

// By Python's decimal: 10^4.56 nJy is 20 mag; × 0.125 · ln(10)/2.5 is its error; 10^1.96 nJy is a count of zero point 26.5 mag.
const FLUX = 36307.80547701014
const FLUX_ERROR = 4180.090582534555
const NJY_PER_COUNT = 91.201083935591
const HALF_EXPOSURE_AND_LEAP_SECONDS = 52 / 86400

test('magnitudes become signed fluxes, the start of the exposure its middle in TAI', async () => {
  const alert = await decode({
    prv_candidates: [
      ztfSource({ jd: 2458999.5, fid: 2, pid: 7n, candid: 5n, isdiffpos: 'f' }),
      ztfSource({ jd: 2458998.5, fid: 3, pid: 6n, isdiffpos: '1' }),
      ztfSource({ jd: 2458997.5, pid: 5n, isdiffpos: '0', magpsf: 17.5 })
    ]
  })
  const [trigger, fainter, infrared, bright] = alert.points
  assert.equal(alert.points.length, 4)
  near(trigger?.psfFlux, FLUX)
  near(trigger?.psfFluxErr, FLUX_ERROR)
  near(fainter?.psfFlux, -FLUX)
  near(fainter?.psfFluxErr, FLUX_ERROR)
  near(infrared?.psfFlux, FLUX)
  near(bright?.psfFlux, -10 * FLUX)
  near(bright?.psfFluxErr, 10 * FLUX_ERROR)
  assert.deepEqual(alert.points.map(({ band, visit, kind, withdrawn, timeProcessedMjdTai }) => [band, visit, kind, withdrawn, timeProcessedMjdTai]), [
    ['g', 1105522281015, 'detection', false, null], ['r', 7, 'detection', false, null], ['i', 6, 'detection', false, null], ['g', 5, 'detection', false, null]
  ])
  near(trigger?.midpointMjdTai, 59000 + HALF_EXPOSURE_AND_LEAP_SECONDS)
  near(fainter?.midpointMjdTai, 58999 + HALF_EXPOSURE_AND_LEAP_SECONDS)
  const { points, ...rest } = alert
  assert.deepEqual(rest, {
    diaObjectId: 'ZTF20aaelulu',
    diaSourceId: '1105522281015015001',
    midpointMjdTai: points[0]!.midpointMjdTai,
    ra: 185.75,
    dec: 15.5,
    omitted: [],
    host: { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: false,
    context: { realBogus: { score: 0.25, name: 'rb' } },
    readAs: { dialect: 'ztf', fluxUnit: 'AB magnitudes' }
  })
})

test('the context: the better real–bogus score, the nearest source of PS1, detections since the survey began; −999 is none', async () => {
  const known = { rb: 0.75, drb: 0.5, ndethist: 12, jdstarthist: 2458900.5, sgscore1: 0.0625, distpsnr1: 1.5 }
  const { context } = await decode({ candidate: ztfSource(known) })
  near(context?.firstDetectionMjdTai, 58900 + HALF_EXPOSURE_AND_LEAP_SECONDS)
  assert.deepEqual({ ...context, firstDetectionMjdTai: null }, {
    realBogus: { score: 0.5, name: 'drb' }, nearest: { catalogue: 'PS1', starScore: 0.0625, separation: 1.5 }, detections: 12, firstDetectionMjdTai: null
  })
  const missing = Object.fromEntries(Object.keys(known).map(name => [name, -999]))
  assert.equal('context' in await decode({ candidate: ztfSource(missing) }), false)
  assert.deepEqual((await decode({ candidate: ztfSource({ ...missing, rb: 0.75, distpsnr1: 1.5 }) })).context, {
    realBogus: { score: 0.75, name: 'rb' }, nearest: { catalogue: 'PS1', starScore: null, separation: 1.5 }
  })
})

test('the least reliability holds for the score that a source has: drb of the trigger, rb of those before; limits stay', async () => {
  const bytes = ztfContainer([[ztfAlert({
    candidate: ztfSource({ drb: 0.75, rb: 0.125 }),
    prv_candidates: [ztfSource({ jd: 2458999.5, pid: 7n, candid: 5n, rb: 0.125 }), ztfSource({ jd: 2458998.5, pid: 6n, rb: -999 }), ztfLimit({ jd: 2458997.5, pid: 5n })]
  })]])
  const visits = async (given: { minReliability?: number }): Promise<unknown> => (await decodeAlert(bytes, { schemas: countingSource(), given })).points.map(({ visit }) => visit)
  assert.deepEqual(await visits({}), [1105522281015, 7, 6, 5])
  assert.deepEqual(await visits({ minReliability: 0.5 }), [1105522281015, 6, 5])
})

test('an upper limit is a forced point of flux 0, with a fifth of the limit for its error', async () => {
  const { points, omitted } = await decode({ prv_candidates: [ztfLimit({ pid: 8n }), ztfLimit({ pid: 9n, diffmaglim: null }), ztfLimit({ pid: 10n, diffmaglim: -999 })] })
  assert.deepEqual(points.map(({ kind, psfFlux, visit }) => [kind, psfFlux, visit]), [['detection', points[0]!.psfFlux, 1105522281015], ['forced', 0, 8]])
  near(points[1]?.psfFluxErr, FLUX / 5)
  assert.deepEqual(omitted, [{ diaSourceId: null, reason: 'flux-missing' }, { diaSourceId: null, reason: 'flux-error-not-positive' }])
})

test('forced photometry is in counts of its own zero point, and -99999 is no value', async () => {
  const { points, omitted } = await decode({
    fp_hists: [
      ztfForced(), ztfForced({ forcediffimflux: -99999, forcediffimfluxunc: -99999 }), ztfForced({ forcediffimfluxunc: -99999 }), ztfForced({ magzpsci: null }),
      ztfForced({ forcediffimflux: Number.NaN }), ztfForced({ forcediffimfluxunc: -25 }), ztfForced({ fid: 4 })
    ]
  })
  const [trigger, forced, ...more] = points
  assert.ok(trigger && forced && more.length === 0)
  near(forced.psfFlux, -100 * NJY_PER_COUNT)
  near(forced.psfFluxErr, 25 * NJY_PER_COUNT)
  assert.deepEqual([forced.kind, forced.band, forced.visit, forced.timeProcessedMjdTai], ['forced', 'r', 1095522281015, trigger.midpointMjdTai])
  assert.deepEqual(omitted.map(({ reason }) => reason), ['flux-missing', 'flux-error-not-positive', 'flux-missing', 'flux-not-finite', 'flux-error-not-positive', 'band-unknown'])
})

test('forced photometry stands over an upper limit of its visit, in the same alert and in another', async () => {
  const visit = { jd: 2458990.5, fid: 2, pid: 3n }
  const both = await decode({ prv_candidates: [ztfLimit(visit), ztfLimit({ ...visit, pid: 4n })], fp_hists: [ztfForced(visit), ztfForced({ ...visit, pid: 4n, forcediffimflux: -99999 })] })
  assert.deepEqual(both.points.slice(1).map(point => [point.visit, point.psfFlux === 0]), [[3, false], [4, true]])
  const stored = (point: PhotometricPoint) => storedPoint(point)!
  const limit = stored((await decode({ prv_candidates: [ztfLimit(visit)] })).points[1]!)
  const forced = stored(both.points[1]!)
  assert.equal(identityOf(limit), identityOf(forced))
  assert.ok(compareVersions(forced, limit) > 0 && compareVersions(limit, forced) < 0)
})

test('a source on bad pixels is left out, one of a low score is not', async () => {
  const { points, omitted } = await decode({
    candidate: ztfSource({ nbad: 3 }),
    prv_candidates: [ztfSource({ candid: 6n, nbad: 1 }), ztfSource({ nbad: 0, rb: 0.01 }), ztfSource({ nbad: null })],
    fp_hists: [ztfForced({ procstatus: '56,57' }), ztfForced({ procstatus: '57' }), ztfForced({ procstatus: null })]
  })
  assert.deepEqual(points.map(({ kind }) => kind), ['detection', 'detection', 'forced', 'forced'])
  assert.deepEqual(omitted, [
    { diaSourceId: '1105522281015015001', reason: 'quality-flags' }, { diaSourceId: '6', reason: 'quality-flags' }, { diaSourceId: null, reason: 'quality-flags' }
  ])
})

test('a source whose flux has no value, error or sign is left out with its reason', async () => {
  const { points, omitted } = await decode({
    prv_candidates: [
      ztfSource({ isdiffpos: null }), ztfSource({ isdiffpos: 'x' }), ztfSource({ magpsf: Number.NaN }), ztfSource({ sigmapsf: null }), ztfSource({ sigmapsf: 0 }),
      ztfSource({ fid: 0 }), ztfSource({ jd: Number.NaN })
    ]
  })
  assert.equal(points.length, 1)
  assert.deepEqual(omitted.map(({ reason }) => reason),
    ['flux-missing', 'flux-missing', 'flux-not-finite', 'flux-error-not-positive', 'flux-error-not-positive', 'band-unknown', 'time-invalid'])
})

test('a named body of the solar system within 5 arcsec marks the alert', async () => {
  const near = async (ssdistnr: number | null, ssnamenr: string | null): Promise<boolean> => (await decode({ candidate: ztfSource({ ssdistnr, ssnamenr }) })).solarSystem
  for (const distance of [0, 1.5, 5]) assert.equal(await near(distance, '292631'), true)
  for (const [distance, name] of [[-999, 'null'], [15, '292631'], [-999, '292631'], [1, 'null'], [1, ''], [1, null], [null, '292631'], [Number.NaN, '292631']] as const) {
    assert.equal(await near(distance, name), false)
  }
})

test('without a place or a time an alert is refused; without a name its object has none', async () => {
  for (const changes of [{ jd: Number.NaN }, { ra: Number.NaN }, { dec: 91 }]) {
    await assert.rejects(decode({ candidate: ztfSource(changes) }), (error: unknown) => error instanceof CandelaError && error.code === 'alert-incomplete')
  }
  assert.equal((await decode({ objectId: '' })).diaObjectId, null)
})

test('Fink\'s snappy container of ZTF alerts gives the same alerts', async () => {
  const given = [[ztfAlert({ fp_hists: [ztfForced()], prv_candidates: [ztfLimit()] })]]
  const plain = await decodeAlert(ztfContainer(given), { schemas: countingSource() })
  assert.deepEqual(await decodeAlert(ztfContainer(given, 'snappy'), { schemas: countingSource() }), plain)
})
