/** The alert of an announcement that names a known body of the solar system: declined, whatever its light curve is. */
import { UNKNOWN_HOST, type Alert } from './alert.ts'
import { AnnouncementError, type Announcement } from './announcement.ts'

export const isBody = (error: unknown): error is AnnouncementError => error instanceof AnnouncementError && error.announcement.solarSystem

export const declinedBody = ({ id, diaSourceId, midpointMjdTai = NaN, ra, dec }: Announcement): Alert => ({
  diaObjectId: null,
  diaSourceId: diaSourceId ?? id,
  midpointMjdTai,
  ra: ra ?? NaN,
  dec: dec ?? NaN,
  points: [],
  omitted: [],
  host: UNKNOWN_HOST,
  solarSystem: true
})
