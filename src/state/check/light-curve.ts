import { OBJECT_ID } from '../../alert/alert.ts'
import { isPosition, isUnknownPosition } from '../../alert/points/points.ts'
import { identityOf, inTime, storedPoint, type StoredPoint } from '../../light-curve/stored-point.ts'
import { firstDetection } from '../../light-curve/window.ts'
import type { ObjectRecord } from '../record/record.ts'
import type { Report } from './findings.ts'

/** Checks that a record's id and position are valid. */
export function checkFacts ({ diaObjectId, ra, dec }: ObjectRecord, report: Report): void {
  if (!OBJECT_ID.test(diaObjectId)) report('record-invalid', `object ${diaObjectId}: its id is none that an alert may have`, diaObjectId)
  if (!isPosition(ra, dec) && !isUnknownPosition(ra, dec)) report('record-invalid', `object ${diaObjectId}: its position is ra ${ra}, dec ${dec}`, diaObjectId)
}

const asKept = (point: StoredPoint): boolean => {
  const kept = storedPoint(point)
  return kept !== null && point.band !== undefined && (Object.keys(kept) as Array<keyof StoredPoint>).every(name => Object.is(kept[name], point[name]))
}

/**
 * Checks order, identities and values of the points of a whole light curve, and the record's time of the first detection.
 * @returns whether it can be replayed
 */
export function checkLightCurve ({ diaObjectId, firstDetectionMjdTai }: ObjectRecord, points: readonly StoredPoint[], report: Report): boolean {
  const of = (message: string): string => `object ${diaObjectId}: ${message}`
  const identities = new Set<string>()
  let last: StoredPoint | undefined
  let sorted = true
  let sound = true
  for (const point of points) {
    const { band, midpointMjdTai } = point
    if (!asKept(point)) {
      sound = false
      report('point-invalid', of(`a point at ${midpointMjdTai} in ${band ?? 'no band'} has a value that no point may have`), diaObjectId)
    }
    const identity = identityOf(point)
    if (identities.has(identity)) {
      sound = false
      report('point-repeated', of(`its light curve has the point of band ${band} at ${midpointMjdTai} twice`), diaObjectId)
    } else if (sorted && last !== undefined && inTime(last, point) > 0) {
      sorted = false
      report('light-curve-unsorted', of(`a point at ${midpointMjdTai} in ${band} comes behind one at ${last.midpointMjdTai} in ${last.band}`), diaObjectId)
    }
    identities.add(identity)
    last = point
  }
  const detection = firstDetection(points.filter(({ withdrawn }) => !withdrawn))
  if (sorted && sound && detection !== firstDetectionMjdTai) {
    report('first-detection-wrong', of(`its first detection is at ${detection}, its record says ${firstDetectionMjdTai}`), diaObjectId)
  }
  return sorted && sound
}
