import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { cellOf, cellsOfRing, separationOf, type Place } from '../../../../src/state/sky.ts'
import { anyCentre, near } from './places.ts'

/** Degrees by astropy.coordinates.angles.utils.angular_separation (astropy 8.0.2). */
const separations: ReadonlyArray<[a: Place, b: Place, expected: number]> = [
  [{ ra: 0, dec: 0 }, { ra: 0, dec: 0 }, 0],
  [{ ra: 359.9, dec: 0 }, { ra: 0.1, dec: 0 }, 0.2000000000000016],
  [{ ra: 10, dec: 89.9 }, { ra: 190, dec: 89.9 }, 0.1999999999999946],
  [{ ra: 53.1, dec: -27.8 }, { ra: 53.1, dec: -27.79972222 }, 0.00027777999999883214],
  [{ ra: 0, dec: 90 }, { ra: 123, dec: 90 }, 0],
  [{ ra: 0, dec: -90 }, { ra: 77, dec: 90 }, 180],
  [{ ra: 83.633, dec: 22.0145 }, { ra: 263.633, dec: -22.0145 }, 180],
  [{ ra: 350, dec: -89.99 }, { ra: 170, dec: -89.98 }, 0.030000000000005148],
  [{ ra: 12.5, dec: 41.3 }, { ra: 12.500001, dec: 41.3 }, 7.512641328898572e-07],
  [{ ra: -10, dec: 5 }, { ra: 350, dec: 5 }, 0]
]

test('separations are astropy\'s, at the poles, between antipodes and across ra 0/360 too', () => {
  for (const [a, b, expected] of separations) {
    const separation = separationOf(a, b)
    assert.ok(Math.abs(separation - expected) < 1e-13, `${JSON.stringify([a, b])}: ${separation}, not ${expected}`)
    assert.ok(Math.abs(separationOf(b, a) - separation) < 1e-13, 'the same the other way round')
  }
})

test('property: the cells of a ring hold every place in it', () => {
  fc.assert(fc.property(anyCentre, fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: -6, max: 2.2, noNaN: true }), fc.integer(), (centre, inner, magnitude, seed) => {
    const to = Math.min(180, 10 ** magnitude)
    const from = inner * to
    const ranges = cellsOfRing(centre, from, to)
    assert.ok(ranges.every(({ first, end }, k) => first < end && (k === 0 || ranges[k - 1]!.end < first)), 'in order, without a gap of none')
    for (const place of near(centre, to, 40, seed)) {
      const separation = separationOf(centre, place)
      if (separation < from || separation > to) continue
      const cell = cellOf(place)
      assert.ok(ranges.some(({ first, end }) => first <= cell && cell < end), `${JSON.stringify(place)}, ${separation} deg from ${JSON.stringify(centre)}, in a ring from ${from} to ${to}`)
    }
    if (from === 0) assert.ok(ranges.some(({ first, end }) => first <= cellOf(centre) && cellOf(centre) < end), 'the centre')
  }), { numRuns: 300 })
})

test('a ring takes few ranges, whatever its size', () => {
  for (const [from, to] of [[0, 1e-5], [0, 0.01], [0, 5], [0, 180], [4.9, 5], [89, 90], [60, 64]] as const) {
    for (const dec of [-90, -41, 0, 41.8, 90]) assert.ok(cellsOfRing({ ra: 45, dec }, from, to).length < 6000, `${from} to ${to} deg at dec ${dec}`)
  }
})
