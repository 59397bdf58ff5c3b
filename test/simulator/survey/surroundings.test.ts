import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomFrom } from '../../../src/simulator/random.ts'
import { observedRedshift } from '../../../src/simulator/survey/observer-redshift.ts'
import { PRACTICES } from '../../../src/simulator/survey/practice.ts'
import { realBogusScore } from '../../../src/simulator/survey/real-bogus.ts'
import { starScore, surroundings } from '../../../src/simulator/survey/surroundings.ts'
import { templateOfPersistent, templateOfTransient } from '../../../src/simulator/survey/template.ts'
import { sine } from '../small-models.ts'

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
const shareOf = <T>(values: readonly T[], has: (value: T) => boolean): number => values.filter(has).length / values.length
const { lsst } = PRACTICES

test('stars near 1, galaxies near 0, and no telling at the limit of the catalogue', () => {
  const random = randomFrom(1)
  const scores = (isStar: boolean, magnitude: number) => Array.from({ length: 2000 }, () => starScore(random, isStar, magnitude, 25))
  assert.ok(shareOf(scores(true, 20), score => score > 0.9) > 0.95)
  assert.ok(shareOf(scores(false, 20), score => score < 0.1) > 0.95)
  const faint = shareOf(scores(true, 25), score => score > 0.5)
  assert.ok(faint > 0.5 && faint < 0.7)
})

test('what lies there: a star at 0, a host at its distance, nothing or a neighbour within 5″ of a hostless event', () => {
  const random = randomFrom(2)
  const depth = [24, 24]
  const around = (magnitude: number, separation: number) => Array.from({ length: 2000 }, () =>
    surroundings(random, lsst, { magnitude, isStar: false, separation }, Float64Array.of(500, 1000), depth))
  const stars = around(20, 0).map(({ context: { separation } }) => separation)
  assert.ok(median(stars) < 0.06)
  const hosts = around(22, 1.5)
  assert.ok(Math.abs(median(hosts.map(({ context: { separation } }) => separation)) - 1.5) < 0.05)
  assert.ok(hosts.every(({ isCatalogued }) => isCatalogued))
  const hostless = around(28, 0.3)
  const nothing = shareOf(hostless, ({ context: { separation, starScore } }) => Number.isNaN(separation) && Number.isNaN(starScore))
  // exp(−π 5² · 20/3600)
  assert.ok(Math.abs(nothing - 0.646) < 0.04)
  assert.ok(hostless.every(({ context: { separation }, isCatalogued }) => !isCatalogued && !(separation > 5)))
  assert.ok(Math.abs(median(hosts.map(({ context: { templateFlux } }) => templateFlux[1]!)) / 1000 - 1) < 0.02)
})

test('redshifts: spectra of bright hosts, photometric ones with 3 % outliers, none without a host', () => {
  const random = randomFrom(3)
  const observed = (magnitude: number, isCatalogued = true) => Array.from({ length: 4000 }, () => observedRedshift(random, lsst, 0.3, magnitude, isCatalogued, false))
  assert.ok(shareOf(observed(19), ({ isSpectroscopic }) => isSpectroscopic) > 0.7)
  const faint = observed(24.5)
  assert.ok(shareOf(faint, ({ isSpectroscopic }) => isSpectroscopic) < 0.12)
  assert.ok(observed(24, false).every(({ redshift }) => Number.isNaN(redshift)))
  const photometric = faint.filter(({ redshift, isSpectroscopic }) => !isSpectroscopic && !Number.isNaN(redshift))
  const outliers = shareOf(photometric, ({ redshift }) => Math.abs(redshift - 0.3) > 0.15 * 1.3)
  // most of the 3 % fall outside 0.15 (1 + z), and beyond 2.5σ of the largest error some others do
  assert.ok(outliers > 0.02 && outliers < 0.04, String(outliers))
  const pulls = photometric.map(({ redshift, redshiftErr }) => Math.abs(redshift - 0.3) / redshiftErr)
  assert.ok(Math.abs(median(pulls) - 0.6745) < 0.05)
  const spectroscopic = observed(19).filter(({ isSpectroscopic }) => isSpectroscopic)
  assert.ok(spectroscopic.every(({ redshift }) => Math.abs(redshift - 0.3) < 0.003))
  const stars = Array.from({ length: 4000 }, () => observedRedshift(random, lsst, null, NaN, false, false))
  assert.ok(Math.abs(shareOf(stars, ({ redshift }) => redshift > 0) - 0.25) < 0.03)
})

test('real–bogus: high for sources, low for artefacts, the two overlap', () => {
  for (const sky of ['lsst', 'ztf', 'des', 'generic'] as const) {
    const random = randomFrom(4)
    const scores = (isReal: boolean, signal: number) => Array.from({ length: 4000 }, () => realBogusScore(random, sky, signal, isReal))
    assert.ok(median(scores(true, 20)) > 0.75)
    assert.ok(median(scores(false, 20)) < 0.3)
    assert.ok(median(scores(true, 5.5)) < median(scores(true, 20)))
    const good = shareOf(scores(false, 20), score => score > 0.5)
    assert.ok(good > 0.03 && good < 0.25, `${sky}: ${good}`)
    assert.ok(scores(true, -300).every(score => score >= 0 && score <= 1))
  }
})

test('a template holds a variable star, and of one transient in twenty something of the event', () => {
  const source = sine.draw(randomFrom(6), { passbands: [], depth: [], redshift: null, peakMjd: 0, visits: { mjd: new Float64Array(), band: new Uint8Array(), depth: new Float64Array() } })
  const held = Array.from({ length: 400 }, (_, k) => templateOfPersistent(randomFrom(7, k), 'RRL', source, 60000, 2)[0]! / source.parameters['mean']!)
  assert.ok(held.every(share => share > 0.59 && share < 1.41))
  assert.ok(Math.abs(median(held) - 1) < 0.1)
  // the faintest of fifteen
  assert.ok(Math.abs(shareOf(held, share => share < 0.65) - 0.15) < 0.08)

  const events = Array.from({ length: 4000 }, (_, k) => templateOfTransient(randomFrom(8, k), Float64Array.of(1000, 500)))
  const contaminated = events.filter(([g]) => g! > 0)
  assert.ok(Math.abs(contaminated.length / 4000 - 0.05) < 0.01)
  assert.ok(contaminated.every(([g]) => g! < 600))
})
