/** The alert of an announcement that names a known body of the solar system: declined, whatever its light curve is. */
import { UNKNOWN_HOST, type Alert } from './alert.ts'
import { AnnouncementError, type Announcement } from './announcement.ts'
import { MJD_OF_UNIX_EPOCH, SECONDS_PER_DAY } from './time.ts'

export const isBody = (error: unknown): error is AnnouncementError => error instanceof AnnouncementError && error.announcement.solarSystem

/** @param receivedAt stands for the time of the source where the announcement does not say it [ms since 1970, UTC]; else that is NaN */
export const declinedBody = ({ id, diaSourceId, midpointMjdTai, ra, dec }: Announcement, receivedAt = NaN): Alert => ({
  diaObjectId: null,
  diaSourceId: diaSourceId ?? id,
  midpointMjdTai: midpointMjdTai ?? MJD_OF_UNIX_EPOCH + receivedAt / 1000 / SECONDS_PER_DAY,
  ra: ra ?? NaN,
  dec: dec ?? NaN,
  points: [],
  omitted: [],
  host: UNKNOWN_HOST,
  solarSystem: true
})
