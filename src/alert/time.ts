/** Times of day that surveys write in other scales → MJD TAI. */

/** TAI − UTC since 2017-01-01 (IERS Bulletin C 52) [s]; older alert streams do not exist. */
export const TAI_MINUS_UTC = 37

export const SECONDS_PER_DAY = 86400

export const MILLISECONDS_PER_DAY = 1000 * SECONDS_PER_DAY

/** MJD = JD − this [d]. */
export const JD_OF_MJD_ZERO = 2400000.5

/** MJD of 1970-01-01. */
export const MJD_OF_UNIX_EPOCH = 40587

/** TAI − UTC before that, from each MJD on (IERS Bulletin C) [s]: light curves of files may be older. */
const LEAP_SECONDS: ReadonlyArray<readonly [fromMjd: number, seconds: number]> = [[57754, TAI_MINUS_UTC], [57204, 36], [56109, 35], [54832, 34], [53736, 33], [51179, 32]]

/** TAI − UTC at a time since 1999 [s]; what held in 1999 before. */
export const taiMinusUtc = (mjdUtc: number): number => LEAP_SECONDS.find(([from]) => mjdUtc >= from)?.[1] ?? 32

/** TT − TAI, by definition [s]. */
export const TT_MINUS_TAI = 32.184

/** ISO 8601 in UTC, to the millisecond, of a time as MJD TAI. */
export const utcOfMjdTai = (mjdTai: number): string =>
  new Date(Math.round((mjdTai - MJD_OF_UNIX_EPOCH) * MILLISECONDS_PER_DAY - 1000 * taiMinusUtc(mjdTai))).toISOString()

/** MJD TAI [d] of a time as computers keep it [ms since 1970, UTC]. */
export const mjdTaiOfUnix = (time: number): number => MJD_OF_UNIX_EPOCH + (time + 1000 * TAI_MINUS_UTC) / MILLISECONDS_PER_DAY
