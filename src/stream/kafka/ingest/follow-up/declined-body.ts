/** The alert of an announcement that names a known body of the solar system: declined, without a request. */
import { UNKNOWN_HOST, type Alert } from '../../../../alert/alert.ts'
import type { Announcement } from '../../../../alert/announcement.ts'
import { MJD_OF_UNIX_EPOCH, SECONDS_PER_DAY } from '../../../../alert/time.ts'

/** @param publishedAt stands for the time of the source, which announcements leave out [ms since 1970, UTC] */
export const declinedBody = ({ id, diaSourceId, ra, dec }: Announcement, publishedAt: number): Alert => ({
  diaObjectId: null,
  diaSourceId: diaSourceId ?? id,
  midpointMjdTai: MJD_OF_UNIX_EPOCH + publishedAt / 1000 / SECONDS_PER_DAY,
  ra: ra ?? NaN,
  dec: dec ?? NaN,
  points: [],
  omitted: [],
  host: UNKNOWN_HOST,
  solarSystem: true
})
