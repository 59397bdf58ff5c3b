import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFrom } from '../../../src/simulator/random.ts'
import { disruptionLight, DISRUPTION_REFERENCE, drawDisruption, tidalDisruptionModel } from '../../../src/simulator/sources/tidal-disruption.ts'
import { needs } from '../../parts.ts'
import { assertOutbursts, assertPhotometry, circumstancesAt, mean, PEAK, peakMagnitudes, scatter, type PhotometryRow } from './thermal-checks.ts'

const exponential = disruptionLight({ magnitude: -19.6, riseSigma: 10, fall: 50, fallPower: null, temperature: 22_000, drift: 0.001, floor: 0.1, rebrightening: null })
const power = disruptionLight({
  magnitude: -20.8, riseSigma: 20, fall: 90, fallPower: 1.7, temperature: 12_000, drift: -0.001, floor: 0, rebrightening: { centre: 200, width: 20, amplitude: 0.4 }
})

// python test/simulator/second-source/thermal.py SKY
const SNCOSMO: readonly PhotometryRow[] = [
  [exponential, 0.0, 0.05, 'ztf-g', -12, 270120],
  [exponential, 0.0, 0.05, 'ztf-r', 1, 386498],
  [exponential, 0.2, 0.3, 'lsst-u', 40, 3473.74],
  [exponential, 0.2, 0.3, 'lsst-y', 201, 455.609],
  [exponential, 0.0, 1.2, 'lsst-g', -1, 1254.34],
  [power, 0.0, 1.2, 'lsst-u', 0, 511.344],
  [power, 0.0, 0.1, 'lsst-z', 70, 122035],
  [power, 0.2, 0.5, 'des-r', 203, 3342.29],
  [power, 0.0, 0.5, 'des-i', -15, 10290.1],
  [power, 0.0, 0.02, 'ztf-i', 250, 1.17951e06]
]

test('photometry of tidal disruptions is sncosmo\'s within 0.5 %', async t => {
  if (!needs(t, 'shared-data')) return
  await assertPhotometry(SNCOSMO)
})

test('a tidal disruption is the same whenever asked, and dark before and after', async () => {
  await assertOutbursts(tidalDisruptionModel)
})

test('peaks of tidal disruptions are at −19.6 ± 1.1 mag', async () => {
  const magnitudes = (await peakMagnitudes(tidalDisruptionModel, DISRUPTION_REFERENCE, 500)).map(({ magnitude }) => magnitude)
  assert.ok(Math.abs(mean(magnitudes) + 19.6) < 0.16, `${mean(magnitudes)}`)
  assert.ok(Math.abs(scatter(magnitudes) - 1.1) < 0.12, `${scatter(magnitudes)}`)
})

test('a rebrightening stays below the peak', () => {
  for (let k = 0; k < 400; k++) {
    const { phases, brightness } = disruptionLight(drawDisruption(randomFrom(3, k)))
    assert.ok(Math.max(...Array.from(phases, brightness)) < 1.1)
  }
})

test('disruptions are blue at the peak and stay so: g−r around −0.2, changed by less than 0.2 mag in 60 days', async () => {
  const model = await tidalDisruptionModel('')
  const colours = Array.from({ length: 200 }, (_, k) => {
    const source = model.draw(randomFrom(5, k), circumstancesAt(0.08))
    const [g0, r0, g60, r60] = source.fluxes({ mjd: Float64Array.of(PEAK, PEAK, PEAK + 60, PEAK + 60), band: Uint8Array.of(1, 2, 1, 2), depth: new Float64Array(4) })
    return { peak: -2.5 * Math.log10(g0! / r0!), change: -2.5 * Math.log10(g60! / r60! * r0! / g0!) }
  })
  assert.ok(mean(colours.map(({ peak }) => peak)) < -0.1 && mean(colours.map(({ peak }) => peak)) > -0.35)
  assert.ok(colours.filter(({ change }) => Math.abs(change) < 0.2).length > 180)
})
