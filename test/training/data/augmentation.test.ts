import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSnana, snanaHost } from '../../../src/alert/snana/snana.ts'
import { isDetection, steppedPoints } from '../../../src/light-curve/window.ts'
import type { Band } from '../../../src/alert/alert.ts'
import { NO_CONTEXT } from '../../../src/light-curve/features/context.ts'
import { randomVariant, type Variant, type VariantSettings } from '../../../src/training/data/augmentation.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { seededRandom } from '../../../src/training/data/random.ts'
import { defaultSettings, type AugmentationSettings } from '../../../src/training/settings.ts'
import { generatedLightCurve } from './generated-light-curves.ts'

const BANDS = ['g', 'r', 'i', 'z'] as const
const none: AugmentationSettings = {
  hidePhotoZ: 0,
  hideExtinction: 0,
  redrawNoise: 0,
  redrawPhotoZ: 0,
  reobserve: 0,
  peakShift: 0,
  redshiftSpread: 0,
  depthSpread: 0,
  dropPoints: 0,
  dropBands: 0,
  noiseShare: 0,
  noiseFactor: 1,
  bandSubset: 0,
  detectionsOnly: 0,
  noiseScatter: [1, 1],
  moveBrightness: 0,
  brightnessSpread: 0.3,
  hideContext: 0,
  hideFact: 0,
  cutStart: 0,
  cutEnd: 0
}
const settingsWith = (settings: Partial<AugmentationSettings>, bands: readonly Band[] = BANDS): VariantSettings =>
  ({ bands: [...bands], augmentation: { ...none, ...settings }, mostSteps: null })

function generated (peakFlux = 100): LabelledObject {
  const curve = parseSnana(generatedLightCurve(5, true, { peakFlux }), 'generated')
  return { snid: curve.snid, points: curve.points, noiseFree: null, host: snanaHost(curve), type: 'Ia', isIa: true, redshift: curve.redshift, peakMjd: curve.peakMjd }
}

const variants = (object: LabelledObject, settings: Partial<AugmentationSettings>, count = 400, mostSteps: number | null = null): Variant[] => {
  const random = seededRandom(1)
  return Array.from({ length: count }, () => randomVariant(object, [], { ...settingsWith(settings), mostSteps }, random))
}
const share = (all: Variant[], condition: (variant: Variant) => boolean): number => all.filter(condition).length / all.length
const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 0.08, `${actual} is not near ${expected}`)

test('with every setting at zero a variant is the light curve as the stream gives it', () => {
  const object = generated()
  const [variant] = variants(object, {}, 1)
  assert.deepEqual(variant, { points: steppedPoints(object.points, BANDS), host: object.host, context: { ...NO_CONTEXT, detections: 1 }, redshift: object.redshift, brightness: 1 })
})

test('photo-z and extinction are hidden from their shares of the light curves', () => {
  const all = variants(generated(), { hidePhotoZ: 0.3, hideExtinction: 0.2 })
  near(share(all, ({ host }) => host.redshift === null && host.redshiftErr === null), 0.3)
  near(share(all, ({ host }) => host.mwebv === null), 0.2)
})

test('a cut start lies between the window and the first detection, which stays', () => {
  const whole = steppedPoints(generated().points, BANDS)
  const first = whole.find(isDetection)!
  const all = variants(generated(), { cutStart: 1 })
  assert.ok(all.every(({ points }) => points.some(point => point.midpointMjdTai === first.midpointMjdTai)))
  assert.ok(all.some(({ points }) => isDetection(points[0]!)))
  assert.ok(new Set(all.map(({ points }) => points.length)).size > 5)
})

test('a cut end keeps the first detection', () => {
  const all = variants(generated(), { cutEnd: 1 })
  assert.ok(all.every(({ points }) => points.some(isDetection)))
  assert.ok(Math.min(...all.map(({ points }) => points.length)) < 40)
})

test('points and bands are dropped', () => {
  const whole = steppedPoints(generated().points, BANDS).length
  const lengths = variants(generated(), { dropPoints: 0.25 }).map(({ points }) => points.length)
  near(lengths.reduce((a, b) => a + b) / lengths.length / whole, 1 - 0.25 / 2)
  const without = variants(generated(), { dropBands: 0.5 })
  const bandsLeft = ({ points }: Variant): number => new Set(points.map(point => point.band)).size
  near(share(without, variant => bandsLeft(variant) === 4), 0.5)
  near(share(without, variant => bandsLeft(variant) === 3), 0.25)
  near(share(without, variant => bandsLeft(variant) === 2), 0.25)
})

test('noise grows errors up to the factor and moves fluxes', () => {
  const original = new Map(generated().points.map(point => [point.midpointMjdTai, point]))
  const all = variants(generated(), { noiseShare: 1, noiseFactor: 1.5 }, 100).flatMap(({ points }) => points)
  const factors = all.map(point => point.psfFluxErr / original.get(point.midpointMjdTai)!.psfFluxErr)
  assert.ok(Math.min(...factors) >= 1 && Math.max(...factors) <= 1.5)
  const pulls = all.map((point, k) => (point.psfFlux - original.get(point.midpointMjdTai)!.psfFlux) /
    (original.get(point.midpointMjdTai)!.psfFluxErr * Math.sqrt(factors[k]! ** 2 - 1)))
  near(pulls.reduce((sum, pull) => sum + pull * pull, 0) / pulls.length, 1)
})

test('an object without detections gives no points', () => {
  assert.deepEqual(variants(generated(0), defaultSettings().augmentation, 1)[0]!.points, [])
})

