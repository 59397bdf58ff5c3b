/** When an object was brightest in each band, and how bright. */
import type { Band } from '../../alert/alert.ts'
import type { LabelledObject } from './labelled-object.ts'
import { noiseFreeLightCurve } from './noise-free.ts'

export interface Peak {
  /** [d, MJD] */
  time: number
  /** [nJy] */
  flux: number
}

/** A maximum has points on both sides, at least so far away that neighbours of one night do not count, and at most so far [d]. */
const NEAREST = 0.5
const BRACKET = 6

/** Vertex of the parabola through three points, where it opens downwards. */
function vertex ([a, b, c]: readonly [Peak, Peak, Peak]): Peak {
  const [left, right] = [(b.flux - a.flux) / (b.time - a.time), (c.flux - b.flux) / (c.time - b.time)]
  const curvature = (right - left) / (c.time - a.time)
  if (!(curvature < 0)) return b
  const slope = left + curvature * (b.time - a.time)
  return { time: b.time - slope / (2 * curvature), flux: b.flux - slope * slope / (4 * curvature) }
}

/** The largest flux with its neighbours at least half a day away; null where one of them is missing, or farther than `bracket` [d]. */
export function bracketed (times: readonly number[], fluxes: readonly number[], bracket: number): [Peak, Peak, Peak] | null {
  const top = fluxes.reduce((best, flux, k) => flux > fluxes[best]! ? k : best, 0)
  const at = (k: number): Peak => ({ time: times[k]!, flux: fluxes[k]! })
  if (times.length === 0) return null
  const before = times.findLastIndex(time => time <= times[top]! - NEAREST)
  const after = times.findIndex(time => time >= times[top]! + NEAREST)
  if (before < 0 || after < 0 || times[top]! - times[before]! > bracket || times[after]! - times[top]! > bracket) return null
  return [at(before), at(top), at(after)]
}

/**
 * The maximum of each band of a simulated light curve: the vertex of the parabola through the largest noise-free flux and the
 * fluxes beside it, where those lie within 6 d on both sides.
 */
export function bandPeaks (object: Pick<LabelledObject, 'points' | 'noiseFree'>): ReadonlyMap<Band, Peak> {
  const peaks = new Map<Band, Peak>()
  for (const [band, { times, fluxes }] of noiseFreeLightCurve(object) ?? []) {
    const around = bracketed(times, fluxes, BRACKET)
    if (around !== null && around[1].flux > 0) peaks.set(band, vertex(around))
  }
  return peaks
}
