import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL } from '../../../src/alert/alert.ts'
import { luminosityDistance } from '../../../src/light-curve/features/distance.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { movedHost, observe, pointingsOf, withNewNoise, withNewPhotoZ } from '../../../src/training/data/realisation.ts'
import { seededRandom } from '../../../src/training/data/random.ts'

const near = (actual: number, expected: number, tolerance: number): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`)

/** A bell around day 50 in r, one point a day, errors of 10 FLUXCAL at the sky. */
function bell (): LabelledObject {
  const times = Array.from({ length: 100 }, (_, day) => 60_000 + day)
  const noiseFree = Float64Array.from(times, (_, day) => 5000 * NJY_PER_FLUXCAL * Math.exp(-(((day - 50) / 10) ** 2) / 2))
  return {
    snid: '1',
    points: times.map((midpointMjdTai, k) => ({ midpointMjdTai, band: 'r', psfFlux: noiseFree[k]!, psfFluxErr: NJY_PER_FLUXCAL * Math.sqrt(100 + 0.14 * noiseFree[k]! / NJY_PER_FLUXCAL + (0.018 * noiseFree[k]! / NJY_PER_FLUXCAL) ** 2) })),
    noiseFree,
    host: { redshift: 0.52, redshiftErr: 0.03, mwebv: 0.01 },
    type: 'Ia',
    isIa: true,
    redshift: 0.5,
    peakMjd: 60_050
  }
}

const ownView = (object: LabelledObject) => ({ pointings: pointingsOf(object), shift: 0, redshift: null, depth: 1 })

test('new noise has the size of the errors, around the noise-free flux', () => {
  const object = bell()
  const random = seededRandom(1)
  const pulls = Array.from({ length: 50 }, () => withNewNoise(object, random)!).flatMap(points =>
    points.map(({ psfFlux, psfFluxErr }, k) => (psfFlux - object.noiseFree![k]!) / psfFluxErr))
  near(pulls.reduce((a, b) => a + b) / pulls.length, 0, 0.05)
  near(pulls.reduce((a, b) => a + b * b, 0) / pulls.length, 1, 0.05)
  assert.equal(withNewNoise({ ...object, noiseFree: null }, random), null)
})

test('the pointings of an object have its sky, whatever its flux', () => {
  for (const { skyErr } of pointingsOf(bell())) near(skyErr / NJY_PER_FLUXCAL, 10, 35)
  for (const { skyErr } of pointingsOf(bell()).filter((_, day) => Math.abs(day - 50) > 30)) near(skyErr / NJY_PER_FLUXCAL, 10, 0.01)
})

test('seen again at its own times with errors made small, an object is its noise-free light curve', () => {
  const object = bell()
  const seen = observe(object, { ...ownView(object), pointings: pointingsOf(object).map(pointing => ({ ...pointing, skyErr: 1e-9 })) }, seededRandom(1))!
  assert.equal(seen.length, 100)
  const shares = seen.filter(({ midpointMjdTai }) => Math.abs(midpointMjdTai - 60_050) < 15).map(({ psfFlux, midpointMjdTai }) => psfFlux / object.noiseFree![midpointMjdTai - 60_000]!)
  shares.forEach(share => near(share, 1, 0.12))
})

test('moved from z 0.5 to 0.6 the peak is fainter by the luminosity distances and its width grows by 1.6/1.5', () => {
  const object = bell()
  const pointings = pointingsOf(object).map(pointing => ({ ...pointing, skyErr: 1e-9 }))
  const mean = Array.from({ length: 40 }, (_, seed) => observe(object, { ...ownView(object), pointings, redshift: 0.6 }, seededRandom(seed))!)
  const fluxAt = (day: number): number => mean.reduce((sum, points) => sum + points.find(({ midpointMjdTai }) => midpointMjdTai === 60_000 + day)!.psfFlux, 0) / mean.length
  const peak = 5000 * NJY_PER_FLUXCAL * (luminosityDistance(0.5) / luminosityDistance(0.6)) ** 2
  near(fluxAt(50) / peak, 1, 0.02)
  near(fluxAt(62) / fluxAt(50), Math.exp(-((12 / (10 * 1.6 / 1.5)) ** 2) / 2), 0.02)
  assert.equal(movedHost(object.host, 0.5, 0.6).redshift!.toFixed(10), '0.6200000000')
  assert.equal(observe({ ...object, redshift: null }, { ...ownView(object), redshift: 0.6 }, seededRandom(1)), null)
})

test('a view twice as shallow has twice the sky\'s error, and a shift moves the times', () => {
  const object = bell()
  const seen = observe(object, { ...ownView(object), depth: 2, shift: 3 }, seededRandom(1))!
  assert.equal(seen[0]!.midpointMjdTai, 60_003)
  near(seen[0]!.psfFluxErr / NJY_PER_FLUXCAL, 20, 0.05)
  assert.equal(seen.length, 97, 'the last three days lie beyond what the simulation tells')
})

test('a new photo-z scatters around the true redshift by 0.86 of its error', () => {
  const random = seededRandom(3)
  const object = bell()
  const pulls = Array.from({ length: 4000 }, () => (withNewPhotoZ(object, random).redshift! - 0.5) / 0.03)
  near(pulls.reduce((a, b) => a + b) / pulls.length, 0, 0.05)
  near(Math.sqrt(pulls.reduce((a, b) => a + b * b, 0) / pulls.length), 0.86, 0.03)
  assert.deepEqual(withNewPhotoZ({ ...object, redshift: null }, random), object.host)
})
