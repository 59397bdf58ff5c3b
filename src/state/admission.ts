/** The last check before an alert may make or change a record, whatever dialect it came in. */
import { OBJECT_ID, type Alert } from '../alert/alert.ts'
import { isPosition } from '../alert/points.ts'
import { CandelaError } from '../errors.ts'

/** More than ten years of nightly visits in six bands; stepping them takes a second or two. */
const MOST_POINTS = 5000

/** @returns why the alert cannot be taken in, or null */
export function refusal ({ diaObjectId, diaSourceId, ra, dec, points }: Alert): CandelaError | null {
  const refused = (what: string, value: unknown): CandelaError => new CandelaError('alert-invalid', `alert ${diaSourceId.slice(0, 64)}: ${what}`, {
    value, action: 'The alert is damaged or comes from a dialect that Candela reads wrongly; compare it with its survey\'s schema.'
  })
  if (diaObjectId !== null && !OBJECT_ID.test(diaObjectId)) return refused('its diaObjectId is not 1 to 64 of A-Z a-z 0-9 _ -', diaObjectId.slice(0, 80))
  if (!isPosition(ra, dec)) return refused(`its position is ra ${ra}, dec ${dec}`, [ra, dec])
  if (points.length > MOST_POINTS) return refused(`it has ${points.length} points, more than ${MOST_POINTS}`, points.length)
  return null
}
