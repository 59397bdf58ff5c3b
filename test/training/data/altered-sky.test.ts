import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nightOf } from '../../../src/alert/alert.ts'
import { parseSnana, snanaHost } from '../../../src/alert/snana/snana.ts'
import { isDetection } from '../../../src/light-curve/window.ts'
import { SKIES, underSky } from '../../../src/training/data/altered-sky.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { generatedLightCurve } from './generated-light-curves.ts'

const objects: LabelledObject[] = Array.from({ length: 40 }, (_, k) => {
  const curve = parseSnana(generatedLightCurve(k + 1, k % 2 === 0), 'generated')
  return {
    snid: curve.snid,
    points: curve.points,
    noiseFree: Float64Array.from(curve.points, ({ psfFlux }) => Math.max(0, psfFlux)),
    host: snanaHost(curve),
    type: curve.type!,
    isIa: curve.type === 'Ia',
    redshift: curve.redshift,
    peakMjd: curve.peakMjd
  }
})
const points = (of: readonly LabelledObject[]): LabelledObject['points'] => of.flatMap(object => object.points)

test('every sky keeps detected objects and gives the same light curves again', () => {
  for (const sky of SKIES) {
    const altered = underSky(objects, sky)
    assert.ok(altered.length > 20, sky)
    assert.ok(altered.every(object => object.points.some(isDetection)), sky)
    assert.deepEqual(underSky(objects, sky).map(object => object.points), altered.map(object => object.points))
  }
})

test('each sky takes away what it says', () => {
  assert.deepEqual(underSky(objects, 'as-given'), objects)
  assert.deepEqual([...new Set(points(underSky(objects, 'two-bands')).map(({ band }) => band))].sort(), ['g', 'r'])
  assert.ok(points(underSky(objects, 'half-the-nights')).every(({ midpointMjdTai }) => nightOf(midpointMjdTai) % 2 === 0))
  const half = points(underSky(objects, 'half-the-points')).length / points(objects).length
  assert.ok(Math.abs(half - 0.5) < 0.05, String(half))
  for (const object of underSky(objects, 'from-peak')) assert.ok(object.points.every(({ midpointMjdTai }) => midpointMjdTai >= object.peakMjd!))
})

test('a shallow sky has larger errors than a deep one, and a nearer supernova is brighter and its photo-z smaller', () => {
  const meanErr = (sky: 'shallow' | 'deep'): number => points(underSky(objects, sky)).reduce((sum, { psfFluxErr }) => sum + psfFluxErr, 0) / points(underSky(objects, sky)).length
  const ratio = meanErr('shallow') / meanErr('deep')
  assert.ok(ratio > 1.5 && ratio < 4, String(ratio))
  const near = underSky(objects, 'near')
  const before = new Map(objects.map(object => [object.snid, object]))
  for (const object of near) {
    const { redshift, host } = before.get(object.snid)!
    assert.ok(Math.abs(object.redshift! - 0.9 * redshift!) < 1e-12)
    assert.ok(Math.abs(object.host.redshift! - Math.max(0, host.redshift! - 0.1 * redshift!)) < 1e-12)
  }
  const brightest = (object: LabelledObject): number => Math.max(...object.points.map(({ psfFlux }) => psfFlux))
  const brighter = near.filter(object => brightest(object) > brightest(before.get(object.snid)!)).length
  assert.ok(brighter > 0.8 * near.length, `${brighter} of ${near.length}`)
})

test('a sky that needs what the data do not tell is refused', () => {
  const real = objects.map(object => ({ ...object, noiseFree: null, peakMjd: null }))
  assert.throws(() => underSky(real, 'deep'), { code: 'sky-not-simulated' })
  assert.throws(() => underSky(real, 'from-peak'), { code: 'sky-not-simulated' })
})