test('where the noise-free light curve is known, a share is seen with new noise and a share at another object\'s times', () => {
  const noisy = generated()
  const object = { ...noisy, noiseFree: Float64Array.from(noisy.points, ({ psfFlux }) => Math.max(0, psfFlux)) }
  const other = { ...generated(), snid: '6', points: noisy.points.map(point => ({ ...point, midpointMjdTai: point.midpointMjdTai + 2.5 })) }
  const seen = (settings: Partial<AugmentationSettings>): Variant[] => {
    const random = seededRandom(1)
    return Array.from({ length: 400 }, () => randomVariant(object, [{ ...other, noiseFree: object.noiseFree }], settingsWith(settings), random))
  }
  const own = new Map(object.points.map(point => [point.midpointMjdTai, point.psfFlux]))
  const isRedrawn = ({ points }: Variant): boolean => points.every(point => own.has(point.midpointMjdTai) && own.get(point.midpointMjdTai) !== point.psfFlux)
  const isElsewhere = ({ points }: Variant): boolean => points.every(point => !own.has(point.midpointMjdTai))
  near(share(seen({ redrawNoise: 0.4 }), isRedrawn), 0.4)
  near(share(seen({ reobserve: 0.3 }), isElsewhere), 0.3)
  near(share(seen({ redrawPhotoZ: 0.6 }), ({ host }) => host.redshift !== object.host.redshift), 0.6)
})

test('a supernova that is moved in redshift is told apart by its photo-z and its true redshift alike', () => {
  const noisy = generated()
  const object = { ...noisy, noiseFree: Float64Array.from(noisy.points, ({ psfFlux }) => Math.max(0, psfFlux)) }
  const random = seededRandom(1)
  const moved = Array.from({ length: 100 }, () => randomVariant(object, [object], settingsWith({ reobserve: 1, redshiftSpread: 0.05 }), random))
  assert.ok(new Set(moved.map(({ redshift }) => redshift)).size > 90)
  for (const { host, redshift } of moved) {
    assert.ok(Math.abs(host.redshift! - object.host.redshift! - (redshift! - object.redshift!)) < 1e-12)
  }
})

test('a light curve in one band never loses it', () => {
  const object = generated()
  const random = seededRandom(1)
  for (let k = 0; k < 100; k++) assert.ok(randomVariant(object, [], settingsWith({ dropBands: 1, bandSubset: k % 2 }, ['r']), random).points.length > 0)
})

test('a share keeps a random choice of bands, from one to all', () => {
  const all = variants(generated(), { bandSubset: 1 })
  const bandsLeft = ({ points }: Variant): number => new Set(points.map(point => point.band)).size
  for (const bands of [1, 2, 3, 4]) near(share(all, variant => bandsLeft(variant) === bands), 0.25)
})

test('a share keeps its detections alone, half of them those of negative flux too', () => {
  const object = generated()
  const dipping = { ...object, points: object.points.map((point, k) => k % 7 === 6 ? { ...point, psfFlux: -20 * point.psfFluxErr } : point) }
  const all = variants(dipping, { detectionsOnly: 1 })
  assert.ok(all.every(({ points }) => points.every(({ psfFlux, psfFluxErr }) => Math.abs(psfFlux) > 3 * psfFluxErr)))
  near(share(all, ({ points }) => points.some(({ psfFlux }) => psfFlux < 0)), 0.5)
})

test('of a long light curve a random part is taken that has a detection', () => {
  const all = variants(generated(), {}, 100, 10)
  assert.ok(all.every(({ points }) => points.length <= 10 && points.some(isDetection)))
  assert.ok(new Set(all.map(({ points }) => points[0]!.midpointMjdTai)).size > 5)
})

test('without its redshift a light curve may be moved in brightness, and its S/N stays', () => {
  const whole = steppedPoints(generated().points, BANDS)
  const told = variants(generated(), { moveBrightness: 1 }, 20)
  assert.ok(told.every(({ points }) => points.every((point, k) => point.psfFlux === whole[k]!.psfFlux)))
  const moved = variants(generated(), { hidePhotoZ: 1, moveBrightness: 1, brightnessSpread: 0.3 })
  const magnitudes = moved.map(({ points }) => 2.5 * Math.log10(points[0]!.psfFluxErr / whole[0]!.psfFluxErr))
  near(Math.sqrt(magnitudes.reduce((sum, value) => sum + value * value, 0) / magnitudes.length), 0.3)
  for (const { points } of moved) points.forEach((point, k) => assert.ok(Math.abs(point.psfFlux / point.psfFluxErr - whole[k]!.psfFlux / whole[k]!.psfFluxErr) < 1e-9))
})

test('context is hidden as a whole or fact by fact, and counts the detections before the first point', () => {
  const context = { templateFlux: 500, starScore: 0.9, separation: 0.3, realBogus: 0.8, detections: null }
  const object = { ...generated(), context }
  near(share(variants(object, { hideContext: 0.4 }), ({ context }) => Object.values(context).every(value => value === null)), 0.4)
  const byFact = variants(object, { hideFact: 0.3 })
  near(share(byFact, ({ context }) => context.templateFlux === null), 0.3)
  near(share(byFact, ({ context }) => context.realBogus === null), 0.3)
  assert.ok(byFact.every(({ context }) => (context.starScore === null) === (context.separation === null)))
  const parts = variants(object, {}, 200, 5)
  const detections = object.points.filter(point => Math.abs(point.psfFlux) > 5 * point.psfFluxErr)
  for (const { points, context } of parts) assert.equal(context.detections, 1 + detections.filter(({ midpointMjdTai }) => midpointMjdTai < points[0]!.midpointMjdTai).length)
})
