import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSnana, snanaHost } from '../../../src/alert/snana/snana.ts'
import { CandelaError } from '../../../src/errors.ts'

const HEADER = `SURVEY: DES
SNID:   430074
FILTERS: griz
RA:      48.500000  deg
DECL:    -2.250000  deg
MWEBV:   0.0713    MW E(B-V)
REDSHIFT_SPEC:    -9.00000 +- 9.00000
HOST_GALAXY_PHOTO-Z:   0.4126  +- 0.0218
SIM_COMMENT:  SN Type = Ibc , MODEL = SNLS-04D1la
SIM_REDSHIFT:  0.4203
SIM_PEAKMJD:   56333.292969  days
`
const ROWS = `
# TERSE LIGHT CURVE OUTPUT:
NOBS: 5
NVAR: 9
VARLIST:  MJD  FLT FIELD   FLUXCAL   FLUXCALERR   SNR    MAG     MAGERR  SIM_MAG
OBS:  56328.047  g NULL   2.163e+01   3.409e+00   6.34   24.162    0.185   24.878
OBS:  56328.055  LSST-r NULL   1.000e+00   2.000e+00   0.50   24.363    0.160   24.178
OBS:  56329.000  i NULL  -9.000e+00  -9.000e+00   0.00   24.363    0.160   24.178
OBS:  56330.000  z NULL   3.000e+00   0.000e+00   0.00   24.363    0.160   24.178
OBS:  56331.000  Q NULL   3.000e+00   1.000e+00   3.00   24.363    0.160   24.178
`

const codeAndMessage = (code: string, message: RegExp) => (error: unknown): boolean =>
  error instanceof CandelaError && error.code === code && message.test(error.message)

test('reads the object, its host, the truth and its points in nJy', () => {
  const curve = parseSnana(HEADER + ROWS, 'x.DAT')
  assert.equal(curve.snid, '430074')
  assert.deepEqual([curve.ra, curve.dec, curve.mwebv, curve.photoZ, curve.photoZErr], [48.5, -2.25, 0.0713, 0.4126, 0.0218])
  assert.deepEqual([curve.type, curve.redshift, curve.peakMjd], ['Ibc', 0.4203, 56333.292969])
  assert.deepEqual(snanaHost(curve), { redshift: 0.4126, redshiftErr: 0.0218, mwebv: 0.0713 })
  assert.equal(curve.points.length, 2)
  const [first, second] = curve.points
  assert.equal(first!.midpointMjdTai, 56328.047)
  // FLUXCAL 21.63 is 27.5 − 2.5·log10(21.63) = 24.16236 mag (the MAG column says 24.162); in nJy 10^((31.4 − 24.16236)/2.5) = 785.34.
  assert.ok(Math.abs(first!.psfFlux - 785.34) < 0.01, String(first!.psfFlux))
  assert.ok(Math.abs(first!.psfFluxErr - 123.77) < 0.01, String(first!.psfFluxErr))
  assert.deepEqual([first!.band, first!.kind, second!.band, second!.kind], ['g', 'detection', 'r', 'forced'])
})

test('rows without a usable flux are left out, each with its reason', () => {
  const { omitted } = parseSnana(HEADER + ROWS, 'x.DAT')
  assert.deepEqual(omitted.map(({ reason }) => reason), ['flux-missing', 'flux-error-not-positive', 'band-unknown'])
})

test('without SIM_COMMENT the type is that of newer keys; ZP_FLUXCAL moves the zero point', () => {
  const newer = HEADER.replace(/^SIM_COMMENT.*$/m, 'SIM_MODEL_NAME:  NON1ASED.V19\nSIM_TYPE_INDEX:  20  # true\nSNTYPE: -9\nZP_FLUXCAL: 31.4')
  const curve = parseSnana(newer + ROWS, 'x.DAT')
  assert.deepEqual([curve.type, curve.typeLabels], ['NON1ASED.V19', ['NON1ASED.V19', '20']])
  assert.equal(curve.points[0]!.psfFlux, 21.63)
  assert.deepEqual(parseSnana(HEADER + 'SIM_TYPE_NAME: II\n' + ROWS, 'x.DAT').typeLabels, ['Ibc', 'II'])
})

test('-9 stands for a photo-z that is not known', () => {
  const curve = parseSnana(HEADER.replace('0.4126  +- 0.0218', '-9.0000  +- 9.0000') + ROWS, 'x.DAT')
  assert.deepEqual([curve.photoZ, curve.photoZErr], [null, null])
})

test('data of a real object has no truth', () => {
  const curve = parseSnana(HEADER.replaceAll(/^SIM.*\n/gm, '') + ROWS, 'x.DAT')
  assert.deepEqual([curve.type, curve.redshift, curve.peakMjd], [null, null, null])
})

test('a noise-free magnitude that is not known leaves the light curve without noise-free fluxes', () => {
  const noiseFree = (magnitude: string): number[] | null => parseSnana(HEADER + ROWS.replace('24.878', magnitude), 'x.DAT').noiseFree
  assert.equal(noiseFree('24.878')?.length, 2)
  assert.equal(noiseFree('99.0')?.[0], 0)
  assert.deepEqual([noiseFree('-9.0'), noiseFree('nan')], [null, null])
})

test('a damaged file is named with its line', () => {
  const whole = HEADER + ROWS
  assert.throws(() => parseSnana(whole.replace('2.163e+01', '2.1x3e+01'), 'a.DAT'), codeAndMessage('snana-damaged', /^a\.DAT:17: FLUXCAL is not a number: '2\.1x3e\+01'/))
  assert.throws(() => parseSnana(whole.slice(0, whole.indexOf('OBS:  56330')), 'b.DAT'), codeAndMessage('snana-damaged', /^b\.DAT:20: NOBS is 5, the file has 3 OBS rows/))
  assert.throws(() => parseSnana(whole.slice(0, whole.indexOf('  0.00   24.363')), 'c.DAT'), codeAndMessage('snana-damaged', /^c\.DAT:19: an OBS row has 5 values, VARLIST names 9/))
  assert.throws(() => parseSnana(ROWS.replaceAll(/^VARLIST.*$/gm, ''), 'd.DAT'), codeAndMessage('snana-damaged', /^d\.DAT:6: an OBS row stands before VARLIST/))
  assert.throws(() => parseSnana('not a light curve', 'e.DAT'), codeAndMessage('snana-damaged', /^e\.DAT:1: no SNID/))
  assert.throws(() => parseSnana(whole.replace('430074', '../etc'), 'f.DAT'), codeAndMessage('snana-damaged', /^f\.DAT:\d+: SNID is '\.\.\/etc'/))
})
