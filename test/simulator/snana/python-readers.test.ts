import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL } from '../../../src/alert/alert.ts'
import { bandsOfSky } from '../../../src/simulator/passbands/surveys.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { writeSky } from './written-sky.ts'

interface Read {
  sncosmo: Array<{ meta: Record<string, number | string>, columns: Record<string, Array<number | string>> }>
  snid: string[]
  units: Record<string, string>
  rows: number
  ends: number
}

const NOT_HERE = 77

test('sncosmo and astropy read what is written, plain and gzipped', async t => {
  const python = process.env['CANDELA_PYTHON'] || 'python3'
  const folder = temporaryFolder(t)
  const [plain, gzipped] = [join(folder, 'plain'), join(folder, 'gzipped')]
  const curves = await writeSky(plain, { objects: 10 })
  await writeSky(gzipped, { objects: 10, gzip: true })
  const files = ['HEAD', 'PHOT'].map(kind => `CANDELA_LSST-0001_${kind}.FITS`)
  const args = [join(import.meta.dirname, 'read_snana.py'), ...files.map(name => join(plain, name)), ...files.map(name => join(gzipped, `${name}.gz`))]
  // Python looks for modules in its working folder first.
  const { stdout, stderr, status, error } = spawnSync(python, args, { timeout: 120_000, cwd: folder, maxBuffer: 2 ** 27 })
  if (error !== undefined || status === NOT_HERE) {
    t.skip(`${python} has not both sncosmo and astropy: name a Python that has them in CANDELA_PYTHON`)
    return
  }
  assert.equal(status, 0, stderr.toString())
  const readings = JSON.parse(stdout.toString()) as Read[]
  assert.equal(readings.length, 2)
  for (const read of readings) {
    assert.deepEqual([read.sncosmo.length, read.ends, read.rows], [10, 10, curves.reduce((sum, { photometry }) => sum + photometry.mjd.length + 1, 0)])
    assert.deepEqual([read.units['MJD'], read.units['DEPTH5']], ['d', 'mag'])
    curves.forEach(({ truth, photometry, ra }, k) => {
      const { meta, columns } = read.sncosmo[k]!
      assert.deepEqual([meta['SNID'], meta['SIM_TYPE_NAME'], meta['SIM_SUBTYPE'], meta['RA']], [read.snid[k], truth.class, truth.subtype, ra])
      assert.deepEqual(columns['MJD'], [...photometry.mjd])
      assert.deepEqual(columns['BAND'], [...photometry.band].map(band => bandsOfSky('lsst')[band]!.replace('y', 'Y')))
      assert.deepEqual(columns['FLUXCAL'], [...photometry.flux].map(flux => Math.fround(flux / NJY_PER_FLUXCAL)))
      assert.deepEqual(columns['SIM_FLUXCAL'], [...photometry.noiseFree].map(flux => Math.fround(flux / NJY_PER_FLUXCAL)))
    })
  }
})
