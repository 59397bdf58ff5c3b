import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import type { Alert } from '../../../src/alert/alert.ts'
import { nameBands } from '../../../src/alert/points/bands.ts'
import { decodeFile } from '../../../src/alert/decode.ts'
import type { Given } from '../../../src/alert/given.ts'
import { parseColumns } from '../../../src/alert/table/given-columns.ts'
import { CandelaError } from '../../../src/errors.ts'
import * as tables from '../../fixtures/tables.ts'
import { tarOf } from '../../fixtures/tar.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { readFiles, schemas } from '../streams/expected.ts'

interface Decoded { alerts: Alert[], errors: CandelaError[] }

async function decoded (bytes: Buffer | string, given: Given = { object: 'SN1' }): Promise<Decoded> {
  const found: Decoded = { alerts: [], errors: [] }
  for await (const read of decodeFile(Buffer.from(bytes), { schemas, given })) {
    if ('alert' in read) found.alerts.push(read.alert)
    else found.errors.push(read.error)
  }
  return found
}

async function onlyAlert (bytes: Buffer | string, given?: Given): Promise<Alert> {
  const { alerts, errors } = await decoded(bytes, given)
  assert.deepEqual(errors.map(({ message }) => message), [])
  assert.equal(alerts.length, 1)
  return alerts[0]!
}

async function refusal (bytes: Buffer | string, given?: Given): Promise<CandelaError> {
  const { alerts, errors } = await decoded(bytes, given)
  assert.equal(alerts.length, 0)
  assert.equal(errors.length, 1)
  assert.ok(errors[0]!.action)
  return errors[0]!
}

const columns = (text: string, object = 'SN1'): Given => ({ object, columns: parseColumns(text) })

function assertPoints (alert: Alert, where = ''): void {
  assert.deepEqual(alert.points.map(({ band, kind }) => [band, kind]), tables.POINTS.map(({ band }) => [band, 'detection']), where)
  for (const [k, { midpointMjdTai, psfFlux, psfFluxErr }] of tables.POINTS.entries()) {
    const point = alert.points[k]!
    assert.ok(Math.abs(point.midpointMjdTai - midpointMjdTai) < 1e-8, `${where}: time ${point.midpointMjdTai}`)
    assert.ok(Math.abs(point.psfFlux / psfFlux - 1) < 1e-6, `${where}: flux ${point.psfFlux}`)
    assert.ok(Math.abs(point.psfFluxErr / psfFluxErr - 1) < 1e-6, `${where}: error ${point.psfFluxErr}`)
  }
  assert.deepEqual([alert.ra, alert.dec], [150.25, -12.5], where)
}

const FORMS: Record<string, () => Buffer | string> = {
  'a.csv': () => tables.csv(), 'b.tsv': tables.tsv, 'c.csv': tables.quotedCsv, 'd.txt': tables.blanks, 'e.ecsv': () => tables.ecsv(), 'f.ecsv': () => tables.ecsv(','), 'g.tbl': tables.ipac, 'h.vot': () => tables.votable(), 'i.fits': tables.fits
}

test('the same light curve in every form of table gives the same points', async () => {
  for (const [name, bytes] of Object.entries(FORMS)) {
    const alert = await onlyAlert(bytes())
    assertPoints(alert, name)
    assert.equal(alert.diaObjectId, 'SN1', name)
    assert.deepEqual(alert.readAs, { dialect: 'table', fluxUnit: 'AB magnitudes' })
  }
})

