import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createDecoder } from 'lib0/decoding'
import { createEncoder, toUint8Array } from 'lib0/encoding'
import { BANDS } from '../../src/alert/alert.ts'
import { readPoints, writePoints } from '../../src/light-curve/packed-points.ts'
import { inTime, storedPoint, type StoredPoint } from '../../src/light-curve/stored-point.ts'
import { point } from '../pipeline.ts'

function packed (points: readonly StoredPoint[]): Uint8Array {
  const encoder = createEncoder()
  writePoints(encoder, points)
  return toUint8Array(encoder)
}

const anyPoint = fc.record({
  midpointMjdTai: fc.double({ min: 1e-7, max: 999_999, noNaN: true }),
  band: fc.constantFrom(...BANDS),
  psfFlux: fc.float({ noNaN: true, noDefaultInfinity: true }),
  psfFluxErr: fc.float({ min: Math.fround(1e-30), noNaN: true, noDefaultInfinity: true }),
  kind: fc.constantFrom('detection' as const, 'forced' as const),
  visit: fc.option(fc.maxSafeNat()),
  timeProcessedMjdTai: fc.option(fc.double({ min: 1e-3, max: 999_999, noNaN: true })),
  withdrawn: fc.boolean()
})

test('property: what is kept of a point is kept without loss, and keeping it again changes nothing', () => {
  fc.assert(fc.property(fc.array(anyPoint, { maxLength: 30 }), points => {
    const stored = points.map(one => storedPoint(one)!).sort(inTime)
    assert.deepEqual(stored.map(one => storedPoint(one)), stored)
    assert.deepEqual(readPoints(createDecoder(packed(stored))), stored)
  }), { numRuns: 1000 })
})

test('times are kept to eight decimals of a day, processing times to five, fluxes as the survey\'s float32', () => {
  const kept = storedPoint(point({ midpointMjdTai: 60000.1234567894, timeProcessedMjdTai: 60000.1242468, psfFlux: 1234.5678, visit: 2025052300263 }))
  assert.deepEqual(kept, point({ midpointMjdTai: 60000.12345679, timeProcessedMjdTai: 60000.12425, psfFlux: 1234.5677490234375, visit: 2025052300263 }))
})

test('a point takes 1 byte of flags, 8 of fluxes, and what its differences to the one before need', () => {
  const first = storedPoint(point({ midpointMjdTai: 60000, visit: 2025052300263, timeProcessedMjdTai: 60000.0007 }))!
  // number of points 1; flags 1, time of 43 bits 7, fluxes 8, visit of 41 bits and a sign 6, 70 ticks and a sign 2
  assert.equal(packed([first]).length, 1 + 1 + 7 + 8 + 6 + 2)
  const second = storedPoint(point({ midpointMjdTai: 60000.02, visit: 2025052300300, timeProcessedMjdTai: 60000.0207 }))!
  // 2,000,000 ticks of time: 21 bits in 3; 37 visits on: 1
  assert.equal(packed([first, second]).length, 25 + 1 + 3 + 8 + 1 + 2)
})
