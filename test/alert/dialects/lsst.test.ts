import assert from 'node:assert/strict'
import test from 'node:test'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { CandelaError } from '../../../src/errors.ts'
import { countingSource, framed, lsstAlert, lsstForced, lsstSource } from '../../fixtures/alert-packets.ts'

const schemas = countingSource()
const decode = (changes: object = {}) => decodeAlert(framed(lsstAlert(changes)), { schemas })

test('the triggering source comes first, then previous sources, then forced photometry', async () => {
  const alert = await decode({
    prvDiaSources: [lsstSource({ midpointMjdTai: 61100, band: 'g', visit: 7n })],
    prvDiaForcedSources: [lsstForced({ midpointMjdTai: 61099, band: 'y', visit: 6n, psfFlux: -20 })]
  })
  assert.deepEqual(alert, {
    diaObjectId: '170028485706776685',
    diaSourceId: '170094456272322680',
    midpointMjdTai: 61105.25,
    ra: 150.5,
    dec: -2.75,
    points: [
      { midpointMjdTai: 61105.25, band: 'r', psfFlux: 1200, psfFluxErr: 100, kind: 'detection', visit: 2026030500055, timeProcessedMjdTai: 61105.5, withdrawn: false },
      { midpointMjdTai: 61100, band: 'g', psfFlux: 1200, psfFluxErr: 100, kind: 'detection', visit: 7, timeProcessedMjdTai: 61105.5, withdrawn: false },
      { midpointMjdTai: 61099, band: 'y', psfFlux: -20, psfFluxErr: 100, kind: 'forced', visit: 6, timeProcessedMjdTai: 61105.5, withdrawn: false }
    ],
    omitted: [],
    host: { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: false,
    readAs: { dialect: 'lsst', fluxUnit: 'nJy', survey: 'LSST' }
  })
})

test('the context: reliability, template flux, extendedness, dipole, detections and the first of them; 60000 and null are none', async () => {
  const diaSource = lsstSource({ reliability: 0.875, templateFlux: 1500, extendedness: 0.25, isDipole: false })
  const diaObject = { diaObjectId: 5n, ra: 150.5, dec: -2.75, nDiaSources: 12, firstDiaSourceMjdTai: 61000.5 }
  const ofSource = { realBogus: { score: 0.875, name: 'reliability' }, templateFlux: 1500, extendedness: 0.25, isDipole: false }
  assert.deepEqual((await decode({ diaSource, diaObject })).context, { ...ofSource, detections: 12, firstDetectionMjdTai: 61000.5 })
  for (const firstDiaSourceMjdTai of [60000, null]) {
    assert.deepEqual((await decode({ diaSource, diaObject: { ...diaObject, firstDiaSourceMjdTai } })).context, { ...ofSource, detections: 12 })
  }
  assert.deepEqual((await decode({ diaSource, diaObject: null })).context, ofSource)
  assert.equal('context' in await decode({}), false)
})

test('sources below the least reliability are left out: 0.1 where nothing else is given; forced photometry has no score and stays', async () => {
  const bytes = framed(lsstAlert({
    diaSource: lsstSource({ reliability: 0.0625 }),
    prvDiaSources: [lsstSource({ diaSourceId: 7n, visit: 1n, reliability: 0.25 }), lsstSource({ diaSourceId: 8n, visit: 2n }), lsstSource({ diaSourceId: 9n, visit: 3n, reliability: 0.0625, timeWithdrawnMjdTai: 61107 })],
    prvDiaForcedSources: [lsstForced({ visit: 4n })]
  }))
  const leftOut = async (minReliability?: number): Promise<unknown> => {
    const { points, omitted } = await decodeAlert(bytes, { schemas, given: minReliability === undefined ? {} : { minReliability } })
    return [points.map(({ visit }) => visit), omitted.map(({ diaSourceId, reason }) => [diaSourceId, reason])]
  }
  const trigger = ['170094456272322680', 'low-reliability']
  assert.deepEqual(await leftOut(), [[1, 2, 3, 4], [trigger]], 'what the survey took back is told')
  assert.deepEqual(await leftOut(0.5), [[2, 3, 4], [trigger, ['7', 'low-reliability']]])
  assert.deepEqual(await leftOut(0), [[2026030500055, 1, 2, 3, 4], []])
})

test('ids above 2^53 stay exact', async () => {
  for (const id of [2n ** 53n + 1n, 2n ** 63n - 1n, 9_007_199_254_740_993n]) {
    const alert = await decode({ diaSource: lsstSource({ diaSourceId: id }), diaObject: { diaObjectId: id, ra: 1, dec: 1 } })
    assert.equal(alert.diaObjectId, id.toString())
    assert.equal(alert.diaSourceId, id.toString())
  }
})

test('a source of the solar system has an ssObjectId and no diaObjectId; 0 and null are none', async () => {
  for (const diaObjectId of [null, 0n]) {
    const alert = await decode({ diaSource: lsstSource({ diaObjectId, ssObjectId: 5n }), diaObject: null })
    assert.equal(alert.diaObjectId, null)
    assert.equal(alert.solarSystem, true)
    assert.deepEqual([alert.ra, alert.dec], [150.25, -2.5])
    for (const ssObjectId of [null, 0n]) {
      assert.equal((await decode({ diaSource: lsstSource({ diaObjectId, ssObjectId }), diaObject: null })).solarSystem, false)
    }
  }
  assert.equal((await decode({ diaSource: lsstSource({ ssObjectId: 5n }) })).solarSystem, false)
  assert.equal((await decode({ diaSource: lsstSource({ diaObjectId: null, ssObjectId: 5n }) })).solarSystem, false)
  assert.equal((await decode({ diaObject: null })).diaObjectId, '170028485706776685')
})

test('a previous source that the survey has given to another object, or to the solar system, is taken back', async () => {
  const own = 170028485706776685n
  const alert = await decode({
    prvDiaSources: [
      lsstSource({ visit: 1n, diaObjectId: own }),
      lsstSource({ visit: 2n, diaObjectId: own + 1n }),
      lsstSource({ visit: 3n, diaObjectId: null, ssObjectId: 5n }),
      lsstSource({ visit: 4n, diaObjectId: 0n, ssObjectId: null }),
      lsstSource({ visit: 5n, diaObjectId: own + 1n, psfFlux: null })
    ]
  })
  assert.deepEqual(alert.points.slice(1).map(({ visit, withdrawn }) => [visit, withdrawn]), [[1, false], [2, true], [3, true], [4, false], [5, true]])
  assert.deepEqual(alert.omitted, [])
})

test('each source without a usable flux is omitted with its reason', async () => {
  const wrong = [
    [{ psfFlux: null }, 'flux-missing'],
    [{ psfFlux: Number.NaN }, 'flux-not-finite'],
    [{ psfFlux: Number.POSITIVE_INFINITY }, 'flux-not-finite'],
    [{ psfFluxErr: null }, 'flux-error-not-positive'],
    [{ psfFluxErr: Number.NaN }, 'flux-error-not-positive'],
    [{ psfFluxErr: 0 }, 'flux-error-not-positive'],
    [{ psfFluxErr: -9 }, 'flux-error-not-positive'],
    [{ band: null }, 'band-unknown'],
    [{ band: 'Y' }, 'band-unknown'],
    [{ midpointMjdTai: Number.NaN }, 'time-invalid']
  ] as const
  const alert = await decode({
    diaSource: lsstSource({ psfFlux: null }),
    prvDiaSources: wrong.map(([changes], k) => lsstSource({ ...changes, diaSourceId: BigInt(k) })),
    prvDiaForcedSources: [lsstForced({ psfFlux: null })]
  })
  assert.deepEqual(alert.points, [])
  assert.deepEqual(alert.omitted, [
    { diaSourceId: '170094456272322680', reason: 'flux-missing' },
    ...wrong.map(([changes, reason], k) => ({ diaSourceId: String(k), reason, ...'band' in changes && changes.band !== null && { band: changes.band } })),
    { diaSourceId: null, reason: 'flux-missing' }
  ])
})

test('a source whose survey flags its flux is left out, previous ones too; a dipole is not, nor its forced photometry', async () => {
  const names = ['psfFlux_flag', 'pixelFlags_saturatedCenter', 'pixelFlags_streakCenter', 'pixelFlags_injectedCenter', 'glint_trail']
  const alert = await decode({
    diaSource: lsstSource({ psfFlux_flag: true }),
    prvDiaSources: [
      ...names.map((name, k) => lsstSource({ diaSourceId: BigInt(k), [name]: true })),
      lsstSource({ isDipole: true }),
      lsstSource(Object.fromEntries(names.map(name => [name, false])))
    ],
    prvDiaForcedSources: [lsstForced()]
  })
  assert.deepEqual(alert.points.map(({ kind }) => kind), ['detection', 'detection', 'forced'])
  assert.deepEqual(alert.omitted, ['170094456272322680', '0', '1', '2', '3', '4'].map(diaSourceId => ({ diaSourceId, reason: 'quality-flags' })))
})

test('a flagged source that was withdrawn is still withdrawn, with a flux and without', async () => {
  const alert = await decode({ prvDiaSources: [null, 900].map(psfFlux => lsstSource({ psfFlux_flag: true, psfFlux, timeWithdrawnMjdTai: 61106 })) })
  assert.deepEqual(alert.points.map(({ withdrawn }) => withdrawn), [false, true, true])
})

test('a withdrawn source is marked, whatever stands for "not withdrawn"', async () => {
  const alert = await decode({
    prvDiaSources: [null, Number.NaN, 61106.5].map(timeWithdrawnMjdTai => lsstSource({ timeWithdrawnMjdTai })),
    prvDiaForcedSources: [lsstForced({ timeWithdrawnMjdTai: 61107, timeProcessedMjdTai: Number.NaN })]
  })
  assert.deepEqual(alert.points.map(point => point.withdrawn), [false, false, false, true, true])
  assert.equal(alert.points[4]!.timeProcessedMjdTai, null)
})

test('a visit that a number cannot hold is not kept', async () => {
  const alert = await decode({ diaSource: lsstSource({ visit: 2n ** 60n + 1n }) })
  assert.equal(alert.points[0]!.visit, null)
})

test('an alert without a time or a position is refused', async () => {
  const unplaced = [
    [{ diaSource: lsstSource({ midpointMjdTai: Number.NaN }) }, /midpointMjdTai/],
    [{ diaSource: lsstSource({ ra: Number.NaN }), diaObject: null }, /ra and dec/],
    [{ diaSource: lsstSource({ dec: 90.5 }), diaObject: null }, /ra and dec/]
  ] as const
  for (const [changes, message] of unplaced) {
    await assert.rejects(decode(changes), (error: unknown) => error instanceof CandelaError && error.code === 'alert-incomplete' && message.test(error.message))
  }
})
