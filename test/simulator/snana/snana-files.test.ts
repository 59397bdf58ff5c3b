import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL } from '../../../src/alert/alert.ts'
import { FitsTable } from '../../../src/alert/fits/table.ts'
import { readLightCurves } from '../../../src/alert/snana/light-curves.ts'
import type { SnanaLightCurve } from '../../../src/alert/snana/snana.ts'
import type { SimulatedLightCurve } from '../../../src/simulator/light-curves/light-curve.ts'
import { bandsOfSky, type SkyName } from '../../../src/simulator/passbands/surveys.ts'
import { numberIn, textIn } from '../../../src/alert/fits/columns.ts'
import { clearFolder, prepareFolder } from '../../../src/simulator/snana/snana-files.ts'
import { typeCode } from '../../../src/simulator/snana/class-codes.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { writeSky } from './written-sky.ts'

async function readBack (...paths: string[]): Promise<SnanaLightCurve[]> {
  const curves: SnanaLightCurve[] = []
  for await (const read of readLightCurves(paths)) {
    if ('error' in read) throw read.error
    curves.push(read.curve)
  }
  return curves
}

/** What a reader has of a flux [nJy]: FLUXCAL is a 32-bit float. */
const stored = (nJy: number): number => Math.fround(nJy / NJY_PER_FLUXCAL) * NJY_PER_FLUXCAL
const orNull = (value: number): number | null => Number.isNaN(value) ? null : Math.fround(value)

/** The light curve that a reader must find. */
function expected (curve: SimulatedLightCurve, sky: SkyName, seed: number): Partial<SnanaLightCurve> {
  const { photometry, context, host, truth } = curve
  const bands = bandsOfSky(sky)
  return {
    snid: `${['lsst', 'ztf', 'des', 'generic'].indexOf(sky) + 1}${seed}${String(curve.index).padStart(8, '0')}`,
    ra: curve.ra,
    dec: curve.dec,
    mwebv: Math.fround(host.mwebv),
    photoZ: orNull(host.redshift),
    photoZErr: orNull(host.redshiftErr),
    type: truth.class,
    subtype: truth.subtype,
    redshift: truth.redshift === null ? null : Math.fround(truth.redshift),
    peakMjd: truth.peakMjd,
    noiseFree: [...photometry.noiseFree].map(stored),
    ...[...photometry.realBogus].some(score => score > 0) && { realBogus: [...photometry.realBogus].map(orNull) },
    context: { templateFlux: Object.fromEntries(bands.map((band, k) => [band, stored(context.templateFlux[k]!)])), starScore: orNull(context.starScore), separation: orNull(context.separation) },
    omitted: []
  }
}

for (const [sky, gzip] of [['lsst', false], ['ztf', true], ['des', false], ['generic', false]] as const) {
  test(`Candela's own reader finds every number of a ${sky} sky as it was written${gzip ? ', gzipped' : ''}`, async t => {
    const folder = temporaryFolder(t)
    const curves = await writeSky(folder, { sky, gzip })
    const read = await readBack(folder)
    assert.equal(read.length, curves.length)
    read.forEach((found, k) => {
      const { photometry } = curves[k]!
      const fields = expected(curves[k]!, sky, 7)
      for (const [name, value] of Object.entries(fields)) assert.deepEqual(found[name as keyof SnanaLightCurve], value, `${name} of object ${k}`)
      assert.deepEqual(found.points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr }) => [midpointMjdTai, band, psfFlux, psfFluxErr]),
        [...photometry.mjd].map((mjd, p) => [mjd, bandsOfSky(sky)[photometry.band[p]!], stored(photometry.flux[p]!), stored(photometry.fluxErr[p]!)]))
    })
  })
}

test('a pair has as many objects as it may, and the list names the HEAD files', async t => {
  const folder = temporaryFolder(t)
  await writeSky(folder, { gzip: true })
  const pairs = [1, 2, 3].map(n => `CANDELA_LSST-000${n}`)
  assert.deepEqual(readdirSync(folder).sort(), [...pairs.flatMap(pair => [`${pair}_HEAD.FITS.gz`, `${pair}_PHOT.FITS.gz`]), 'CANDELA_LSST.LIST', 'CANDELA_LSST.README'])
  assert.equal(readFileSync(join(folder, 'CANDELA_LSST.LIST'), 'utf8'), pairs.map(pair => `${pair}_HEAD.FITS.gz\n`).join(''))
  // The list is one that Candela reads, too.
  assert.equal((await readBack(join(folder, 'CANDELA_LSST-0002_HEAD.FITS.gz'))).length, 10)
})

