/** Places on the sky: separations, and the HEALPix cells (Górski et al. 2005) of a ring around a place. */
import { ang2vec, max_pixrad as maxPixelRadius, order2nside, pix2vec_nest as centreOf, vec2pix_nest as cellAt, type V3 } from '@hscmap/healpix'

/** [deg, ICRS] */
export interface Place {
  ra: number
  dec: number
}

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

const vectorOf = ({ ra, dec }: Place): V3 => ang2vec((90 - dec) * RADIANS, ra * RADIANS)

/** Angle between two vectors [rad]. */
const angleOf = (a: V3, b: V3): number => Math.atan2(
  Math.hypot(a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]),
  a[0] * b[0] + a[1] * b[1] + a[2] * b[2])

/** Of the cells of the index: 6.4 arcsec wide, the finest that the library knows. */
const FINEST = 15
const NSIDE = order2nside(FINEST)

/** Number of the cell of a place, in the nested scheme: cells that lie together have numbers that lie together. */
export const cellOf = (place: Place): number => cellAt(NSIDE, vectorOf(place))

/** What a place can be off through rounding, its cosine's near a pole above all [rad]: 0.02 arcsec. */
const ROUNDING = 1e-7
/** Cells across the width of a ring. */
const CELLS_ACROSS = 2

/** Cells from `first` up to and without `end`. */
export interface CellRange {
  first: number
  end: number
}

/**
 * Ranges of cells, in their order, that hold every place whose separation from a centre is between two angles; they hold
 * others beside.
 * @param from @param to [deg]; a `from` of 0 or less takes in the centre
 */
export function cellsOfRing (centre: Place, from: number, to: number): CellRange[] {
  const vector = vectorOf(centre)
  const [inner, outer] = [from * RADIANS - ROUNDING, to * RADIANS + ROUNDING]
  const small = (outer - Math.max(0, inner)) / CELLS_ACROSS
  const ranges: CellRange[] = []
  const take = (order: number, cell: number): void => {
    const finest = 4 ** (FINEST - order)
    const last = ranges.at(-1)
    if (last?.end === cell * finest) last.end += finest
    else ranges.push({ first: cell * finest, end: (cell + 1) * finest })
  }
  const descend = (order: number, cell: number): void => {
    const nside = order2nside(order)
    const radius = maxPixelRadius(nside)
    const angle = angleOf(vector, centreOf(nside, cell))
    if (angle - radius > outer || angle + radius < inner) return
    if (order === FINEST || radius < small || (angle + radius <= outer && angle - radius >= inner)) take(order, cell)
    else for (let part = 0; part < 4; part++) descend(order + 1, 4 * cell + part)
  }
  for (let cell = 0; cell < 12; cell++) descend(0, cell)
  return ranges
}
