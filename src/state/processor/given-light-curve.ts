/** Merges a light curve that comes with a request, by the same rules as those of alerts. Nothing is stored. */
import type { OmissionReason, PhotometricPoint } from '../../alert/alert.ts'
import { firstContextOf, NO_CONTEXT, type FirstContext } from '../../light-curve/features/context.ts'
import { mergePoints } from '../../light-curve/merge.ts'
import { compareVersions, identityOf, storedPoint, type StoredPoint } from '../../light-curve/stored-point.ts'

/** What is known of the object beside its fluxes. */
export { firstContextOf, NO_CONTEXT, type FirstContext }

/** Why a given point is not in the light curve. */
export const LEFT_OUT_REASONS = [
  'flux-missing', 'flux-not-finite', 'flux-error-not-positive', 'band-unknown', 'time-invalid', 'quality-flags', 'low-reliability', 'withdrawn', 'superseded'
] as const satisfies ReadonlyArray<OmissionReason | 'withdrawn' | 'superseded'>
export type LeftOutReason = typeof LEFT_OUT_REASONS[number]

/** A point with its place among those that were given, from 0. */
export interface GivenPoint {
  index: number
  point: PhotometricPoint
}

export interface LeftOutPoint {
  index: number
  reason: LeftOutReason
}

export interface GivenLightCurve {
  /** In order of time, without withdrawn ones. */
  points: readonly StoredPoint[]
  /** Of each of `points`, its place among those that were given. */
  indexOf: ReadonlyMap<StoredPoint, number>
  leftOut: readonly LeftOutPoint[]
}

/** Of two versions of a point that rank the same, the first is taken. */
export function mergeGiven (given: readonly GivenPoint[]): GivenLightCurve {
  const merged = mergePoints([], given.map(({ point }) => point))
  const inCurve = new Map(merged.points.map(point => [identityOf(point), point]))
  const indexOf = new Map<StoredPoint, number>()
  const leftOut: LeftOutPoint[] = []
  for (const { index, point } of given) {
    const kept = storedPoint(point)
    if (!kept) {
      leftOut.push({ index, reason: whyUnusable(point) })
      continue
    }
    const stands = inCurve.get(identityOf(kept))!
    if (compareVersions(kept, stands) !== 0 || indexOf.has(stands)) leftOut.push({ index, reason: 'superseded' })
    else indexOf.set(stands, index)
  }
  const points = merged.points.filter(({ withdrawn }) => !withdrawn)
  for (const point of merged.points) if (point.withdrawn) leftOut.push({ index: indexOf.get(point)!, reason: 'withdrawn' })
  return { points, indexOf, leftOut }
}

/** For a point with values outside the range of float32. */
const whyUnusable = ({ psfFlux }: PhotometricPoint): LeftOutReason => Number.isFinite(Math.fround(psfFlux)) ? 'flux-error-not-positive' : 'flux-not-finite'
