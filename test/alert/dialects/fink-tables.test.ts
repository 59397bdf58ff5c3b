import assert from 'node:assert/strict'
import test from 'node:test'
import type { Alert } from '../../../src/alert/alert.ts'
import { decodeFile, type DecodeOptions } from '../../../src/alert/decode.ts'
import { finkLsstTable } from '../../../src/alert/dialects/fink/lsst-table.ts'
import { finkZtfTable } from '../../../src/alert/dialects/fink/ztf-table.ts'
import type { CandelaError } from '../../../src/errors.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'

type Cells = Record<string, unknown>

async function read (text: string, options: Partial<DecodeOptions> = {}): Promise<{ alerts: Alert[], errors: CandelaError[] }> {
  const found: { alerts: Alert[], errors: CandelaError[] } = { alerts: [], errors: [] }
  for await (const one of decodeFile(Buffer.from(text), { schemas: countingSource(), ...options })) {
    if ('alert' in one) found.alerts.push(one.alert)
    else found.errors.push(one.error)
  }
  return found
}

/** Ids go into the text of the JSON as numbers. */
const table = (rows: Cells[]): string => JSON.stringify(rows).replaceAll(/"#(\d+)"/g, '$1')
const source = (changes: Cells = {}): Cells => ({
  'r:diaObjectId': '#314002971860926640',
  'r:diaSourceId': '#170094456277565473',
  'r:midpointMjdTai': 61105.25,
  'r:band': 'i',
  'r:psfFlux': 5530.5,
  'r:psfFluxErr': 426.25,
  'r:visit': 2026030500055,
  'r:ra': 63.25,
  'r:dec': -46.5,
  'r:reliability': 0.75,
  'r:pixelFlags_streakCenter': false,
  ...changes
})
const forced = (changes: Cells = {}): Cells => ({
  'r:diaForcedSourceId': '#170094456277565500', 'r:diaObjectId': '#314002971860926640', 'r:midpointMjdTai': 61106.25, 'r:band': 'r', 'r:psfFlux': -5.5, 'r:psfFluxErr': 42.25, 'r:ra': 63.5, 'r:dec': -46.25, ...changes
})

test('sources and forced photometry of several objects, in any order: an alert for each, of its newest detection', async () => {
  const { alerts, errors } = await read(table([
    source({ 'r:diaSourceId': '#5', 'r:midpointMjdTai': 61100.25, 'r:visit': 5, 'f:xm_legacydr8_zphot': 0.25 }),
    source({ 'r:diaObjectId': '#7', 'r:diaSourceId': '#8', 'r:psfFluxErr': null, 'r:ra': 10.5 }),
    source({ 'f:xm_simbad_otype': 'nan', 'f:clf_cats_class': 22, 'f:xm_legacydr8_zphot': 0.5, 'f:xm_legacydr8_e_zphot': 0.125, 'f:firstDiaSourceMjdTaiFink': 61000.5, 'f:new_column': {} }),
    forced(),
    source({ 'r:diaObjectId': 0, 'r:ssObjectId': '#21163624394469969', 'r:diaSourceId': '#9' })
  ]))
  assert.deepEqual(errors, [])
  assert.deepEqual(alerts.map(({ diaObjectId, diaSourceId, midpointMjdTai, ra, dec, solarSystem }) => [diaObjectId, diaSourceId, midpointMjdTai, ra, dec, solarSystem]), [
    ['314002971860926640', '170094456277565473', 61105.25, 63.25, -46.5, false], ['7', '8', 61105.25, 10.5, -46.5, false], [null, '9', 61105.25, 63.25, -46.5, true]
  ])
  const [first, second] = alerts
  assert.deepEqual(first?.points.map(({ kind, psfFlux, visit }) => [kind, psfFlux, visit]), [['detection', 5530.5, 5], ['detection', 5530.5, 2026030500055], ['forced', -5.5, null]])
  assert.deepEqual(second?.omitted, [{ diaSourceId: '8', reason: 'flux-error-not-positive' }])
  assert.deepEqual(first?.host, { redshift: 0.5, redshiftErr: 0.125, mwebv: null })
  assert.deepEqual([first?.context?.classes, first?.context?.firstDetectionMjdTai, first?.context?.realBogus], [[{ catalogue: 'Fink CATS', class: 'AGN' }], 61000.5, { score: 0.75, name: 'reliability' }])
})

