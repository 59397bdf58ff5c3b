import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CandelaError } from '../../../src/errors.ts'
import { randomFrom } from '../../../src/simulator/random.ts'
import { drawSuperluminous, SUPERLUMINOUS_REFERENCE, superluminousLight, superluminousModel, type SuperluminousParameters } from '../../../src/simulator/sources/superluminous.ts'
import { needs } from '../../parts.ts'
import { assertOutbursts, assertPhotometry, circumstancesAt, mean, peakMagnitudes, scatter, type PhotometryRow } from './thermal-checks.ts'

const warm: SuperluminousParameters = {
  magnitude: -21.3, rise: 30, isGaussianRise: true, risePower: 2, fall: 45, fallPower: null, temperature: 14_000, cooling: 70, floor: 6000, ultraviolet: 1.2, blanketing: 0.5, bump: null
}
const slow: SuperluminousParameters = {
  magnitude: -20.4,
  rise: 50,
  isGaussianRise: false,
  risePower: 2,
  fall: 80,
  fallPower: 1.6,
  temperature: 10_000,
  cooling: 50,
  floor: 5000,
  ultraviolet: 2,
  blanketing: 0.2,
  bump: { centre: 120, width: 10, amplitude: 0.3 }
}

// python test/simulator/second-source/thermal.py SKY
const SNCOSMO: readonly PhotometryRow[] = [
  [superluminousLight(warm), 0.0, 0.2, 'ztf-g', -10, 134513],
  [superluminousLight(warm), 0.0, 0.2, 'ztf-r', 30, 108481],
  [superluminousLight(warm), 0.1, 0.5, 'lsst-u', -25, 4416.63],
  [superluminousLight(warm), 0.1, 0.5, 'lsst-g', 60, 1092.73],
  [superluminousLight(warm), 0.0, 1.5, 'lsst-i', 0, 2013.48],
  [superluminousLight(slow), 0.0, 1.5, 'lsst-u', 0, 1.79889],
  [superluminousLight(slow), 0.0, 0.1, 'lsst-y', 121, 394347],
  [superluminousLight(slow), 0.1, 0.8, 'des-z', -33, 1847.1],
  [superluminousLight(slow), 0.0, 0.8, 'des-g', 50, 111.808],
  [superluminousLight(slow), 0.0, 0.4, 'ztf-i', 120, 13212.8]
]

test('photometry of superluminous supernovae is sncosmo\'s within 0.5 %', async t => {
  if (!needs(t, 'shared-data')) return
  await assertPhotometry(SNCOSMO)
})

test('a superluminous supernova is the same whenever asked, and dark before and after', async () => {
  await assertOutbursts(superluminousModel)
})

test('peaks of superluminous supernovae are at −21.3 ± 0.75 mag', async () => {
  const magnitudes = (await peakMagnitudes(superluminousModel, SUPERLUMINOUS_REFERENCE, 500)).map(({ magnitude }) => magnitude)
  assert.ok(Math.abs(mean(magnitudes) + 21.3) < 0.12, `${mean(magnitudes)}`)
  assert.ok(Math.abs(scatter(magnitudes) - 0.7) < 0.08, `${scatter(magnitudes)}`)
  assert.ok(Math.min(...magnitudes) > -23.02 && Math.max(...magnitudes) < -19.58)
})

test('bumps leave the peak where it is', () => {
  for (let k = 0; k < 400; k++) {
    const { phases, brightness } = superluminousLight(drawSuperluminous(randomFrom(3, k)))
    assert.ok(Math.max(...Array.from(phases, brightness)) < 1.01)
    assert.ok(phases.every((phase, n) => n === 0 || phase > phases[n - 1]!))
  }
})

test('without a redshift the class is refused with the setting that gives it', async () => {
  const model = await superluminousModel('')
  assert.throws(() => model.draw(randomFrom(1), { ...circumstancesAt(0.1), redshift: null }),
    (error: unknown) => error instanceof CandelaError && error.code === 'redshift-missing' && error.action?.includes('classes.SLSN.redshift') === true)
})
