import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeFile, decodeMessage } from '../../../src/alert/decode.ts'
import { containerBlock, containerHeader, countingSource, lsstForced, lsstSource, writerOf } from '../../fixtures/alert-packets.ts'
import { finkLsstAlert, finkLsstSchema, finkRecord, finkZtfAlert, finkZtfSchema, NO_OBJECT } from '../../fixtures/fink-packets.ts'
import { ztfLimit, ztfSource } from '../../fixtures/ztf-packets.ts'

const schemas = countingSource()
async function decode (alert: object, schema = finkLsstSchema()): Promise<Alert> {
  const { value, carrier } = finkRecord(schema, alert)
  const [first, ...others] = await decodeMessage(value, { schemas, given: { carrier } })
  assert.deepEqual(others, [])
  return first!
}

test('a record of Fink\'s LSST stream is read by the schema in its key: survey, catalogues, photometric redshift', async () => {
  const alert = await decode(finkLsstAlert({
    prvDiaSources: [lsstSource({ diaSourceId: 7n, midpointMjdTai: 61100.5, psfFlux: null })],
    prvDiaForcedSources: [lsstForced({ midpointMjdTai: 61101.5, visit: 5n })],
    xm: {
      simbad_otype: 'QSO',
      gaiadr3_DR3Name: 'Gaia DR3 1',
      gaiadr3_Plx: 5,
      gaiadr3_e_Plx: 0.5,
      gaiadr3_VarFlag: 1,
      vsx_Type: 'EA',
      gcvs_type: 'RRAB',
      spicy_class: 'FlatSpectrum',
      x4lac_type: 'bll',
      mangrove_HyperLEDA_name: 'NGC4000',
      tns_fullname: 'SN 2026abc',
      tns_type: 'SN Ia',
      tns_redshift: 0.25,
      legacydr8_zphot: 0.5,
      legacydr8_e_zphot: 0.125,
      legacydr8_pstar: 0.25
    },
    clf: { cats_class: 11 },
    pred: { main_label_crossmatch: 'QSO' },
    misc: { firstDiaSourceMjdTaiFink: 61090.5 }
  }))
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.ra, alert.dec, alert.solarSystem, alert.readAs], ['170028485706776685', '170094456272322680', 150.5, -2.75, false, { dialect: 'fink-lsst', fluxUnit: 'nJy', survey: 'LSST' }])
  assert.deepEqual(alert.points.map(({ midpointMjdTai, kind }) => [midpointMjdTai, kind]), [[61105.25, 'detection'], [61101.5, 'forced']])
  assert.deepEqual(alert.omitted, [{ diaSourceId: '7', reason: 'flux-missing' }])
  assert.deepEqual(alert.host, { redshift: 0.5, redshiftErr: 0.125, mwebv: null })
  assert.deepEqual(alert.context, {
    nearest: { catalogue: 'Legacy Surveys DR8', starScore: 0.25, separation: null },
    classes: [
      { catalogue: 'SIMBAD', class: 'QSO' }, { catalogue: 'Gaia DR3', class: 'variable', name: 'Gaia DR3 1' }, { catalogue: 'Gaia DR3', class: 'star, parallax of 10σ', name: 'Gaia DR3 1' },
      { catalogue: 'VSX', class: 'EA' }, { catalogue: 'GCVS', class: 'RRAB' }, { catalogue: 'SPICY', class: 'FlatSpectrum' }, { catalogue: '4LAC', class: 'bll' },
      { catalogue: 'Mangrove', class: 'galaxy within 60″', name: 'NGC4000' }, { catalogue: 'TNS', class: 'SN Ia', name: 'SN 2026abc' }, { catalogue: 'Fink CATS', class: 'SN-like' }
    ],
    detections: 3,
    firstDetectionMjdTai: 61090.5,
    hostRedshifts: [
      { redshift: 0.5, redshiftErr: 0.125, kind: 'photometric', catalogue: 'Legacy Surveys DR8' }, { redshift: 0.25, redshiftErr: null, kind: 'spectroscopic', catalogue: 'TNS' }
    ]
  })
})

test('texts for "no match", a redshift below 0 and the redshift of TNS alone give no class and no host', async () => {
  for (const nothing of ['Unknown', 'Fail', 'Fail 504', 'nan', '', 'None']) {
    const { context, host } = await decode(finkLsstAlert({
      xm: { simbad_otype: nothing, vsx_Type: nothing, gcvs_type: nothing, tns_type: nothing, gaiadr3_VarFlag: 0, legacydr8_zphot: -0.25, legacydr8_e_zphot: 0.125 }, clf: { cats_class: -1 }
    }))
    assert.deepEqual([context?.classes, context?.hostRedshifts, host.redshift], [undefined, undefined, null], nothing)
  }
  const { host } = await decode(finkLsstAlert({ xm: { tns_redshift: 0.05 } }))
  assert.equal(host.redshift, null)
  assert.equal((await decode(finkLsstAlert({ xm: { simbad_otype: 'Failure' } }))).context?.classes?.[0]?.class, 'Failure')
})

test('the photometric redshift of a star is shown, and is no host\'s', async () => {
  const { context, host } = await decode(finkLsstAlert({ xm: { legacydr8_zphot: 0.35, legacydr8_pstar: 0.998 } }))
  assert.equal(host.redshift, null)
  assert.equal(context?.hostRedshifts?.length, 1)
})