test('PHOT has SNANA\'s bits, magnitudes of the size of the flux, and a row of MJD -777 behind each object', async t => {
  const folder = temporaryFolder(t)
  const [curve] = await writeSky(folder, { objects: 5 })
  const { photometry, triggerMjd } = curve!
  const phot = await FitsTable.open(join(folder, 'CANDELA_LSST-0001_PHOT.FITS'))
  const count = photometry.mjd.length
  const rows = await phot.read(0, count + 1)
  const values = (name: string): Array<number | null> => rows.map(row => numberIn(phot.needed(name), row))
  assert.deepEqual(values('PHOTFLAG').slice(0, count), [...photometry.detected].map((one, k) => one === 0 ? 0 : photometry.mjd[k] === triggerMjd ? 4096 + 2048 : 4096))
  // 23.9 mag AB is 1 µJy.
  assert.deepEqual(values('SIM_MAGOBS').slice(0, count), [...photometry.noiseFree].map(flux => flux === 0 ? 99 : Math.fround(23.9 - 2.5 * Math.log10(Math.abs(flux) / 1000))))
  assert.deepEqual([values('MJD')[count], values('FLUXCAL')[count]], [-777, -777])
  assert.equal(phot.keyword('PHOTFLAG_TRIGGER'), 2048)
  await phot.close()
})

test('HEAD tells an observer nothing that only the simulator knows, and the parameters of each class in columns', async t => {
  const folder = temporaryFolder(t)
  const curves = await writeSky(folder, { objects: 10 })
  const head = await FitsTable.open(join(folder, 'CANDELA_LSST-0001_HEAD.FITS'))
  const rows = await head.read(0, curves.length)
  const names = [...new Set(curves.flatMap(({ truth }) => Object.keys(truth.parameters)))].sort()
  assert.deepEqual(head.columns.map(({ name }) => name).filter(name => name.startsWith('SIM_PARAM_')), names.map(name => `SIM_PARAM_${name.toUpperCase()}`))
  curves.forEach(({ truth, host, context }, k) => {
    const number = (name: string): number | null => numberIn(head.needed(name), rows[k]!)
    for (const name of names) assert.equal(number(`SIM_PARAM_${name.toUpperCase()}`), Math.fround(truth.parameters[name] ?? -9))
    assert.equal(number('SIM_TYPE_INDEX'), typeCode(truth.class, truth.subtype))
    assert.equal(number('REDSHIFT_FINAL'), host.isSpectroscopic ? Math.fround(host.redshift) : -9)
    assert.equal(number('HOSTGAL_MAG_R')! > 0, context.starScore < 0.5, 'a host where the catalogue has a galaxy')
    assert.equal(textIn(head.needed('SNTYPE'), rows[k]!), '-9')
  })
  await head.close()
})

test('subtypes with codes of their own in ELAsTiCC\'s taxonomy have them', () => {
  assert.deepEqual([typeCode('Ia', 'Ia-91T'), typeCode('Ia-peculiar', 'Iax'), typeCode('Ia-peculiar', 'Ia-91bg'), typeCode('fast', 'kilonova'), typeCode('fast', 'FBOT')], [2222, 2225, 2226, 2232, 2231])
})

test('a folder with a simulation of the same sky is left as it is, unless it shall be replaced', async t => {
  const folder = temporaryFolder(t)
  await writeSky(folder)
  writeFileSync(join(folder, 'notes.txt'), 'mine')
  await assert.rejects(prepareFolder(folder, 'lsst', false), { code: 'files-there' })
  await prepareFolder(folder, 'des', false)
  await prepareFolder(folder, 'lsst', true)
  assert.equal(readdirSync(folder).length, 9)
  await clearFolder(folder, 'lsst')
  assert.deepEqual(readdirSync(folder), ['notes.txt'])
})
