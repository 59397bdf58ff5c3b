import assert from 'node:assert/strict'
import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { test } from 'node:test'
import { pack } from 'tar-stream'
import { nJyOfMagnitude } from '../../../src/alert/alert.ts'
import { readLightCurves, type ReadLightCurve } from '../../../src/alert/snana/light-curves.ts'
import { parseSnana, type SnanaLightCurve } from '../../../src/alert/snana/snana.ts'
import type { CandelaError } from '../../../src/errors.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedLightCurve } from '../../training/data/generated-light-curves.ts'
import type { WrittenColumn } from '../fits/write-fits.ts'
import { writePair } from './fits-pair.ts'

const texts = [generatedLightCurve(1, true), generatedLightCurve(2, false, { photoZ: false }), generatedLightCurve(3, true)]

async function readAll (...paths: string[]): Promise<{ curves: SnanaLightCurve[], errors: CandelaError[], places: string[] }> {
  const read: ReadLightCurve[] = []
  for await (const one of readLightCurves(paths)) read.push(one)
  return {
    curves: read.flatMap(one => 'curve' in one ? [one.curve] : []),
    errors: read.flatMap(one => 'error' in one ? [one.error] : []),
    places: read.map(({ path }) => path)
  }
}

/** What a text file says, with the numbers that a FITS file holds as 32-bit floats rounded to those. */
function asFloats (text: string): SnanaLightCurve {
  const curve = parseSnana(text, 'text')
  const scale = nJyOfMagnitude(27.5)
  const rows = [...text.matchAll(/^OBS: \S+ \S+ NULL (\S+) (\S+)$/gm)]
  const round = (value: number | null): number | null => value === null ? null : Math.fround(value)
  return {
    ...curve,
    mwebv: round(curve.mwebv),
    photoZ: round(curve.photoZ),
    photoZErr: round(curve.photoZErr),
    redshift: round(curve.redshift),
    peakMjd: round(curve.peakMjd),
    points: curve.points.map((point, k) => ({ ...point, psfFlux: Math.fround(Number(rows[k]![1])) * scale, psfFluxErr: Math.fround(Number(rows[k]![2])) * scale }))
  }
}

const column = (columns: WrittenColumn[], name: string): WrittenColumn['values'] => columns.find(column => column.name === name)!.values

test('a HEAD/PHOT pair gives the light curves that the text files give, plain or gzipped, in a folder or by name', async t => {
  const expected = texts.map(asFloats)
  for (const gzip of [false, true]) {
    const folder = temporaryFolder(t)
    const head = writePair(folder, 'TEST-0001', texts, { gzip })
    for (const paths of [[folder], [head], [head, head.replace('HEAD', 'PHOT')]]) {
      const { curves, errors, places } = await readAll(...paths)
      assert.deepEqual(errors, [])
      assert.deepEqual(curves, expected)
      assert.equal(places[2], `${head}: row 3`)
    }
  }
})

test('without PHOTFILE, or where it names a file that is gone, HEAD\'s name says which PHOT file is meant', async t => {
  for (const photFile of [null, 'RENAMED_PHOT.FITS', '../../etc/passwd']) {
    assert.equal((await readAll(writePair(temporaryFolder(t), 'A', texts, { photFile }))).curves.length, 3)
  }
})

test('the type is SIM_TYPE_NAME, else SIM_MODEL_NAME, else a code; all of them are kept', async t => {
  const change = (head: WrittenColumn[]): void => {
    column(head, 'SIM_TYPE_NAME').splice(0, 3, 'Ia', '', '')
    column(head, 'SNTYPE').splice(0, 3, 101, 120, 42)
    head.push({ name: 'SIM_MODEL_NAME', form: '20A', values: ['SALT2.WFIRST', 'NON1ASED.V19', ''] }, { name: 'SIM_TYPE_INDEX', form: '1I', values: [1, 20, -9] })
  }
  const { curves } = await readAll(writePair(temporaryFolder(t), 'A', texts, { change }))
  assert.deepEqual(curves.map(({ type }) => type), ['Ia', 'NON1ASED.V19', '42'])
  assert.deepEqual(curves.map(({ typeLabels }) => typeLabels), [['Ia', 'SALT2.WFIRST', '1', '101'], ['NON1ASED.V19', '20', '120'], ['42']])
})

test('ids beyond 2^53 stay exact, missing values are null, other zero points of FLUXCAL are heeded', async t => {
  const change = (head: WrittenColumn[], phot: WrittenColumn[]): void => {
    head.splice(0, 1, { name: 'SNID', form: '1K', values: [9007199254740993n, 2n, 3n] })
    column(head, 'MWEBV')[0] = -999
    column(head, 'RA')[0] = -99
    column(head, 'SIM_PEAKMJD')[0] = -9
    head.push({ name: 'ZP_FLUXCAL', form: '1E', values: [31.4, -9, 31.4] })
    column(phot, 'BAND')[0] = 'Y'
    column(phot, 'FLUXCAL')[1] = Number.NaN
  }
  const { curves, errors } = await readAll(writePair(temporaryFolder(t), 'A', texts, { change }))
  assert.deepEqual(errors, [])
  const [first, second] = curves
  assert.deepEqual([first!.snid, first!.mwebv, first!.ra, first!.peakMjd], ['9007199254740993', null, 0, null])
  const flux = (text: string, row: number): number => Math.fround(Number(text.match(/^OBS: .*$/gm)![row]!.split(' ')[4]))
  assert.deepEqual([first!.points[0]!.band, first!.points[0]!.psfFlux], ['y', flux(texts[0]!, 0)])
  assert.deepEqual(first!.omitted, [{ diaSourceId: null, reason: 'flux-not-finite' }])
  assert.equal(second!.points[0]!.psfFlux, flux(texts[1]!, 0) * nJyOfMagnitude(27.5))
})

