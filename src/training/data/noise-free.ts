/** The noise-free light curve of a simulated supernova, at any time it covers. */
import { NJY_PER_FLUXCAL, type Band } from '../../alert/alert.ts'
import type { LabelledObject } from './labelled-object.ts'

/** Flux of one band over time, times rising. */
export interface NoiseFreeBand {
  /** [d, MJD] */
  times: number[]
  /** [nJy] */
  fluxes: number[]
}

export type NoiseFreeLightCurve = ReadonlyMap<Band, NoiseFreeBand>

/** null where the object's noise-free fluxes are not known. */
export function noiseFreeLightCurve ({ points, noiseFree }: Pick<LabelledObject, 'points' | 'noiseFree'>): NoiseFreeLightCurve | null {
  if (!noiseFree) return null
  const bands = new Map<Band, NoiseFreeBand>()
  points.forEach(({ band, midpointMjdTai }, k) => {
    let curve = bands.get(band)
    if (!curve) bands.set(band, curve = { times: [], fluxes: [] })
    if (curve.times.at(-1) === midpointMjdTai) return
    curve.times.push(midpointMjdTai)
    curve.fluxes.push(noiseFree[k]!)
  })
  return bands
}

/** Interpolation is in asinh(flux/scale): like magnitudes where bright, linear where dark [nJy]. */
const SCALE = 2 * NJY_PER_FLUXCAL
/** A first flux below this [nJy] means that the supernova had not exploded before. */
const DARK = 0.02 * SCALE
/** Gaps longer than this are not bridged [d]. */
const LONGEST_GAP = 25

/** The last index whose time is not after `time`, at most the last but one. */
function intervalOf (times: readonly number[], time: number): number {
  let [low, high] = [0, times.length - 1]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (times[middle]! <= time) low = middle
    else high = middle
  }
  return low
}

/** Slope at a knot that keeps the curve between its neighbours: Fritsch & Butland 1984, SIAM J. Sci. Stat. Comput. 5, 300, eq. 5. */
function tangent (x: readonly number[], y: (k: number) => number, k: number): number {
  const slope = (from: number): number => (y(from + 1) - y(from)) / (x[from + 1]! - x[from]!)
  if (k === 0 || k === x.length - 1) return slope(Math.min(k, x.length - 2))
  const [left, right] = [slope(k - 1), slope(k)]
  if (left * right <= 0) return 0
  const [before, after] = [x[k]! - x[k - 1]!, x[k + 1]! - x[k]!]
  const weight = (before + 2 * after) / (3 * (before + after))
  return left * right / (weight * right + (1 - weight) * left)
}

/**
 * Flux at a time [nJy], by monotone cubic interpolation.
 * @returns null where the light curve does not tell: after its end, before its start unless dark there, in long gaps
 */
export function noiseFreeFlux ({ times, fluxes }: NoiseFreeBand, time: number): number | null {
  if (times.length < 2 || time > times.at(-1)!) return null
  if (time < times[0]!) return fluxes[0]! < DARK ? 0 : null
  const low = intervalOf(times, time)
  const width = times[low + 1]! - times[low]!
  if (width > LONGEST_GAP) return null
  const y = (k: number): number => Math.asinh(fluxes[k]! / SCALE)
  const s = (time - times[low]!) / width
  const value = (1 + 2 * s) * (1 - s) ** 2 * y(low) + s * (1 - s) ** 2 * width * tangent(times, y, low) +
    s * s * (3 - 2 * s) * y(low + 1) + s * s * (s - 1) * width * tangent(times, y, low + 1)
  return SCALE * Math.sinh(value)
}