test('a table of forced photometry alone has an id that is made, the same each time', async () => {
  const [once, again] = await Promise.all([read(table([forced(), forced({ 'r:midpointMjdTai': 61100.5 })])), read(table([forced()]))])
  assert.deepEqual([...once.alerts, ...again.alerts].map(({ diaObjectId, diaSourceId, midpointMjdTai, points }) => [diaObjectId, diaSourceId, midpointMjdTai, points.length]), [
    ['314002971860926640', '314002971860926640-r-5279580000000', 61106.25, 2], ['314002971860926640', '314002971860926640-r-5279580000000', 61106.25, 1]
  ])
})

test('cells may be text: numbers, ids, flags, and what stands for nothing', () => {
  const texts = (row: Cells): Cells => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value === null ? '' : value === true ? 'True' : value === false ? 'False' : String(value).replace('#', '')]))
  const [alert] = finkLsstTable.alerts([source({ 'f:xm_vsx_Type': 'EA', 'f:xm_simbad_otype': null }), source({ 'r:diaSourceId': '#3', 'r:pixelFlags_streakCenter': true }), source({ 'r:diaSourceId': '#4', 'r:psfFlux': 'nan' })].map(texts), {})
  assert.deepEqual([alert?.diaObjectId, alert?.diaSourceId, alert?.points.length], ['314002971860926640', '170094456277565473', 1])
  assert.deepEqual(alert?.omitted, [{ diaSourceId: '3', reason: 'quality-flags' }, { diaSourceId: '4', reason: 'flux-missing' }])
  assert.deepEqual(alert?.context?.classes, [{ catalogue: 'VSX', class: 'EA' }])
})

test('columns that the user chose: without a position it is not known, without what is needed the columns are named', async () => {
  const chosen = { 'r:diaObjectId': '#314002971860926640', 'r:midpointMjdTai': 61105.25, 'r:band': 'i', 'r:psfFlux': 5530.5, 'r:psfFluxErr': 426.25 }
  const { alerts: [alert] } = await read(table([chosen]))
  assert.deepEqual([alert?.ra, alert?.dec, alert?.points[0]?.kind, alert?.diaSourceId], [NaN, NaN, 'detection', '314002971860926640-i-5279493600000'])
  const { 'r:psfFlux': _, ...without } = chosen
  const { errors: [error] } = await read(table([without]))
  assert.deepEqual([error?.code, error?.message, error?.action], ['alert-incomplete', 'the table of Fink has no r:psfFlux', 'Ask Fink\'s service for this column as well, or for all of them.'])
  const { 'r:diaObjectId': __, ...nameless } = chosen
  assert.equal((await read(table([nameless]))).errors[0]?.code, 'alert-incomplete')
  assert.equal((await read(table([nameless]), { given: { object: 'mine' } })).alerts[0]?.diaObjectId, 'mine')
  assert.equal((await read(table([chosen, nameless]))).alerts[1]?.diaObjectId, null)
})

test('a score below the least leaves a source out, forced photometry never', async () => {
  const { alerts: [alert] } = await read(table([source({ 'r:reliability': 0.25 }), forced({ 'r:reliability': 0.25 })]), { given: { minReliability: 0.5 } })
  assert.deepEqual([alert?.points.map(({ kind }) => kind), alert?.omitted], [['forced'], [{ diaSourceId: '170094456277565473', reason: 'low-reliability' }]])
})

