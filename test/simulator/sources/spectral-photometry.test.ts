/** The spectra of supernovae as a survey's bands see them, beside sncosmo 2.13: tables by test/simulator/second-source/spectral.py. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Passband } from '../../../src/simulator/passbands/passband.ts'
import { readPassbands, type SkyName } from '../../../src/simulator/passbands/surveys.ts'
import { ContinuedCurves } from '../../../src/simulator/spectra/continued-curves.ts'
import { allOf, colourWarp, hostDust } from '../../../src/simulator/spectra/passing.ts'
import { colourLaw, readSalt3, saltCurves } from '../../../src/simulator/spectra/salt3.ts'
import type { SpectralSeries } from '../../../src/simulator/spectra/spectral-series.ts'
import { readSequence91bg, readSupernova } from '../../../src/simulator/spectra/templates.ts'
import { needs, sharedData } from '../../parts.ts'

/** Colour warp, redshift, band, rest-frame phase [d], E(B−V) and R_V of the host. */
type Look = readonly [number, number, string, number, number, number]
type How = [...Look, number]

/** x1, c, redshift, band, rest-frame phase [d], flux of x0 = 1 [nJy]. */
const SALT: ReadonlyArray<readonly [number, number, number, string, number, number]> = [
  [0, 0, 0.01, 'ztf-g', 0, 1.15691e-05],
  [0, 0, 0.05, 'ztf-r', 20.4, 2.05198e-07],
  [1, -0.1, 0.1, 'ztf-i', -7.5, 4.69121e-08],
  [-2, 0.3, 0.06, 'ztf-g', 33.3, 2.25346e-08],
  [0.5, 0.1, 0.3, 'lsst-u', -3, 1.42138e-09],
  [-1, 0, 0.5, 'lsst-g', 5.2, 7.45086e-10],
  [2, -0.2, 0.59, 'lsst-r', -10.5, 1.60532e-09],
  [0, 0.8, 0.2, 'lsst-i', 15, 4.04299e-08],
  [1.5, 0.05, 0.9, 'des-z', 0.5, 1.23825e-09],
  [-0.7, -0.05, 0.03, 'lsst-y', 25.6, 4.19152e-07],
  [0.3, 0.2, 0.4, 'des-z', 44.5, 1.2687e-09],
  [-2.5, 0.1, 0.25, 'des-g', 2, 1.14594e-08]
]
/** Number in the sequence, colour warp, redshift, band, rest-frame phase [d], E(B−V) and R_V of the host, flux [nJy]. */
const SEQUENCE_91BG: ReadonlyArray<[number, ...How]> = [
  [0, 0, 0.01, 'ztf-g', 0, 0, 3.1, 0.217748],
  [1, 0.1, 0.04, 'ztf-r', 10.5, 0.1, 2.6, 0.00669236],
  [2, -0.1, 0.08, 'ztf-i', 25.5, 0.3, 2.6, 0.000579079],
  [3, 0, 0.02, 'lsst-u', -3, 0.05, 2.6, 0.0164261],
  [4, 0.2, 0.2, 'lsst-g', 4.3, 0, 2.6, 0.000303388],
  [5, 0, 0.3, 'lsst-r', 40.5, 0.2, 2.6, 1.08903e-05],
  [6, -0.2, 0.5, 'lsst-i', 2.5, 0.4, 3.1, 3.17642e-05],
  [0, 0, 0.1, 'lsst-z', 60, 0.1, 2.6, 6.42729e-05],
  [3, 0.1, 0.05, 'lsst-y', 18.2, 0, 2.6, 0.00492936],
  [6, 0, 0.15, 'des-g', 7.7, 0.15, 2.6, 0.000185233]
]
/** Supernova, then the same. */
const STRIPPED: ReadonlyArray<[string, ...How]> = [
  ['2006T', 0, 0.01, 'ztf-g', 0, 0, 3.1, 2.84634e+06],
  ['2011ei', 0.1, 0.03, 'ztf-r', 14.5, 0.2, 3.1, 43870.9],
  ['2004gv', -0.1, 0.07, 'ztf-i', -6, 0.1, 2.5, 33159],
  ['2005bf', 0, 0.1, 'lsst-u', -10.2, 0.05, 3.1, 16035],
  ['2007Y', 0.2, 0.2, 'lsst-g', 3.3, 0.3, 4, 219.977],
  ['2004fe', 0, 0.35, 'lsst-r', 40.2, 0, 3.1, 113.561],
  ['2013ge', -0.2, 0.5, 'lsst-i', 5, 0.6, 3.1, 54.621],
  ['2020oi', 0, 0.05, 'lsst-z', 80.5, 0.1, 2.2, 4454.35],
  ['1998bw', 0.15, 0.02, 'lsst-y', 12, 0.2, 3.1, 562135],
  ['2009bb', 0, 0.15, 'des-g', -2.5, 1, 3.1, 525.224],
  ['2012ap', 0, 0.25, 'des-z', 22.2, 0.2, 3.5, 1849.53],
  ['2010al', 0, 0.6, 'des-i', 8.8, 0.05, 3.1, 949.556]
]
const HYDROGEN: typeof STRIPPED = [
  ['2009N', 0, 0.01, 'ztf-g', 0, 0, 3.1, 190335],
  ['2009N', 0.1, 0.03, 'ztf-r', 75.4, 0.2, 3.1, 12875.5],
  ['2009kr', -0.1, 0.07, 'ztf-i', -6, 0.1, 2.6, 17253],
  ['2009kr', 0, 0.1, 'lsst-u', 4.2, 0.05, 3.1, 2818.75],
  ['2013fs', 0.2, 0.2, 'lsst-g', 3.3, 0.3, 3.6, 1646.05],
  ['2013fs', 0, 0.35, 'lsst-r', 50.2, 0, 3.1, 385.399],
  ['2020fqv', 0, 0.5, 'lsst-i', 5, 0.6, 3.1, 36.8454],
  ['2008fq', 0, 0.05, 'lsst-z', 61.1, 0.1, 3.1, 110185],
  ['2008fq', 0.15, 0.02, 'lsst-y', 12, 0.2, 3.1, 1.21383e+06],
  ['2006aa', 0, 0.15, 'des-g', -20.5, 0.5, 3.1, 994.343],
  ['2009ip', 0, 0.25, 'des-z', 61, 0.2, 3.5, 381.517],
  ['2009ip', 0, 0.6, 'des-i', 1.4, 0.05, 3.1, 867.196]
]

