import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { Alert } from '../../src/alert/alert.ts'
import { decodeAlert, decodeFile, type DecodedAlert } from '../../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../../src/alert/schemas/source.ts'
import { CandelaError } from '../../src/errors.ts'
import { containerBlock, containerHeader, countingSource, elasticcAlert, elasticcContainer, elasticcSource, framed, lsstAlert, lsstSchema, lsstWriter } from '../fixtures/alert-packets.ts'
import { needs, sharedData } from '../parts.ts'

const read = (folder: string, file: string): Buffer => readFileSync(join(sharedData, 'alerts', folder, file))
const rubin = schemaFolders(SHIPPED_SCHEMAS)

async function all (bytes: Uint8Array, schemas = rubin): Promise<DecodedAlert[]> {
  const decoded: DecodedAlert[] = []
  for await (const one of decodeFile(bytes, { schemas })) decoded.push(one)
  return decoded
}
async function alerts (bytes: Uint8Array, schemas = rubin): Promise<Alert[]> {
  return (await all(bytes, schemas)).map(one => {
    if ('error' in one) throw one.error
    return one.alert
  })
}
const near = (actual: number, expected: number): void =>
  assert.ok(Math.abs(actual - expected) <= 1e-10 * Math.abs(expected), `${actual} is not ${expected}`)
const code = (wanted: string) => (error: unknown): boolean => error instanceof CandelaError && error.code === wanted && error.action !== undefined

test('the ELAsTiCC files have the redshifts that fastavro reads from them', async t => {
  if (!needs(t, 'shared-data')) return
  const expected = [
    ['alert_mjd59583.0511_obj1131_src2262001.avro', 1.1370378732681274],
    ['alert_mjd59590.0349_obj843_src1686002.avro', Math.fround(0.61985016)],
    ['alert_mjd60503.4283_obj851_src1702009.avro', 0.7819783091545105],
    ['alert_mjd60665.0361_obj1120_src2240040.avro', 0.5836519002914429]
  ] as const
  for (const [file, redshift] of expected) {
    const [alert] = await alerts(read('elasticc', file))
    assert.deepEqual(alert?.host, { redshift, redshiftErr: 0.0010000000474974513, mwebv: null })
  }
})

test('every Rubin schema version from 7.0 to 11.1 is read', async t => {
  if (!needs(t, 'shared-data')) return
  for (const version of ['7_0', '7_1', '7_2', '7_3', '7_4', '8_0', '9_0', '10_0', '11_0', '11_1']) {
    const alert = await decodeAlert(read('lsst', `lsst.v${version}.avro`), { schemas: rubin })
    const before8 = version.startsWith('7')
    assert.equal(alert.diaObjectId, '281323062375219201', version)
    assert.equal(alert.diaSourceId, '281323062375219200')
    assert.equal(alert.midpointMjdTai, before8 ? 1480360995 : 60902.993305483615)
    assert.deepEqual([alert.ra, alert.dec], [351.570546978, 0.126243049656])
    if (before8) {
      // The samples of 7.x are made up, with seconds where days belong.
      assert.deepEqual([alert.points, alert.omitted.map(({ reason }) => reason)], [[], ['time-invalid', 'time-invalid', 'time-invalid']])
      continue
    }
    assert.deepEqual(alert.points.map(point => point.visit), [1, 2, 1])
    assert.deepEqual(alert.points.map(point => point.midpointMjdTai), [60902.993305483615, 60901.993305483615, 60900.993305483615])
    assert.ok(alert.points.every(point => point.band === 'r' && point.psfFlux === 1241 && point.psfFluxErr === 12 && !point.withdrawn && point.kind === 'detection'))
    const processed = alert.points.map(point => point.timeProcessedMjdTai)
    if (version === '8_0') {
      // 2025-08-15T23:51:33.464614Z + 37 s, by Python's datetime
      near(processed[0]!, 60902.99456556266)
      assert.deepEqual(processed.slice(1), [null, null])
    } else assert.deepEqual(processed, [60903, 60902, 60901])
  }
})

