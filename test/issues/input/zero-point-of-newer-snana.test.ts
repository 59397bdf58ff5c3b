import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { nJyOfMagnitude } from '../../../src/alert/alert.ts'
import { readLightCurves } from '../../../src/alert/snana/light-curves.ts'
import { writeSky } from '../../simulator/snana/written-sky.ts'
import { temporaryFolder } from '../../pipeline.ts'

// ZP_FLUXCAL has ten letters: cfitsio, by which SNANA writes since July 2025, puts it into a HIERARCH card.
test('the zero point of FLUXCAL is heeded where SNANA writes it as a long keyword', async t => {
  const folder = temporaryFolder(t)
  const [curve] = await writeSky(folder, { objects: 5 })
  const head = join(folder, 'CANDELA_LSST-0001_HEAD.FITS')
  const text = readFileSync(head, 'latin1')
  assert.ok(text.includes('HIERARCH ZP_FLUXCAL = 27.5'))
  writeFileSync(head, text.replace('HIERARCH ZP_FLUXCAL = 27.5', 'HIERARCH ZP_FLUXCAL = 31.4'), 'latin1')
  const first = await readLightCurves([head]).next()
  assert.ok(first.done !== true && 'curve' in first.value)
  const { readAs, points } = first.value.curve
  assert.deepEqual([readAs.fluxUnit, points[0]!.psfFlux], ['FLUXCAL, zero point 31.4', Math.fround(curve!.photometry.flux[0]! / nJyOfMagnitude(27.5))])
})
