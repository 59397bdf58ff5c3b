/** When a survey looked at one position, in which band, how deep. */

export interface Visits {
  /** Ascending [d, MJD TAI]. */
  mjd: Float64Array
  /** Index of the band among the survey's passbands. */
  band: Uint8Array
  /** 5σ depth for a point source [mag, AB]. */
  depth: Float64Array
}