test('true magnitudes become noise-free fluxes where every point has one', async t => {
  const magnitudes = (missing?: number) => (_: WrittenColumn[], phot: WrittenColumn[]): void => {
    phot.push({ name: 'SIM_MAGOBS', form: '1E', values: column(phot, 'MJD').map((_, k) => k === missing ? -9 : k === 1 ? 99 : 24) })
  }
  const [first] = (await readAll(writePair(temporaryFolder(t), 'A', texts, { change: magnitudes() }))).curves
  // 24 mag AB: 3631 Jy × 10^(−0.4·24) = 912.0 nJy.
  assert.deepEqual(first!.noiseFree!.slice(0, 3).map(flux => Math.round(flux * 10) / 10), [912, 0, 912])
  assert.equal(first!.noiseFree!.length, first!.points.length)
  const some = (await readAll(writePair(temporaryFolder(t), 'A', texts, { change: magnitudes(90) }))).curves
  assert.deepEqual(some.map(({ noiseFree }) => noiseFree === null), [false, true, false])
})

test('an object that is damaged is named with its row, the others are read', async t => {
  const cases: Array<[(head: WrittenColumn[], phot: WrittenColumn[]) => void, RegExp]> = [
    [head => { column(head, 'SNID')[1] = '../etc' }, /A_HEAD\.FITS: row 2: SNID is '\.\.\/etc'/],
    [head => { column(head, 'PTROBS_MAX')[1] = 4000 }, /row 2: PTROBS_MIN and PTROBS_MAX are 82 and 4000, but rows from 1 to 243/],
    [head => { column(head, 'NOBS')[1] = 79 }, /row 2: NOBS is 79, PTROBS_MIN and PTROBS_MAX name 80 rows/],
    [head => { column(head, 'PTROBS_MIN')[1] = 10; column(head, 'NOBS')[1] = 152 }, /row 2: PTROBS_MIN is 10, but row 80 has been read already/],
    [head => { column(head, 'PTROBS_MIN')[1] = 81; column(head, 'NOBS')[1] = 81 }, /row 2: observation 1 of 81 is the end of an object \(MJD -777\)/]
  ]
  for (const [change, message] of cases) {
    const { curves, errors } = await readAll(writePair(temporaryFolder(t), 'A', texts, { change }))
    assert.deepEqual(curves.map(({ snid }) => snid), ['1', '3'])
    assert.deepEqual(errors.map(({ code }) => code), ['snana-damaged'])
    assert.match(errors[0]!.message, message)
  }
})

test('an object without observations has none', async t => {
  const change = (head: WrittenColumn[]): void => { for (const name of ['NOBS', 'PTROBS_MIN', 'PTROBS_MAX']) column(head, name)[1] = 0 }
  const { curves } = await readAll(writePair(temporaryFolder(t), 'A', texts, { change }))
  assert.deepEqual(curves.map(({ points }) => points.length), [80, 0, 80])
})

test('a cut PHOT file gives the objects before the cut and names the row', async t => {
  for (const gzip of [false, true]) {
    const folder = temporaryFolder(t)
    const head = writePair(folder, 'A', texts, { gzip })
    const phot = head.replace('HEAD', 'PHOT')
    truncateSync(phot, gzip ? readFileSync(phot).length - 500 : 2 * 2880 + 100 * 18)
    writePair(folder, 'B', texts.slice(0, 1))
    const { curves, errors } = await readAll(folder)
    assert.deepEqual([curves[0]!.snid, curves.at(-1)!.snid, errors.length], ['1', '1', 1])
    assert.equal(errors[0]!.code, 'fits-damaged')
    assert.match(errors[0]!.message, /A_PHOT\.FITS(\.gz)?: the photometry of .*A_HEAD\.FITS(\.gz)?: row [23] and of all later rows cannot be read/)
  }
})

test('a missing partner, a missing column and FITS in an archive are named', async t => {
  const folder = temporaryFolder(t)
  rmSync(writePair(folder, 'A', texts).replace('HEAD', 'PHOT'))
  rmSync(writePair(folder, 'B', texts))
  writePair(folder, 'C', texts, { change: head => head.splice(head.findIndex(({ name }) => name === 'PTROBS_MIN'), 1) })
  writePair(folder, 'D', texts, { change: (_, phot) => phot.splice(1, 1) })
  const archive = pack()
  archive.entry({ name: 'in/E_HEAD.FITS' }, 'x')
  archive.finalize()
  writeFileSync(join(folder, 'E.tar'), await buffer(archive))
  const { errors } = await readAll(folder, join(folder, 'B_PHOT.FITS'))
  assert.deepEqual(errors.map(({ code }) => code), ['phot-file-missing', 'head-file-missing', 'fits-damaged', 'fits-damaged', 'fits-in-archive', 'head-file-missing'])
  assert.match(errors[2]!.message, /C_HEAD\.FITS: the table has no column PTROBS_MIN/)
  assert.match(errors[3]!.message, /D_PHOT\.FITS: the table has no column BAND or FLT/)
})
