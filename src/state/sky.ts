/** Places on the sky: separations, and the cells of S2 (s2geometry.io) that a ring around a place lies in. */
import { createRequire } from 'node:module'
import type * as s2js from 's2js'

// As model/tf.ts loads TensorFlow.js: an import would search its modules for the names of their exports, 0.15 s at every start.
const { s2 } = createRequire(import.meta.url)('s2js') as typeof s2js

/** [deg, ICRS] */
export interface Place {
  ra: number
  dec: number
}

/** @returns undefined where the position is not known */
export const placeOf = ({ ra, dec }: { ra: number | null, dec: number | null }): Place | undefined => ra === null || dec === null ? undefined : { ra, dec }

const RADIANS = Math.PI / 180

/**
 * Angle between two places [deg], exact to rounding at the poles, between antipodes and across ra 0/360: the sphere's
 * case of Vincenty 1975.
 */
export function separationOf (a: Place, b: Place): number {
  const difference = (b.ra - a.ra) * RADIANS
  const [sinA, cosA, sinB, cosB] = [Math.sin(a.dec * RADIANS), Math.cos(a.dec * RADIANS), Math.sin(b.dec * RADIANS), Math.cos(b.dec * RADIANS)]
  const across = cosB * Math.sin(difference)
  const along = cosA * sinB - sinA * cosB * Math.cos(difference)
  return Math.atan2(Math.hypot(across, along), sinA * sinB + cosA * cosB * Math.cos(difference)) / RADIANS
}

const pointOf = ({ ra, dec }: Place): s2js.s2.Point => s2.Point.fromLatLng(new s2.LatLng(dec * RADIANS, ra * RADIANS))

/** Level of the cells of the index: about 5 arcsec wide. */
const LEVEL = 16
/** Bits of S2's number behind those of a cell of the index. */
const SHIFT = BigInt(2 * (30 - LEVEL) + 1)

/** Number of the cell of a place: cells that lie together have numbers that lie together, along a Hilbert curve. */
export const cellOf = (place: Place): number => Number(s2.cellid.fromPoint(pointOf(place)) >> SHIFT)

/** More than what a place can be off through rounding [rad]: 0.2 mas. */
const ROUNDING = 1e-9
/** Cells across the width of a ring. */
const CELLS_ACROSS = 4

/** Cells from `first` up to and without `end`. */
export interface CellRange {
  first: number
  end: number
}

/**
 * Ranges of cells, in their order, that hold every place whose separation from a centre is between two angles; they hold
 * others beside.
 * @param from @param to [deg]; a `from` of 0 takes in the centre
 */
export function cellsOfRing (centre: Place, from: number, to: number): CellRange[] {
  const point = pointOf(centre)
  const [inner, outer] = [from * RADIANS - ROUNDING, to * RADIANS + ROUNDING]
  const small = (outer - Math.max(0, inner)) / CELLS_ACROSS
  const ranges: CellRange[] = []
  const take = (cell: bigint): void => {
    const first = Number(s2.cellid.rangeMin(cell) >> SHIFT)
    const end = Number(s2.cellid.rangeMax(cell) >> SHIFT) + 1
    const last = ranges.at(-1)
    if (last?.end === first) last.end = end
    else ranges.push({ first, end })
  }
  const descend = (cell: bigint, level: number): void => {
    const bound = s2.Cell.fromCellID(cell).capBound()
    const radius = bound.radius()
    const angle = bound.center.distance(point)
    if (angle - radius > outer || angle + radius < inner) return
    if (level === LEVEL || radius < small || (angle + radius <= outer && angle - radius >= inner)) take(cell)
    else for (const child of s2.cellid.children(cell)) descend(child, level + 1)
  }
  for (let face = 0; face < 6; face++) descend(s2.cellid.fromFace(face), 0)
  return ranges
}
