/** The last letter of a filter's name was taken for its band: V of CSP-n/i for i, and g of CSP-g/b for no band at all. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { bandOf, nameBands } from '../../../src/alert/points/bands.ts'
import { decodeFile } from '../../../src/alert/decode.ts'
import { parseSnana } from '../../../src/alert/snana/snana.ts'
import { readSettings } from '../../../src/config.ts'
import { candela } from '../../e2e/candela-process.ts'
import { countingSource } from '../../fixtures/alert-packets.ts'
import { plainAlert, plainPoint } from '../../fixtures/plain-alerts.ts'
import { temporaryFolder } from '../../pipeline.ts'

/** A bright supernova-like light curve, each night in all filters. */
function snana (filters: readonly string[], { survey = 'DEMO', snid = 'slash' } = {}): string {
  const rows = Array.from({ length: 12 }, (_, night) => filters.map((filter, k) =>
    `OBS: ${(59000 + 3 * night + k / 10).toFixed(3)} ${filter} VOID ${(300 * Math.exp(-(((night - 5) / 4) ** 2))).toFixed(3)} 5.0`)).flat()
  return `SURVEY: ${survey}\nSNID: ${snid}\nRA: 150.1\nDEC: 2.2\nNOBS: ${rows.length}\nNVAR: 5\nVARLIST: MJD BAND FIELD FLUXCAL FLUXCALERR\n${rows.join('\n')}\nEND:\n`
}

const namedBands = (t: TestContext, text: string): void => {
  nameBands(readSettings({ bandNames: text }, { env: {} }).bandNames)
  t.after(() => nameBands(new Map()))
}

test('a filter of SNANA, SURVEY-BAND/CODE, has the band before the slash; others are left out by name', () => {
  const slash = parseSnana(snana(['DEMO-g/b', 'DEMO-r/c', 'DEMO-i/d', 'DEMO-V/i']), 'slash.dat')
  const right = parseSnana(snana(['g', 'r', 'i', 'V']), 'right.dat')
  assert.deepEqual(slash.points, right.points)
  assert.deepEqual(new Set(slash.points.map(({ band }) => band)), new Set(['g', 'r', 'i']))
  assert.deepEqual([slash.omitted[0], right.omitted[0]], [{ diaSourceId: null, reason: 'band-unknown', band: 'DEMO-V/i' }, { diaSourceId: null, reason: 'band-unknown', band: 'V' }])
  assert.equal(slash.omitted.length, 12)
})

test('names of real filters have the band that they are, or none', () => {
  const of = (band: string, names: string): Array<[string, string]> => names.split(' ').map(name => [name, band])
  for (const [name, band] of [
    ...of('u', 'u u\' up CSP-u/u LSST-u lsst::u SDSS-u megacampsf::u'),
    ...of('g', 'g g\' gp CSP-g/b ztfg ZTF-g p48g sdssg sdss::g ps1::g PS1-g PS1_g lsstg LSST-g DES-g desg g-ZTF g-Sloan hsc::g DECam-g/g'),
    ...of('r', 'r CSP-r/c CFA3K-r/k CFA41-r/w ztfr r-Sloan FOUND-r/r HSC-r2 LSSTCam-r_57'),
    ...of('i', 'i CSP-i/d CFA3K-i/l ip p48i ztf::i'),
    ...of('z', 'z z\' zp lco::zs DES-z/z'),
    ...of('y', 'y LSST-y LSST-Y/Y DES-Y PS1-y/y HSC-Y')
  ]) assert.equal(bandOf(name), band, name)
  for (const name of ('CSP-n/i CSP-m/g CSP-V/g CSP-B/u CSP-Y/y CSP-J/z CFA3K-V/r CFA3S-I/y CFA3S-U/u CFA3S-R/r CFA3S-B/g CFA4P2-B/g U B V R I J H K Ks Y Z G BP RP c o w L C clear ' +
    'atlaso atlasc ATLAS-o/r orange-ATLAS gaia::g Gaia-g bessellr bessell-i standard::u landolt::r kepler::r tess swiftuvot::u UVW1 uvm2 F606W p48R ztfR PS1-w/r ' +
    'DEMO-g/b X-i i-X VISTA-Y UKIRT::z skymapperu skymapperv constructor sdssconstructor __proto__ /g -').split(' ')) assert.equal(bandOf(name), null, name)
})

test('a file of SNANA that names its survey says whose filters are in front of a band; letters of several systems at once are codes', () => {
  assert.deepEqual(['DEMO-g/b', 'DEMO_r', 'DEMO-I/i', 'DEMO-Y', 'DEMOi', 'OTHER-g', 'Y', 'CSP-g/b'].map(name => bandOf(name, 'DEMO')), ['g', 'r', null, null, null, null, 'y', 'g'])
  assert.deepEqual(['g', 'i', 'CSP-i/d', 'CFA3K-V/r'].map(name => bandOf(name, 'LOWZ')), [null, null, 'i', null])
  assert.deepEqual(['Y', 'y'].map(name => bandOf(name, 'CSP')), [null, 'y'])
  assert.deepEqual(['Y', 'g'].map(name => bandOf(name, 'DES')), ['y', 'g'])
})

test('JSON has its bands from the same table', async () => {
  const alert = plainAlert({ points: ['r', 'LSST-i', 'ztfg', 'V', 'R'].map((band, k) => plainPoint({ band, midpointMjdTai: 60000 + k })) })
  for await (const read of decodeFile(Buffer.from(JSON.stringify(alert)), { schemas: countingSource() })) {
    assert.ok('alert' in read)
    assert.deepEqual(read.alert.points.map(({ band }) => band), ['r', 'i', 'g'])
    assert.deepEqual(read.alert.omitted.map(({ band }) => band), ['V', 'R'])
  }
})

test('a setting adds names, or takes them out of the table; a wrong one is refused', t => {
  namedBands(t, 'MYCAM-g=g, V=none,CSP-n/i=g,r=none')
  assert.deepEqual(['MYCAM-g', 'MYCAM-g/x', 'V', 'CSP-n/i', 'CSP-n/j', 'r', 'i'].map(name => bandOf(name)), ['g', 'g', null, 'g', null, null, 'i'])
  for (const text of ['V', 'V=', '=g', 'V=x', 'V=g=x']) assert.throws(() => readSettings({ bandNames: text }, { env: {} }), /--band-names is .*NAME=band/)
})

test('replay says which filters it does not know, and --band-names names them', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'odd.dat')
  writeFileSync(file, snana(['NEW::blue', 'NEW::red', 'r'], { snid: 'odd' }))
  const unknown = await candela(t, ['replay', file, '--engine', 'wasm'])
  assert.match(unknown.stderr, /odd\.dat: 24 of 36 points were left out \(band-unknown 24: NEW::blue, NEW::red\); .*--band-names/)
  assert.match(unknown.stderr, /; 24 of 36 points were left out \(band-unknown 24: NEW::blue, NEW::red\); \d+ alerts\/s/)
  const last = JSON.parse(unknown.stdout.trim().split('\n').at(-1)!) as { epochs: number, leftOut: unknown }
  assert.deepEqual([last.epochs <= 12, last.leftOut], [true, { 'band-unknown': 24 }])
  const named = await candela(t, ['replay', file, '--engine', 'wasm', '--band-names', 'NEW::blue=g,NEW::red=i'])
  assert.doesNotMatch(named.stderr, /left out/)
  assert.ok((JSON.parse(named.stdout.trim().split('\n').at(-1)!) as { epochs: number }).epochs > 12)
})
