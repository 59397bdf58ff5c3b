/** Merging new points into a light curve. */
import type { PhotometricPoint } from '../alert/alert.ts'
import { compareVersions, dayOf, identityOf, inTime, isStoredAs, keptTime, storedPoint, type StoredPoint } from './stored-point.ts'

/** A point that was added, or replaced an older version. */
export interface NewVersion {
  point: StoredPoint
  /** The version that it replaced; undefined where it was added. */
  before: StoredPoint | undefined
}

export interface Merged {
  /** In order of time; the same array as given where nothing changed. */
  points: readonly StoredPoint[]
  /** Points that were added or replaced. */
  changed: NewVersion[]
  /** Number of points that could not be used: not finite, or an error that is not positive. */
  unusable: number
}

/**
 * The union of a light curve and new points under the rules of compareVersions. Any order of arrival and any
 * repeats of the same points end in the same light curve.
 * @param points in order of time
 */
export function mergePoints (points: readonly StoredPoint[], incoming: Iterable<PhotometricPoint>): Merged {
  const usable: StoredPoint[] = []
  let unusable = 0
  for (const raw of incoming) {
    // Most points of an alert are known already.
    if (isKept(points, raw)) continue
    const point = storedPoint(raw)
    if (point) usable.push(point)
    else unusable++
  }
  const first = firstOfDay(points, usable.reduce((day, point) => Math.min(day, dayOf(point)), Infinity))
  const byIdentity = new Map(points.slice(first).map(point => [identityOf(point), point]))
  const changed = new Map<string, NewVersion>()
  for (const point of usable) {
    const identity = identityOf(point)
    const known = byIdentity.get(identity)
    if (known && compareVersions(point, known) <= 0) continue
    byIdentity.set(identity, point)
    changed.set(identity, { point, before: changed.has(identity) ? changed.get(identity)!.before : known })
  }
  if (changed.size === 0) return { points, changed: [], unusable }
  return { points: [...points.slice(0, first), ...[...byIdentity.values()].sort(inTime)], changed: [...changed.values()], unusable }
}

/** Whether a light curve has exactly this point, so that a merge would change nothing. */
function isKept (points: readonly StoredPoint[], point: PhotometricPoint): boolean {
  const time = keptTime(point.midpointMjdTai)
  let low = 0
  for (let high = points.length; low < high;) {
    const middle = (low + high) >>> 1
    if (points[middle]!.midpointMjdTai < time) low = middle + 1
    else high = middle
  }
  for (; low < points.length && points[low]!.midpointMjdTai === time; low++) if (isStoredAs(point, points[low]!)) return true
  return false
}

/** Index of the first point of a day or later. */
function firstOfDay (points: readonly StoredPoint[], day: number): number {
  let first = points.length
  while (first > 0 && dayOf(points[first - 1]!) >= day) first--
  return first
}
