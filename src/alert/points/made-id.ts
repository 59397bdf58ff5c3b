/** Ids for sources whose sender gives none. */
import { MILLISECONDS_PER_DAY } from '../time.ts'

/**
 * The same for the same source whenever and however often it comes: `OBJECT-BAND-MILLISECOND`. At most 64 characters: those
 * of the object beyond 32 are cut.
 * @param object the survey's id of it, or what else names the light curve
 * @param midpointMjdTai [d, MJD TAI]
 */
export const madeId = (object: string, band: string | null, midpointMjdTai: number | null): string =>
  `${object.slice(0, 32)}-${band?.slice(0, 8) ?? ''}-${Math.round((midpointMjdTai ?? 0) * MILLISECONDS_PER_DAY)}`
