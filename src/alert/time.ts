/** Times of day that surveys write in other scales → MJD TAI. */

/** TAI − UTC since 2017-01-01 (IERS Bulletin C 52) [s]; older alert streams do not exist. */
export const TAI_MINUS_UTC = 37

export const SECONDS_PER_DAY = 86400

/** MJD = JD − this [d]. */
export const JD_OF_MJD_ZERO = 2400000.5

/** MJD of 1970-01-01. */
export const MJD_OF_UNIX_EPOCH = 40587
