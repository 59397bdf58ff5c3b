import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { BANDS } from '../../src/alert/alert.ts'
import { mergePoints } from '../../src/light-curve/merge.ts'
import type { StoredPoint } from '../../src/light-curve/stored-point.ts'
import { point } from '../pipeline.ts'

const merged = (...batches: Array<Parameters<typeof mergePoints>[1]>): readonly StoredPoint[] =>
  batches.reduce<readonly StoredPoint[]>((points, batch) => mergePoints(points, batch).points, [])

test('a detection and forced photometry of one visit are one point, and the detection stands', () => {
  const detection = point({ visit: 7, psfFlux: 900 })
  const forced = point({ visit: 7, kind: 'forced', psfFlux: 850, timeProcessedMjdTai: 60002 })
  assert.deepEqual(merged([forced], [detection]), merged([detection], [forced]))
  assert.deepEqual(merged([forced], [detection]).map(({ kind, psfFlux }) => [kind, psfFlux]), [['detection', 900]])
})

test('a newer version of the same kind replaces an older one, whichever comes first', () => {
  const older = point({ visit: 7, psfFlux: 900, timeProcessedMjdTai: 60000.1 })
  const newer = point({ visit: 7, psfFlux: 700, timeProcessedMjdTai: 60003 })
  assert.equal(merged([older], [newer])[0]!.psfFlux, 700)
  assert.equal(merged([newer], [older])[0]!.psfFlux, 700)
})

test('without a visit, a point is known by its band and its time to the millisecond', () => {
  const tenthOfAMillisecond = 1e-4 / 86_400
  assert.equal(merged([point(), point({ midpointMjdTai: 60000 + tenthOfAMillisecond })]).length, 1)
  assert.equal(merged([point(), point({ midpointMjdTai: 60000 + 2e-3 / 86_400 })]).length, 2)
  assert.equal(merged([point(), point({ band: 'i' })]).length, 2)
})

test('a withdrawn point stays withdrawn when an older copy of it comes again', () => {
  const source = point({ visit: 7, timeProcessedMjdTai: 60000.1 })
  const withdrawal = { ...source, withdrawn: true }
  for (const order of [[source, withdrawal, source], [withdrawal, source], [source, source, withdrawal]]) {
    assert.deepEqual(merged(...order.map(one => [one])).map(({ withdrawn }) => withdrawn), [true])
  }
})

test('points that cannot be used are left out and counted', () => {
  const bad = [
    point({ psfFlux: Number.NaN }), point({ psfFlux: Infinity }), point({ psfFluxErr: 0 }), point({ psfFluxErr: -1 }),
    point({ psfFluxErr: Number.NaN }), point({ psfFluxErr: 1e-60 }), point({ midpointMjdTai: Number.NaN }), point({ midpointMjdTai: -3 })
  ]
  const result = mergePoints([], [...bad, point()])
  assert.equal(result.unusable, bad.length)
  assert.equal(result.points.length, 1)
})

test('nothing new gives the very same light curve', () => {
  const points = merged([point(), point({ midpointMjdTai: 60001 })])
  const again = mergePoints(points, [point({ midpointMjdTai: 60001 })])
  assert.equal(again.points, points)
  assert.deepEqual(again.changed, [])
})

const anyPoint = fc.record({
  midpointMjdTai: fc.integer({ min: 0, max: 30 }).map(k => 60000 + k / 4),
  band: fc.constantFrom(...BANDS),
  psfFlux: fc.integer({ min: -500, max: 5000 }),
  psfFluxErr: fc.integer({ min: 1, max: 200 }),
  kind: fc.constantFrom('detection' as const, 'forced' as const),
  visit: fc.option(fc.integer({ min: 1, max: 6 })),
  timeProcessedMjdTai: fc.option(fc.integer({ min: 60000, max: 60004 })),
  withdrawn: fc.boolean()
})

test('property: any order, any batches and any repeats end in the same light curve', () => {
  fc.assert(fc.property(fc.array(anyPoint, { maxLength: 25 }), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), fc.integer({ min: 1, max: 7 }), (points, random, size) => {
    const shuffled = [...points, ...points.slice(0, 5)].map(one => ({ one, key: random.next().value as number })).sort((a, b) => a.key - b.key).map(({ one }) => one)
    const batches = Array.from({ length: Math.ceil(shuffled.length / size) }, (_, k) => shuffled.slice(k * size, (k + 1) * size))
    assert.deepEqual(merged(...batches), merged(points))
  }), { numRuns: 500 })
})
