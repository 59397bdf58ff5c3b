/** Ids of sources that a format gives none. */

const MILLISECONDS_A_DAY = 86_400_000
/** Letters of an object's id and of a band that are kept: ids of sources have 64 at most. */
const LONGEST_OBJECT = 40
const LONGEST_BAND = 8

/**
 * `OBJECT-BAND-MILLISECOND`, the time as MJD TAI in milliseconds: the same for the same source, however often a message
 * comes, and near enough to what tells points apart. 64 characters at most.
 */
export const madeId = (object: bigint | string, { band, midpointMjdTai }: { band: string | null, midpointMjdTai: number | null }): string =>
  `${object.toString().slice(0, LONGEST_OBJECT)}-${band?.slice(0, LONGEST_BAND) ?? ''}-${Math.round((midpointMjdTai ?? 0) * MILLISECONDS_A_DAY)}`
