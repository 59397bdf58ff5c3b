/** The last check before an alert may create or change a record, for all dialects. */
import { OBJECT_ID, type Alert, type PhotometricPoint } from '../../alert/alert.ts'
import { isPosition, isUnknownPosition } from '../../alert/points/points.ts'
import { CandelaError } from '../../errors.ts'
import { identityOf } from '../../light-curve/stored-point.ts'

/**
 * Most points accepted from one alert; a detection and the forced photometry of its visit count once. LSST's alerts
 * bring a year of history; its busiest field, COSMOS, has 12,129 visits in a year and 42,119 in all ten (baseline v3.0).
 */
export const MOST_POINTS = 50_000

export type Admission =
  /** @property tooMany how many points are left out, being older than the newest MOST_POINTS */
  | { alert: Alert, tooMany: number }
  | { error: CandelaError }

/** @returns the alert as it is accepted, or why it is refused */
export function admission (alert: Alert): Admission {
  const { diaObjectId, diaSourceId, ra, dec } = alert
  const refused = (what: string, value: unknown): Admission => ({
    error: new CandelaError('alert-invalid', `alert ${diaSourceId.slice(0, 64)}: ${what}`, {
      value, action: 'The alert is damaged or comes from a dialect that Candela reads wrongly; compare it with its survey\'s schema.'
    })
  })
  if (diaObjectId !== null && !OBJECT_ID.test(diaObjectId)) return refused('its diaObjectId is not 1 to 64 of A-Z a-z 0-9 _ -', diaObjectId.slice(0, 80))
  if (!isPosition(ra, dec) && !isUnknownPosition(ra, dec)) return refused(`its position is ra ${ra}, dec ${dec}`, [ra, dec])
  const points = newest(alert.points)
  return points === alert.points ? { alert, tooMany: 0 } : { alert: { ...alert, points }, tooMany: alert.points.length - points.length }
}

/**
 * The newest points, where an alert brings too many. Older ones are known from earlier alerts, or so old that the network
 * no longer responds to them.
 */
function newest (points: PhotometricPoint[]): PhotometricPoint[] {
  if (points.length <= MOST_POINTS) return points
  const times = new Map(points.map(point => [identityOf(point), point.midpointMjdTai]))
  if (times.size <= MOST_POINTS) return points
  const oldest = Float64Array.from(times.values()).sort().at(-MOST_POINTS)!
  return points.filter(({ midpointMjdTai }) => midpointMjdTai >= oldest)
}
