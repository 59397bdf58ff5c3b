/** Places on the sky where cone searches go wrong. */
import fc from 'fast-check'
import type { Place } from '../../../../src/state/sky.ts'
import { generator } from '../../../pipeline.ts'

const anyRa = fc.oneof(fc.double({ min: 0, max: 360, noNaN: true }), fc.constantFrom(0, 360, 1e-9, 359.9999999999, 45, 90, 135, 180, 225, 270, 315))
const anyDec = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90, -89.9999999, 89.99999, 0, 45, -45, 35.26438968275465, -35.26438968275465))

/** All over the sky, at poles, at the seam of ra, at edges and corners of S2's faces above all. */
export const anyCentre: fc.Arbitrary<Place> = fc.record({ ra: anyRa, dec: anyDec })

const RADIANS = Math.PI / 180

/**
 * Places up to somewhat more than a separation from a centre, by turning vectors, not by the formula that is tested.
 * @param radius [deg]
 */
export function near (centre: Place, radius: number, count: number, seed: number): Place[] {
  const random = generator(1 + Math.abs(seed) % 1e6)
  const [sinDec, cosDec, sinRa, cosRa] = [Math.sin(centre.dec * RADIANS), Math.cos(centre.dec * RADIANS), Math.sin(centre.ra * RADIANS), Math.cos(centre.ra * RADIANS)]
  return Array.from({ length: count }, () => {
    const angle = Math.min(Math.PI, radius * RADIANS * 1.2 * Math.sqrt(random()))
    const around = 2 * Math.PI * random()
    const [north, east, out] = [Math.sin(angle) * Math.cos(around), Math.sin(angle) * Math.sin(around), Math.cos(angle)]
    const x = cosRa * (cosDec * out - sinDec * north) - sinRa * east
    const y = sinRa * (cosDec * out - sinDec * north) + cosRa * east
    const z = sinDec * out + cosDec * north
    return { ra: (Math.atan2(y, x) / RADIANS + 360) % 360, dec: Math.atan2(z, Math.hypot(x, y)) / RADIANS }
  })
}
