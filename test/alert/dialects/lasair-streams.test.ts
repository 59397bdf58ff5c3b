/** Lasair's filter streams, and what its API answers beside an object of LSST. */
import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { AnnouncementError } from '../../../src/alert/announcement.ts'
import { decodeAlert } from '../../../src/alert/decode.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { lasairObject, lasairSource } from '../../fixtures/plain-alerts.ts'

const decode = (text: string): Promise<Alert> => decodeAlert(Buffer.from(text), { schemas: countingSource() })

const ID = '314002971860926640'
const SOURCES = '[{"psfFlux": 2000.5, "psfFluxErr": 100.5, "midpointMjdTai": 61105.25, "band": "i", "reliability": 0.75}, {"psfFlux": NaN, "psfFluxErr": 100.5, "midpointMjdTai": 61104.25, "band": "r", "reliability": 0.75}]'
const FORCED = '[{"psfFlux": -30.5, "psfFluxErr": 100.5, "midpointMjdTai": 61103.25, "band": "z"}]'
const lite = (columns: string): string => `{"diaObjectId": ${ID}${columns}, "UTC": "2026-03-06 05:37:41", "alert": {"diaSourcesList": ${SOURCES}, "diaForcedSourcesList": ${FORCED}}}`

test('lite: object and position are those of the columns, the source\'s id is made; without a position it is classified all the same', async () => {
  const { points, ...alert } = await decode(lite(', "ra": 63.25, "decl": -46.9'))
  assert.deepEqual(points.map(({ kind, band, psfFlux, visit }) => [kind, band, psfFlux, visit]), [['detection', 'i', 2000.5, null], ['forced', 'z', -30.5, null]])
  assert.deepEqual(alert, {
    diaObjectId: ID,
    diaSourceId: `${ID}-i-${61105.25 * 86_400_000}`,
    midpointMjdTai: 61105.25,
    ra: 63.25,
    dec: -46.9,
    omitted: [{ diaSourceId: null, reason: 'flux-missing' }],
    host: { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: false,
    context: { realBogus: { score: 0.75, name: 'reliability' } },
    readAs: { dialect: 'lasair', fluxUnit: 'nJy', survey: 'LSST' }
  })
  const nowhere = await decode(lite(''))
  assert.deepEqual([nowhere.ra, nowhere.dec, nowhere.points.length], [Number.NaN, Number.NaN, 2])
  await assert.rejects(decode(lite(', "ra": 663.25, "decl": -46.9')), { code: 'alert-incomplete', message: /ra and decl/ })
})

test('columns: Sherlock\'s association, numbers as text, values that could not be written', async () => {
  const { host, context } = await decode(lite(`, "classification": "NT", "association_type": "NT", "catalogue_table_name": "GLADE", "catalogue_object_id": "17", "separationArcsec": "1.5", "z": "0.0625",
    "photoZ": 0.125, "photoZErr": "Unexpected type in json.dumps:<class 'decimal.Decimal'>", "ebv": "0.021", "nDiaSources": "12", "firstDiaSourceMjdTai": 60000, "tns_name": null, "type": "", "absMag": NaN`))
  assert.deepEqual(host, { redshift: 0.0625, redshiftErr: null, mwebv: 0.021 })
  assert.deepEqual(context, {
    realBogus: { score: 0.75, name: 'reliability' },
    nearest: { catalogue: 'Sherlock (GLADE)', starScore: null, separation: 1.5 },
    classes: [{ catalogue: 'Sherlock', class: 'NT', name: '17' }],
    detections: 12,
    hostRedshifts: [
      { redshift: 0.0625, redshiftErr: null, kind: 'spectroscopic', catalogue: 'Sherlock (GLADE)', separation: 1.5 },
      { redshift: 0.125, redshiftErr: null, kind: 'photometric', catalogue: 'Sherlock (GLADE)', separation: 1.5 }
    ]
  })
})

test('rows of a join are the same alert: one id, the facts of each row', async () => {
  const rows = await Promise.all([', "classification": "SN", "z": null, "photoZ": 0.083, "photoZErr": 0.021', ', "classification": "SN", "z": 0.0807, "photoZ": null, "photoZErr": 0.021'].map(row => decode(lite(row))))
  assert.equal(rows[0]!.diaSourceId, rows[1]!.diaSourceId)
  // An error without its redshift has no meaning.
  assert.deepEqual(rows.map(({ host }) => [host.redshift, host.redshiftErr]), [[0.083, 0.021], [0.0807, null]])
})

test('what is no host says no redshift: labels of TNS, the photometric redshift of a star', async () => {
  const labelled = await decode(lite(', "tns_name": "2026zzz", "type": "SN Ia", "z": 0.052'))
  assert.equal(labelled.host.redshift, null)
  assert.deepEqual(labelled.context?.classes, [{ catalogue: 'TNS', class: 'SN Ia', name: '2026zzz' }])
  assert.deepEqual(labelled.context?.hostRedshifts, [{ redshift: 0.052, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' }])
  const star = await decode(lite(', "classification": "VS", "association_type": "VS", "photoZ": 0.4, "photoZErr": 0.1'))
  assert.deepEqual([star.host.redshift, star.context?.classes?.map(({ class: name }) => name), star.context?.hostRedshifts], [null, ['VS'], undefined])
})

test('plain: the object is announced, when a filter is saved as well; without its id the column is asked for', async () => {
  for (const columns of [`{"diaObjectId": ${ID}, "ra": 63.25, "decl": -46.9, "UTC": "2026-03-06 05:37:41"}`, `{"diaObjectId": ${ID}, "ra": 63.25, "decl": -46.9}`]) {
    await assert.rejects(decode(columns), error => {
      assert.ok(error instanceof AnnouncementError)
      assert.deepEqual(error.announcement, { service: 'lasair', id: ID, survey: 'LSST', diaObjectIds: [ID], diaSourceId: null, ra: 63.25, dec: -46.9, solarSystem: false })
      return true
    })
  }
  await assert.rejects(decode('{"ra": 63.25, "decl": -46.9, "UTC": "2026-03-06 05:37:41"}'), { code: 'alert-incomplete', message: /column diaObjectId/ })
  await assert.rejects(decode('{"diaObjectId": 0, "UTC": "2026-03-06 05:37:41"}'), { code: 'alert-incomplete' })
  await assert.rejects(decode('{"diaObjectId": [], "UTC": "2026-03-06 05:37:41"}'), { code: 'alert-invalid', message: /diaObjectId/ })
})

test('the object API: lasairData, the id as text, an answer that is an error', async () => {
  const data = '{"nDiaSources": 346, "ebv": 0.021, "sherlock": {"classification": "SN", "separationArcsec": 1.5, "photoZ": 0.083, "photoZErr": 0.021, "z": null}, "TNS": {"tns_name": "2026zzz", "type": "SN Ia", "z": 0.052}, "annotations": []}'
  const { host, context, diaObjectId } = await decode(lasairObject([lasairSource()], { diaObjectId: '"313637921267122191"', lasairData: data, ebv: 'null', diaObject: '{"ra": 9.5, "decl": -44.5, "firstDiaSourceMjdTai": 60000}' }))
  assert.equal(diaObjectId, '313637921267122191')
  assert.deepEqual(host, { redshift: 0.083, redshiftErr: 0.021, mwebv: 0.021 })
  assert.deepEqual([context?.detections, context?.firstDetectionMjdTai, context?.classes?.map(({ class: name }) => name)], [346, undefined, ['SN', 'SN Ia']])
  for (const other of ['null', '5', '[]', '{"sherlock": [], "TNS": "none"}']) assert.equal((await decode(lasairObject([lasairSource()], { lasairData: other }))).host.redshift, null, other)
  await assert.rejects(decode('{"error": "\'image_urls\'"}'), { code: 'answer-is-error', message: /'image_urls'/ })
})

test('context of the full form is LSST\'s', async () => {
  const { context } = await decode(lasairObject([lasairSource({ reliability: '0.75', templateFlux: '5000.5', extendedness: '0.5', isDipole: 'true' })], { diaObject: '{"diaObjectId": 313637921267122191, "ra": 9.5, "decl": -44.5, "nDiaSources": 392, "firstDiaSourceMjdTai": 60900.5}' }))
  assert.deepEqual(context, { realBogus: { score: 0.75, name: 'reliability' }, templateFlux: 5000.5, extendedness: 0.5, isDipole: true, detections: 392, firstDetectionMjdTai: 60900.5 })
  const unreal = await decode(lasairObject([lasairSource({ reliability: '0.05' })]))
  assert.deepEqual(unreal.omitted, [{ diaSourceId: '313673107864813598', reason: 'low-reliability' }])
})

test('objects of ZTF: magnitudes with a sign, limits without an id, the start of the exposure in UTC', async () => {
  const candidate = (changes: string): string => `{"mjd": 58999.5, "fid": 2, "magpsf": 20, "sigmapsf": 0.125, "ra": 185.75, "dec": 15.5${changes}}`
  const alert = await decode(`{"objectId": "ZTF20aaelulu", "objectData": {"ramean": 185.5, "decmean": 15.25}, "candidates": [${[
    candidate(', "candid": 1105522281015015001, "isdiffpos": "t", "drb": 0.75, "ndethist": 12, "sgscore1": 0.25, "distpsnr1": 1.5'),
    candidate(', "candid": 5, "isdiffpos": "f", "mjd": 58998.5, "fid": 1'),
    candidate(', "candid": 6, "isdiffpos": -1, "mjd": 58997.5, "fid": 3'),
    candidate(', "candid": 7, "mjd": 58996.5'),
    candidate(', "mjd": 58995.5, "diffmaglim": 20, "sigmapsf": null')
  ].join(', ')}], "sherlock": {"classification": "SN", "z": 0.02}, "TNS": {}}`)
  const FLUX = 10 ** (0.4 * 11.4)
  const [time, middle] = [58999.5, (37 + 15) / 86400]
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.ra, alert.dec], ['ZTF20aaelulu', '1105522281015015001', 185.5, 15.25])
  assert.deepEqual(alert.points.map(({ kind, band, midpointMjdTai, psfFlux }) => [kind, band, Math.round((midpointMjdTai - middle) * 1e6) / 1e6, Math.round(psfFlux / FLUX)]), [
    ['detection', 'r', time, 1], ['detection', 'g', time - 1, -1], ['detection', 'i', time - 2, -1], ['forced', 'r', time - 4, 0]
  ])
  assert.ok(Math.abs(alert.points[0]!.psfFluxErr / FLUX - 0.125 * Math.LN10 / 2.5) < 1e-9 && Math.abs(alert.points[3]!.psfFluxErr / FLUX - 0.2) < 1e-9)
  assert.deepEqual(alert.omitted, [{ diaSourceId: '7', reason: 'flux-missing' }])
  assert.deepEqual([alert.context?.realBogus, alert.context?.nearest?.starScore, alert.host.redshift], [{ score: 0.75, name: 'drb' }, 0.25, 0.02])
  await assert.rejects(decode('{"objectId": "ZTF20aaelulu", "candidates": []}'), { code: 'alert-incomplete' })
})
