/** When a survey looked at one position, in which band, how deep. */

export interface Visits {
  /** Ascending [d, MJD TAI]. */
  mjd: Float64Array
  /** Index of the band among the survey's passbands. */
  band: Uint8Array
  /** 5σ depth for a point source [mag, AB]. */
  depth: Float64Array
}

/** Ends a night of Chile and of California alike: noon at about longitude 120° W, as a part of a day. */
const NOON = 0.7

/** Whole number of the night of a time [d, MJD]. */
export const nightOf = (mjd: number): number => Math.floor(mjd - NOON)

/** The first visit at or after a time; their number where there is none. */
export function firstFrom ({ mjd }: Visits, time: number): number {
  let [low, high] = [0, mjd.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (mjd[middle]! < time) low = middle + 1
    else high = middle
  }
  return low
}

/** Visits from `first` to before `end`, by their number. The numbers are shared, not copied. */
export const visitsFrom = ({ mjd, band, depth }: Visits, first: number, end: number): Visits =>
  ({ mjd: mjd.subarray(first, end), band: band.subarray(first, end), depth: depth.subarray(first, end) })

/** Those visits, by their numbers. */
export function chosenVisits (visits: Visits, chosen: ArrayLike<number>): Visits {
  const count = chosen.length
  // loops: from() with a function takes ten times as long, and every object comes through here
  const [mjd, band, depth] = [new Float64Array(count), new Uint8Array(count), new Float64Array(count)]
  for (let k = 0; k < count; k++) {
    const from = chosen[k]!
    mjd[k] = visits.mjd[from]!
    band[k] = visits.band[from]!
    depth[k] = visits.depth[from]!
  }
  return { mjd, band, depth }
}

/**
 * Median depth in each band.
 * @param otherwise for a band without a visit
 */
export function medianDepths ({ band, depth }: Visits, bands: number, otherwise: readonly number[] = []): number[] {
  return Array.from({ length: bands }, (_, b) => {
    const depths = depth.filter((_, k) => band[k] === b).sort()
    return depths.length > 0 ? depths[depths.length >> 1]! : otherwise[b] ?? NaN
  })
}