test('tables are found in folders, archives and compressed, and name their object after the file; texts that are none are passed over', async t => {
  const folder = temporaryFolder(t)
  for (const [name, bytes] of Object.entries(FORMS)) writeFileSync(join(folder, name), bytes())
  writeFileSync(join(folder, 'SN 2021abc.csv.gz'), gzipSync(tables.csv()))
  writeFileSync(join(folder, 'many.tar'), await tarOf({ 'inner.csv': Buffer.from(tables.csv()), 'inner.fits': tables.fits(), 'notes.txt': Buffer.from('No data here, as far as anybody can tell.\n') }))
  writeFileSync(join(folder, 'readme.txt'), 'This folder, which is mine, holds\nlight curves, tables and others.\n')
  const { alerts, errors } = await readFiles([folder])
  assert.deepEqual(errors.map(({ message }) => message), [])
  assert.deepEqual(alerts.map(({ diaObjectId }) => diaObjectId), ['SN_2021abc', 'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'inner', 'inner'])
  for (const alert of alerts) assertPoints(alert, alert.diaObjectId!)
  assert.deepEqual((await readFiles([join(folder, 'd.txt')], { object: 'mine' })).alerts.map(({ diaObjectId }) => diaObjectId), ['mine'])
})

test('columns are what the user says that they are', async () => {
  const text = 'when;f;m;dm\n2459500.75;r;20.0;0.1\n2459501.75;g;21.0;0.1\n'
  const unknown = await refusal(text)
  assert.equal(unknown.code, 'table-columns-unknown')
  assert.match(unknown.message, /no column that is known as time or band; the columns are when, f, m, dm/)
  assert.match(unknown.action!, /--columns time=mjd,band=filter,mag=m,magerr=dm,timescale=utc/)
  const alert = await onlyAlert(text, columns('time=when,band=f,mag=m,magerr=dm,timescale=tai'))
  assert.deepEqual(alert.points.map(({ midpointMjdTai, band }) => [midpointMjdTai, band]), [[59500.25, 'r'], [59501.25, 'g']])
  const flux = await onlyAlert('t x ex\n59500.25 12.5 0.5\n59501.25 10 0.5\n', columns('time=t,band=z,flux=x,fluxerr=ex,zp=25,timescale=tt'))
  assert.deepEqual(flux.points.map(({ band, psfFlux }) => [band, Math.round(psfFlux * 1000)]), [['z', Math.round(12.5e3 * 10 ** (0.4 * 6.4))], ['z', Math.round(10e3 * 10 ** (0.4 * 6.4))]])
  assert.ok(Math.abs(flux.points[0]!.midpointMjdTai - (59500.25 - 32.184 / 86400)) < 1e-9)
  assert.equal((await refusal(tables.csv(), columns('time=jd'))).code, 'table-columns-unknown')
  const unnamed = await onlyAlert('59500.25 r 20.0 0.1\n59501.25 g 21.0 0.1\n', columns('time=1,band=2,mag=3,magerr=4'))
  assert.equal(unnamed.points.length, 2)
})

test('units come from the header, the name of the column, or --columns; without one the table is refused', async () => {
  const rows = '59500.25,r,100,10\n'
  const fluxOf = async (names: string, given?: Given): Promise<number> => (await onlyAlert(`mjd,band,${names}\n${rows}`, given)).points[0]!.psfFlux
  assert.equal(await fluxOf('psfFlux,psfFluxErr'), 100)
  assert.equal(await fluxOf('uJy,duJy'), 100_000)
  assert.equal(await fluxOf('flux_mJy,flux_mJy_err'), 1e8)
  assert.equal(await fluxOf('flux,flux_err', columns('fluxunit=ujy')), 100_000)
  assert.ok(Math.abs(await fluxOf('fluxcal,fluxcalerr') - 100 * 10 ** (0.4 * 3.9)) < 1e-6)
  assert.match((await refusal(`mjd,band,flux,flux_err\n${rows}`)).message, /nothing says the unit of the column 'flux'/)
  const zeroPoints = await onlyAlert('mjd,band,flux,flux_err,zp\n59500.25,r,100,10,31.4\n59501.25,r,100,10,28.9\n')
  assert.deepEqual(zeroPoints.points.map(({ psfFlux }) => Math.round(psfFlux)), [100, 1000])
  const inHeader = await onlyAlert(tables.ecsv().replaceAll('mag, datatype', 'uJy, datatype').replaceAll('magerr', 'flux_err').replaceAll('mag', 'flux'))
  assert.ok(Math.abs(inHeader.points[0]!.psfFlux - 20_500) < 1e-6)
})

test('several objects, their sources, limits, signs, detections; Vega magnitudes are named and left out', async () => {
  const { alerts } = await decoded([
    'objectId,candid,mjd,fid,magpsf,sigmapsf,diffmaglim,isdiffpos,ra,dec',
    'ZTF21a,900719925474099311,59500,1,19.0,0.05,20.5,t,10,20', 'ZTF21a,900719925474099313,59502,2,19.5,0.05,20.5,f,10,20', 'ZTF21a,,59503,2,,,20.5,,,', 'ZTF21b,7,59501,3,18,0.1,20,1,11,21'
  ].join('\n'), {})
  assert.deepEqual(alerts.map(({ diaObjectId, diaSourceId, ra, dec }) => [diaObjectId, diaSourceId, ra, dec]), [['ZTF21a', '900719925474099311', 10, 20], ['ZTF21b', '7', 11, 21]])
  assert.deepEqual(alerts[0]!.points.map(({ band, kind, psfFlux }) => [band, kind, Math.sign(psfFlux)]), [['g', 'detection', 1], ['r', 'detection', -1], ['r', 'forced', 0]])
  assert.ok(Math.abs(alerts[0]!.points[2]!.psfFluxErr - 10 ** (0.4 * 10.9) / 5) < 1e-6)
  const { points, omitted } = await onlyAlert('time,band,magnitude,e_magnitude,magsys\n2021-10-13T06:00:00Z,r,18,0.1,AB\n2021-10-14 06:00,V,18,0.1,Vega\n')
  assert.ok(Math.abs(points[0]!.midpointMjdTai - (59500.25 + 37 / 86400)) < 1e-9)
  assert.deepEqual(omitted.map(({ band }) => band), ['V (Vega)'])
  const flagged = await onlyAlert('mjd,band,psfFlux,psfFluxErr,detected\n59500,r,100,1,1\n59501,r,100,1,0\n')
  assert.deepEqual(flagged.points.map(({ kind }) => kind), ['detection', 'forced'])
})

test('a table that names no object, an ambiguous one and a time at the Sun are refused in words', async () => {
  assert.equal((await refusal(tables.csv(), {})).code, 'object-missing')
  const ambiguous = await refusal('mjd,band,filter,mag,magerr\n59500,r,r,20,0.1\n')
  assert.match(ambiguous.message, /the columns 'band' and 'filter' may each be the band/)
  assert.equal((await onlyAlert('mjd,band,filter,mag,magerr\n59500,r,x,20,0.1\n', columns('band=band'))).points.length, 1)
  assert.match((await refusal('hjd,band,mag,magerr\n2459500,r,20,0.1\n')).message, /'hjd' is a time at the Sun/)
  assert.match((await refusal('mjd,band,mag,magerr\nx,r,20,0.1\n')).message, /line 2: the column 'mjd' has no time/)
  assert.match((await refusal('mjd,band,mag,magerr\n59500,r,bright,0.1\n')).message, /line 2: the column 'mag' has no number in any row, but "bright"/)
})

test('damaged rows cost themselves and are named; a table without end is bounded', { timeout: 60_000 }, async () => {
  const cut = await decoded(tables.csv().split('\n').slice(0, 5).join('\n') + '\n59512.25,g')
  assert.deepEqual([cut.alerts[0]!.points.length, cut.errors.map(({ code }) => code)], [4, ['table-row-invalid']])
  assert.match(cut.errors[0]!.message, /line 6 of the CSV: 2 cells, 6 are expected; this row is left out, 4 were read/)
  const votable = await decoded(tables.votable().slice(0, -200))
  assert.deepEqual(votable.errors.map(({ code }) => code), ['table-row-invalid'])
  assert.ok(votable.alerts[0]!.points.length >= 9)
  const fits = await decoded(tables.fits().subarray(0, 2880 * 2 + 100 + 44))
  assert.deepEqual([...fits.alerts.map(() => 'alert'), ...fits.errors.map(({ code }) => code)].at(-1)!.startsWith('table-') || fits.errors[0]!.code === 'fits-damaged', true)
  const codesOf = async (bytes: Buffer | string): Promise<string[]> => {
    const began = performance.now()
    const { alerts, errors } = await decoded(bytes)
    assert.ok(performance.now() - began < 10_000)
    return [...alerts.map(() => 'alert'), ...errors.map(({ code }) => code)]
  }
  assert.deepEqual(await codesOf(`${tables.csv()}${'x'.repeat(10 * 2 ** 20)}`), ['alert', 'table-row-invalid'])
  assert.deepEqual(await codesOf(`${tables.blanks()}${'x '.repeat(5 * 2 ** 20)}`), ['alert', 'table-row-invalid'])
  assert.deepEqual(await codesOf(`${tables.csv()}"${'x\n'.repeat(2 ** 20)}`), ['alert', 'table-row-invalid'])
  assert.deepEqual(await codesOf('x'.repeat(10 * 2 ** 20)), ['dialect-unknown'])
  assert.deepEqual(await codesOf(`${Array.from({ length: 1500 }, (_, k) => `c${k}`).join(',')}\n1\n`), ['table-invalid'])
  assert.deepEqual(await codesOf(`${Array.from({ length: 1_000_000 }, (_, k) => `c${k}`).join(',')}\n1\n`), ['dialect-unknown'])
  assert.deepEqual(await codesOf(Buffer.from(Array.from({ length: 100_000 }, (_, k) => (7 + k * 7919) % 256))), ['dialect-unknown'])
  assert.deepEqual(await codesOf(tables.votable('<TR>'.repeat(500_000))), ['table-invalid'])
  assert.deepEqual(await codesOf('# %ECSV 1.0\n# ---\n# datatype: [{\n'), ['table-invalid'])
  assert.deepEqual(await codesOf(`# %ECSV 1.0\n# ---\n# a: &a [${'*a,'.repeat(1000)}]\nmjd\n`), ['table-invalid'])
})

test('a table of ATLAS whose filters are named as bands gives its fluxes', async t => {
  nameBands(new Map([['atlaso', 'r']]))
  t.after(() => nameBands(new Map()))
  const rows = '59500.51 -21.1 0.9 -13 11 o 0 1.0 185.7 15.8\n59514.5 14.0 0.1 9000 900 o 1 1.0 185.7 15.8\n59504.5 18.4 0.1 155 14 c 0 1.0 185.7 15.8\n'
  for (const text of [`###MJD m dm uJy duJy F err chi/N RA Dec\n${rows}`, `###MJD,m,dm,uJy,duJy,F,err,chi/N,RA,Dec\n${rows.replaceAll(' ', ',')}`]) {
    const { points, omitted, ra } = await onlyAlert(text)
    assert.deepEqual(points.map(({ band, psfFlux, psfFluxErr, kind }) => [band, psfFlux, psfFluxErr, kind]), [['r', -13_000, 11_000, 'forced']])
    assert.ok(Math.abs(points[0]!.midpointMjdTai - (59500.51 + 52 / 86400)) < 1e-9)
    assert.deepEqual(omitted.map(({ reason, band }) => [reason, band]), [['quality-flags', undefined], ['band-unknown', 'atlasc']])
    assert.equal(ra, 185.7)
  }
})

test('what is said of columns is checked before anything is read', () => {
  assert.deepEqual([...parseColumns('time=MJD, band=Filter ,fluxunit=uJy')], [['time', 'MJD'], ['band', 'Filter'], ['fluxunit', 'ujy']])
  for (const [text, message] of [['time', /'time' names no column/], ['tme=a', /'tme' is nothing that a column can be/], ['time=a,time=b', /'time' is given twice/], ['timescale=gps', /timescale is 'gps', expected one of utc, tai, tt, tdb/], ['limitsigma=x', /a number above 0/]] as const) {
    assert.throws(() => parseColumns(text), (error: CandelaError) => error.code === 'columns-invalid' && message.test(error.message))
  }
})
