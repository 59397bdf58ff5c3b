/**
 * Points of a light curve at nearly the same time as one vector, as Charnock & Moss 2017 (arXiv:1606.07442, sec. 2)
 * group them.
 */
import { NJY_PER_FLUXCAL, type Band } from '../../alert/alert.ts'
import type { FeaturePoint } from '../../light-curve/features/features.ts'

/** A light curve in steps of which each has at most one point a band. */
export interface GroupedLightCurve {
  /** Mean time of the points of each group since the first observation [d]. */
  times: Float64Array
  /** [groups, bands], row-major [FLUXCAL]; NaN where a group has no point in the band. */
  fluxes: Float64Array
  errors: Float64Array
}

/** Bins a day at which theirs end in practice: an hour. */
const FINEST_BY_TENTHS = 24
/** Beyond this points of one band cannot be told apart; the later one stands. */
const FINEST = 2 ** 40

/**
 * Index of the first point of every group: bins of 1/binsADay from the first observation on.
 * @returns null where two points of one band fall into one bin
 */
function groupStarts (points: readonly FeaturePoint[], binsADay: number): number[] | null {
  const origin = points[0]!.midpointMjdTai
  const starts: number[] = []
  const bandsSeen = new Set<Band>()
  let bin = Number.NaN
  for (const [k, point] of points.entries()) {
    const own = Math.floor((point.midpointMjdTai - origin) * binsADay)
    if (own !== bin) {
      starts.push(k)
      bandsSeen.clear()
      bin = own
    } else if (bandsSeen.has(point.band) && binsADay < FINEST) {
      return null
    }
    bandsSeen.add(point.band)
  }
  return starts
}

/**
 * Groups a whole light curve. Bins are a day wide where that leaves at most one point a band in each; otherwise all
 * bins of the light curve are made finer, by tenths of a bin a day as in the authors' program, below an hour by halves.
 * @param points in order of time; those in other bands are left out
 */
export function groupPoints (points: readonly FeaturePoint[], bands: readonly Band[]): GroupedLightCurve {
  const used = points.filter(({ band }) => bands.includes(band))
  if (used.length === 0) return { times: new Float64Array(0), fluxes: new Float64Array(0), errors: new Float64Array(0) }
  let starts: number[] | null = null
  for (let tenths = 10; starts === null; tenths = tenths < 10 * FINEST_BY_TENTHS ? tenths + 1 : 2 * tenths) starts = groupStarts(used, tenths / 10)
  const curve: GroupedLightCurve = {
    times: new Float64Array(starts.length),
    fluxes: new Float64Array(starts.length * bands.length).fill(Number.NaN),
    errors: new Float64Array(starts.length * bands.length).fill(Number.NaN)
  }
  starts.forEach((start, group) => {
    const members = used.slice(start, starts[group + 1])
    for (const { midpointMjdTai, band, psfFlux, psfFluxErr } of members) {
      const at = group * bands.length + bands.indexOf(band)
      curve.times[group]! += (midpointMjdTai - used[0]!.midpointMjdTai) / members.length
      curve.fluxes[at] = psfFlux / NJY_PER_FLUXCAL
      curve.errors[at] = psfFluxErr / NJY_PER_FLUXCAL
    }
  })
  return curve
}
