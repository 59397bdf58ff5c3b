import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FAST_REFERENCE, fastLight, fastModel } from '../../../src/simulator/sources/fast.ts'
import { needs } from '../../parts.ts'
import { assertOutbursts, assertPhotometry, mean, peakMagnitudes, scatter, type PhotometryRow } from './thermal-checks.ts'

const kilonova = fastLight({ kind: 'KN', magnitude: -15.7, rise: 0.8, decline: 0.9, temperature: 11_000, cooling: Infinity, floor: 2800, blanketing: 0 })
const fastBlue = fastLight({ kind: 'FBOT', magnitude: -18.5, rise: 2, decline: 0.2, temperature: 18_000, cooling: 30, floor: 7000, blanketing: 0 })
const calciumRich = fastLight({ kind: 'Ca-rich', magnitude: -16, rise: 7, decline: 0.1, temperature: 6000, cooling: 50, floor: 3800, blanketing: 0.5 })

// python test/simulator/second-source/thermal.py SKY
const SNCOSMO: readonly PhotometryRow[] = [
  [kilonova, 0.0, 0.01, 'ztf-g', -0.3, 350755],
  [kilonova, 0.0, 0.01, 'ztf-r', 1.1, 182542],
  [kilonova, 0.0, 0.04, 'lsst-u', 0.1, 13922.7],
  [kilonova, 0.1, 0.04, 'lsst-y', 3.1, 3907.46],
  [fastBlue, 0.0, 0.2, 'lsst-u', -1, 16535.1],
  [fastBlue, 0.1, 0.2, 'ztf-g', 7, 3114.78],
  [fastBlue, 0.0, 0.5, 'des-z', 15, 120.958],
  [calciumRich, 0.0, 0.02, 'ztf-r', -5, 86386],
  [calciumRich, 0.0, 0.02, 'lsst-u', 20, 2083.33],
  [calciumRich, 0.1, 0.1, 'lsst-i', 43, 114.626]
]

test('photometry of fast transients is sncosmo\'s within 0.5 %', async t => {
  if (!needs(t, 'shared-data')) return
  await assertPhotometry(SNCOSMO)
})

test('a fast transient is the same whenever asked, and dark before and after', async () => {
  await assertOutbursts(fastModel)
})

test('kinds of fast transients have their shares, magnitudes and scatter', async () => {
  const draws = await peakMagnitudes(fastModel, FAST_REFERENCE, 1500)
  for (const [kind, share, magnitude, sigma] of [['KN', 0.4, -15.7, 0.8], ['FBOT', 0.36, -18, 1.2], ['Ca-rich', 0.24, -16, 0.5]] as const) {
    const magnitudes = draws.filter(({ source }) => source.subtype === kind).map(({ magnitude }) => magnitude)
    assert.ok(Math.abs(magnitudes.length / 1500 - share) < 0.05, `${kind}: ${magnitudes.length}`)
    const error = sigma / Math.sqrt(magnitudes.length)
    // a kilonova's peak lies between visits half a day apart
    assert.ok(Math.abs(mean(magnitudes) - magnitude) < 4 * error + 0.1, `${kind}: ${mean(magnitudes)}`)
    assert.ok(Math.abs(scatter(magnitudes) - sigma) < 4 * error, `${kind}: ${scatter(magnitudes)}`)
  }
})