const exposure = (changes: Cells = {}): Cells => ({
  'i:objectId': 'ZTF20aaelulu',
  'i:jd': 2459000.5,
  'i:fid': 1,
  'i:pid': 1105522281015,
  'i:candid': '#1105522281015015000',
  'i:isdiffpos': 't',
  'i:magpsf': 20,
  'i:sigmapsf': 0.125,
  'i:diffmaglim': 21,
  'i:rb': 0.5,
  'i:drb': 0.75,
  'i:ndethist': 8,
  'i:ra': 185.75,
  'i:dec': 15.5,
  'd:cdsxmatch': 'Unknown',
  'v:classification': 'SN candidate',
  ...changes
})
/** Rows beside measurements have no candid, and numbers as texts. */
const beside = (tag: string, changes: Cells = {}): Cells => exposure({
  'i:jd': 2458990.5, 'i:candid': -1, 'i:fid': '2', 'i:pid': '5', 'i:diffmaglim': '20', 'i:magpsf': null, 'i:sigmapsf': null, 'i:isdiffpos': null, 'i:rb': null, 'i:drb': null, 'i:ra': null, 'i:dec': null, 'd:tag': tag, ...changes
})

test('ZTF: measurements with their sign, upper limits, and what failed Fink\'s cuts', async () => {
  const { alerts: [alert, other], errors } = await read(table([
    exposure({ 'd:tag': 'valid' }), beside('upperlim'), beside('badquality', { 'i:magpsf': '19.5', 'i:sigmapsf': '0.25' }), exposure({ 'i:objectId': 'ZTF18a', 'i:isdiffpos': 'f', 'i:candid': '#7' })
  ]))
  assert.deepEqual(errors, [])
  assert.deepEqual([alert?.diaObjectId, alert?.diaSourceId, alert?.ra], ['ZTF20aaelulu', '1105522281015015000', 185.75])
  assert.deepEqual(alert?.points.map(({ kind, band, psfFlux, psfFluxErr }) => [kind, band, psfFlux.toFixed(1), psfFluxErr.toFixed(1)]), [['detection', 'g', '36307.8', '4180.1'], ['forced', 'r', '0.0', '7261.6']])
  assert.ok(Math.abs(alert!.midpointMjdTai - 59000 - 52 / 86400) < 1e-9)
  assert.deepEqual(alert?.omitted, [{ diaSourceId: null, reason: 'quality-flags' }])
  assert.deepEqual([alert?.context?.realBogus, alert?.context?.detections, alert?.context?.classes], [{ score: 0.75, name: 'drb' }, 8, [{ catalogue: 'Fink', class: 'SN candidate' }]])
  assert.deepEqual([other?.diaObjectId, Math.sign(other!.points[0]!.psfFlux)], ['ZTF18a', -1])
})

test('ZTF: limits alone, texts of CSV, columns that are needed', async () => {
  const { alerts: [limits] } = await read(table([beside('upperlim')]))
  assert.deepEqual([limits?.diaSourceId, limits?.points.map(({ kind }) => kind), limits?.ra], ['ZTF20aaelulu-ztfr-5096736052000', ['forced'], NaN])
  const [texts] = finkZtfTable.alerts([Object.fromEntries(Object.entries(exposure()).map(([name, value]) => [name, String(value).replace('#', '')]))], {})
  assert.deepEqual([texts?.diaSourceId, texts?.points.length], ['1105522281015015000', 1])
  const { 'i:isdiffpos': _, ...without } = exposure()
  const { errors: [error] } = await read(table([without]))
  assert.deepEqual([error?.code, error?.message], ['alert-incomplete', 'the table of Fink has no i:isdiffpos'])
})

test('rubbish in cells, and an object without a time, are said and no crash', async () => {
  for (const cell of [{}, [], true, 'x', -1, 1e300, null]) {
    for (const column of Object.keys(source())) {
      const { alerts, errors } = await read(table([source({ [column]: cell })]))
      assert.equal(alerts.length + errors.length, 1, `${column} ${JSON.stringify(cell)}`)
    }
  }
  const { errors } = await read(table([source({ 'r:midpointMjdTai': null })]))
  assert.deepEqual(errors.map(({ code, message }) => [code, message]), [['alert-incomplete', 'the rows of 314002971860926640 in the table of Fink have no time']])
})
