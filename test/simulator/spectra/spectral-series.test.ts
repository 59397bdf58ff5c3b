import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { distanceModulus } from '../../../src/simulator/cosmology/cosmology.ts'
import { readPassbands, type SkyName } from '../../../src/simulator/passbands/surveys.ts'
import { bandCurves, fluxAt, type SpectralSeries } from '../../../src/simulator/spectra/spectral-series.ts'
import { needs, sharedData } from '../../parts.ts'

const TEMPLATES = join(sharedData, 'sky')

/** A black body that cools by 40 K a day. */
function cooling (): SpectralSeries {
  const phases = Float64Array.from({ length: 8 }, (_, k) => -20 + 10 * k)
  const wavelengths = Float64Array.from({ length: 551 }, (_, k) => 1000 + 20 * k)
  const flux = Float64Array.from({ length: 8 * 551 }, (_, place) => {
    const wavelength = wavelengths[place % 551]!
    const temperature = 6000 + 40 * (50 - phases[Math.floor(place / 551)]!)
    return (wavelength / 5000) ** -5 / (Math.exp(1.4388e8 / wavelength / temperature) - 1)
  })
  return { phases, wavelengths, flux }
}

/** sncosmo's bandflux of the same series at z = 0.3, 13 d before and 26 d after the peak, by test/simulator/second-source/foundation.py. */
const SNCOSMO: ReadonlyArray<readonly [SkyName, string, number, number]> = [
  ['lsst', 'lsst-u', 1.4420539423911467e19, 5.325012045848633e18],
  ['lsst', 'lsst-g', 2.5628899515519123e19, 1.1784437236707242e19],
  ['lsst', 'lsst-y', 3.6417003629304766e19, 2.400199420962064e19],
  ['ztf', 'ztf-r', 3.57922487589879e19, 1.9738684530063766e19],
  ['des', 'des-i', 3.817068102464619e19, 2.3159364850698293e19]
]

test('synthetic photometry is sncosmo\'s within 0.1 %', async t => {
  if (!needs(t, 'shared-data')) return
  const dimming = 10 ** (-0.4 * distanceModulus(0.3))
  for (const [sky, name, before, after] of SNCOSMO) {
    const passbands = (await readPassbands(TEMPLATES, sky)).filter(passband => passband.name === name)
    const { times, flux } = bandCurves(cooling(), 0.3, passbands)
    for (const [time, expected] of [[-13, before], [26, after]] as const) {
      const ratio = fluxAt(times, flux[0]!, time) / dimming / expected
      assert.ok(Math.abs(ratio - 1) < 1e-3, `${name} at ${time} d: ${ratio}`)
    }
  }
})

test('the spectrum ends where its nodes do: light beyond them is none', async t => {
  if (!needs(t, 'shared-data')) return
  const passbands = await readPassbands(TEMPLATES, 'lsst')
  const { flux } = bandCurves({ phases: Float64Array.of(0), wavelengths: Float64Array.of(5000, 6000), flux: Float64Array.of(1, 1) }, 0.1, passbands)
  const [u, , r] = flux.map(([only]) => only!)
  assert.ok(r! > 0 && u! < 1e-3 * r!, `u ${u}, r ${r}`)
  assert.equal(bandCurves({ phases: Float64Array.of(0), wavelengths: Float64Array.of(1000, 1100), flux: Float64Array.of(1, 1) }, 0.1, passbands).flux[2]![0], 0)
})

test('a flux before the first time is 0, between two times linear, after the last the last', () => {
  const times = Float64Array.of(-10, 0, 20)
  const flux = Float64Array.of(0, 4, 2)
  assert.deepEqual([-11, -5, 0, 10, 20, 30].map(time => fluxAt(times, flux, time)), [0, 2, 4, 3, 2, 2])
})

test('a folder without passbands names the file that is missing, and where it can be had', async () => {
  await assert.rejects(readPassbands('/nowhere', 'lsst'), { code: 'templates-missing', message: /total_[ugrizy]\.dat is missing/, action: /docs\/simulation\.md/ })
})