const folder = join(sharedData, 'sky')
const ENDS = { rise: 0, decline: () => 0 }
/** Part of the flux. */
const TOLERANCE = 0.005

const read = new Map<SkyName, Promise<Passband[]>>()

async function passbandOf (name: string): Promise<Passband> {
  const sky = name.split('-')[0] as SkyName
  if (!read.has(sky)) read.set(sky, readPassbands(folder, sky))
  const found = (await read.get(sky)!).find(passband => passband.name === name)
  assert.ok(found, name)
  return found
}

const failures = (rows: Array<{ what: string, ours: number, theirs: number }>): string[] =>
  rows.filter(({ ours, theirs }) => !(Math.abs(ours / theirs - 1) < TOLERANCE)).map(({ what, ours, theirs }) => `${what}: ${(100 * (ours / theirs - 1)).toFixed(2)} %`)

async function seen (series: SpectralSeries, [warp, redshift, band, phase, ebv, rv]: Look): Promise<number> {
  return ContinuedCurves.of(series, redshift, [await passbandOf(band)], ENDS, allOf(colourWarp(warp), hostDust(ebv, rv))).at(0, phase * (1 + redshift))
}

test('SALT3 gives the fluxes of sncosmo within 0.5 %', async t => {
  if (!needs(t, 'shared-data')) return
  const salt = await readSalt3(folder)
  assert.deepEqual(failures(await Promise.all(SALT.map(async ([x1, c, redshift, band, phase, theirs]) => {
    const passbands = [await passbandOf(band)]
    const curves = new ContinuedCurves(saltCurves(salt, x1, c, redshift, passbands), passbands, redshift, ENDS)
    return { what: `x1 ${x1}, c ${c}, z ${redshift}, ${band}, ${phase} d`, ours: curves.at(0, phase * (1 + redshift)), theirs }
  }))), [])
})

test('the sequence of SN 1991bg gives the fluxes of sncosmo within 0.5 %', async t => {
  if (!needs(t, 'shared-data')) return
  const sequence = await readSequence91bg(folder)
  assert.deepEqual(failures(await Promise.all(SEQUENCE_91BG.map(async ([member, ...how]) => {
    const theirs = how.pop() as number
    return { what: `${member}, ${how.join(', ')}`, ours: await seen(sequence[member]!, how as unknown as Look), theirs }
  }))), [])
})

for (const [name, table] of Object.entries({ 'stripped envelopes': STRIPPED, 'supernovae with hydrogen': HYDROGEN })) {
  test(`spectra of ${name} give the fluxes of sncosmo within 0.5 %`, async t => {
    if (!needs(t, 'shared-data')) return
    assert.deepEqual(failures(await Promise.all(table.map(async ([supernova, ...how]) => {
      const theirs = how.pop() as number
      return { what: `${supernova}, ${how.join(', ')}`, ours: await seen(await readSupernova(folder, supernova), how as unknown as Look), theirs }
    }))), [])
  })
}

test('the colour law is 0 in B, −1 in V, and a straight line outside its range', () => {
  const law = colourLaw([-0.57, 0.68, -0.43, 0.116, -0.011], 2800, 8000)
  assert.ok(Math.abs(law(4302.57)) < 1e-12)
  assert.ok(Math.abs(law(5428.55) + 1) < 1e-12)
  for (const edge of [2800, 8000]) {
    const step = edge === 2800 ? -500 : 500
    assert.ok(Math.abs(law(edge + 2 * step) - 2 * law(edge + step) + law(edge)) < 1e-9)
    assert.ok(Math.abs((law(edge + 1e-3 * step) - law(edge)) / (law(edge) - law(edge - 1e-3 * step)) - 1) < 0.01)
  }
})