test('a Rubin alert with cutouts and a NaN for "not withdrawn" is read', async t => {
  if (!needs(t, 'shared-data')) return
  const alert = await decodeAlert(read('lsst', '7912941781254298.avro'), { schemas: rubin })
  assert.deepEqual(alert, {
    diaObjectId: '7912941781254298',
    diaSourceId: '7912941781254298',
    midpointMjdTai: 60961.23309222222,
    ra: 55.75212760972686,
    dec: -32.26847858422095,
    points: [{
      midpointMjdTai: 60961.23309222222,
      band: 'r',
      psfFlux: -1230.2757568359375,
      psfFluxErr: Math.fround(245.9368),
      kind: 'detection',
      visit: 943296,
      timeProcessedMjdTai: 60909.92801312936,
      withdrawn: false
    }],
    omitted: [],
    host: { redshift: null, redshiftErr: null, mwebv: null },
    solarSystem: false,
    context: { realBogus: { score: 0.11247663199901581, name: 'reliability' }, isDipole: false, detections: 1 },
    readAs: { dialect: 'lsst', fluxUnit: 'nJy', survey: 'LSST' }
  })
})

test('an alert of an unknown schema says so; its source is asked again for the next one', async () => {
  const schemas = countingSource()
  const other = framed(lsstAlert())
  other.writeUInt32BE(1203, 1)
  for (const calls of [1, 2]) {
    await assert.rejects(decodeAlert(other, { schemas }), (error: CandelaError) => code('schema-unknown')(error) && !error.canRetry && error.message.includes('1203'))
    assert.equal(schemas.calls, calls)
  }
})

test('bytes that are no alert say so', async () => {
  const options = { schemas: countingSource() }
  const whole = framed(lsstAlert())
  await assert.rejects(decodeAlert(Buffer.from('SNID: 1'), options), code('alert-not-framed'))
  await assert.rejects(decodeAlert(Buffer.from('{"a":1}'), options), code('dialect-unknown'))
  for (const length of [0, 1, 5]) await assert.rejects(decodeAlert(whole.subarray(0, length), options), code('alert-truncated'))
  await assert.rejects(decodeAlert(whole.subarray(0, whole.length - 1), options), code('alert-truncated'))
  await assert.rejects(decodeAlert(Buffer.concat([whole, Buffer.from([0])]), options), code('avro-invalid'))
  for (const bytes of [Buffer.from('SNID: 1'), Buffer.alloc(0)]) {
    const [one, ...more] = await all(bytes)
    assert.ok(one && 'error' in one && more.length === 0)
    assert.equal(one.error.code, 'dialect-unknown')
  }
})

test('a container of records that are no alerts names its schema', async () => {
  const schema = { type: 'record', name: 'weather.report', fields: [{ name: 'wind', type: 'double' }] }
  const [one] = await all(Buffer.concat([containerHeader(schema), containerBlock([Buffer.alloc(8)])]))
  assert.ok(one && 'error' in one && code('dialect-unknown')(one.error))
  assert.match(one.error.message, /weather\.report/)
  const [broken] = await all(containerHeader({ type: 'record', name: 'alert', fields: [{ name: 'diaSource', type: 'nowhere' }] }))
  assert.ok(broken && 'error' in broken && code('schema-invalid')(broken.error))
})

test('LSST alerts in a container are read by its own schema, also where its defaults are not valid', async () => {
  const records = [lsstAlert(), lsstAlert()].map(alert => lsstWriter.toBuffer(alert))
  const schema = structuredClone(lsstSchema)
  Object.assign(schema.fields[1]!, { type: ['null', 'string'], default: 'none' })
  const two = await alerts(Buffer.concat([containerHeader(schema), containerBlock(records)]))
  assert.deepEqual(two.map(alert => alert.diaObjectId), ['170028485706776685', '170028485706776685'])
})

test('a message may be a container of one alert, not of two', async () => {
  const options = { schemas: countingSource() }
  assert.equal((await decodeAlert(elasticcContainer([[elasticcAlert()]]), options)).diaObjectId, '843')
  await assert.rejects(decodeAlert(elasticcContainer([[elasticcAlert()], [elasticcAlert()]]), options), code('alert-not-single'))
  await assert.rejects(decodeAlert(elasticcContainer([]), options), code('alert-not-single'))
})

test('an incomplete record costs itself only, and its bytes can be decoded again', async () => {
  const nameless = elasticcAlert({ diaSource: elasticcSource({ midPointTai: Number.NaN }) })
  for (const codec of ['null', 'deflate']) {
    const [first, second, third, ...more] = await all(elasticcContainer([[elasticcAlert(), nameless, elasticcAlert()]], codec))
    assert.ok(first && 'alert' in first && third && 'alert' in third && more.length === 0)
    assert.ok(second && 'error' in second && code('alert-incomplete')(second.error))
    const [again, ...rest] = await all(second.bytes)
    assert.ok(again && 'error' in again && rest.length === 0)
    assert.equal(again.error.code, 'alert-incomplete')
  }
})