test('records whose fields are all null are absent, ids of 0 are none, histories may be null', async () => {
  const alert = await decode(finkLsstAlert({ diaObject: NO_OBJECT, diaSource: lsstSource({ diaObjectId: 0n, ssObjectId: 0n }), prvDiaSources: null, prvDiaForcedSources: null }))
  assert.deepEqual([alert.diaObjectId, alert.solarSystem, alert.ra, alert.points.length], [null, false, 150.25, 1])
  for (const body of [{ ssSource: { ssObjectId: 21163624394469969n } }, { pred: { is_sso: true } }, { diaSource: lsstSource({ diaObjectId: 0n, ssObjectId: 5n }) }]) {
    const { diaObjectId, solarSystem } = await decode(finkLsstAlert({ diaObject: NO_OBJECT, diaSource: lsstSource({ diaObjectId: 0n, ssObjectId: 0n }), ...body }))
    assert.deepEqual([diaObjectId, solarSystem], [null, true])
  }
})

test('new fields anywhere, and Fink\'s own fields of other types, do not cost the light curve', async () => {
  assert.equal((await decode({ ...finkLsstAlert(), new_score: 0.5 }, finkLsstSchema({ name: 'new_score', type: 'double' }))).points.length, 1)
  const schema = { type: 'record', name: 'topLevelRecord', namespace: 'lsst.v10_0', fields: [...(finkLsstSchema() as { fields: Array<{ name: string }> }).fields.filter(({ name }) => name !== 'xm'), { name: 'xm', type: 'string' }] }
  const alert = await decode({ ...finkLsstAlert(), xm: 'QSO' }, schema)
  assert.deepEqual([alert.diaObjectId, alert.points.length, alert.context?.classes], ['170028485706776685', 1, undefined])
})

test('a file of Fink\'s transfer has many alerts, several of one object', async () => {
  const schema = finkLsstSchema()
  const records = [finkLsstAlert(), finkLsstAlert({ diaSource: lsstSource({ diaSourceId: 8n, midpointMjdTai: 61100.5 }) })].map(alert => writerOf(schema).toBuffer(alert))
  const found: Alert[] = []
  for await (const one of decodeFile(Buffer.concat([containerHeader(schema), containerBlock(records)]), { schemas })) if ('alert' in one) found.push(one.alert)
  assert.deepEqual(found.map(({ diaObjectId, diaSourceId }) => [diaObjectId, diaSourceId]), [['170028485706776685', '170094456272322680'], ['170028485706776685', '8']])
})

test('ZTF\'s records with Fink\'s columns', async () => {
  const alert = await decode(finkZtfAlert({
    prv_candidates: [ztfSource({ jd: 2458999.5, fid: 2, pid: 7n, candid: 5n, isdiffpos: 'f' }), ztfLimit({ jd: 2458998.5, pid: 8n })],
    cdsxmatch: 'Star',
    tns: '',
    DR3Name: 'nan',
    gaiaClass: 'RR',
    vsx: 'Unknown',
    mangrove: { HyperLEDA_name: 'None', '2MASS_name': '08392' },
    roid: 3
  }), finkZtfSchema())
  assert.deepEqual([alert.diaObjectId, alert.diaSourceId, alert.readAs?.dialect], ['ZTF20aaelulu', '1105522281015015001', 'fink-ztf'])
  assert.deepEqual(alert.points.map(({ kind, psfFlux }) => [kind, Math.sign(psfFlux)]), [['detection', 1], ['detection', -1], ['forced', 0]])
  assert.deepEqual(alert.context?.classes, [{ catalogue: 'SIMBAD', class: 'Star' }, { catalogue: 'Gaia DR3', class: 'RR' }, { catalogue: 'Mangrove', class: 'galaxy within 60″', name: '08392' }])
  assert.equal((await decode(finkZtfAlert(), finkZtfSchema())).context?.classes, undefined)
})

test('damage, a schema that is none, a foreign one and a version in its place have codes of their own', async () => {
  const { value, carrier } = finkRecord(finkLsstSchema(), finkLsstAlert())
  const read = (bytes: Buffer, key: string | null = carrier.key!.toString()) => decodeMessage(bytes, { schemas, given: { carrier: { ...carrier, key: key === null ? null : Buffer.from(key) } } })
  await assert.rejects(read(value.subarray(0, 100)), { code: 'alert-truncated' })
  await assert.rejects(read(Buffer.concat([value, value])), { code: 'avro-invalid' })
  await assert.rejects(read(value, '{"type": "record"'), { code: 'schema-invalid' })
  await assert.rejects(read(value, '{"type": "record", "name": "weather", "fields": [{"name": "wind", "type": "double"}]}'), { code: 'dialect-unknown' })
  await assert.rejects(read(value, '4.1_8.39.0'), { code: 'schema-not-in-key', message: /4\.1_8\.39\.0/ })
  for (let length = 0; length < value.length; length += 7) await assert.rejects(read(value.subarray(0, length)), { name: 'CandelaError' })
})

test('a prediction of one of Fink\'s AI topics is refused, with the topic that has the alerts', async () => {
  const prediction = Buffer.from('{"source": {"candid": 170094456277565473}, "bridge": "a", "result": {"predictions": [0.73]}}')
  await assert.rejects(decodeMessage(prediction, { schemas }), { code: 'alert-incomplete', message: /no light curve/, action: /fink_ai_feed_/, value: '170094456277565473' })
})

test('the survey\'s dialect stands for Fink\'s, Fink\'s for no other', async () => {
  const { value, carrier } = finkRecord(finkLsstSchema(), finkLsstAlert())
  assert.equal((await decodeMessage(value, { schemas, dialect: 'lsst', given: { carrier } })).length, 1)
  await assert.rejects(decodeMessage(value, { schemas, dialect: 'fink-ztf', given: { carrier } }), { code: 'dialect-mismatch' })
})
