/** A survey: where it looks and when, and what it measures. */
import type { SkyName } from '../passbands/surveys.ts'
import type { Passband } from '../passbands/passband.ts'
import type { Random } from '../random.ts'
import type { Visits } from './visits.ts'

/** A position on the sky, and all visits that the survey pays to it. */
export interface Pointing {
  /** [deg, ICRS] */
  ra: number
  dec: number
  field: string
  /** A deep drilling field. */
  isDeep: boolean
  visits: Visits
}

export interface Survey {
  sky: SkyName
  /** In the order of wavelength. */
  passbands: readonly Passband[]
  /** Median 5σ depth of one visit in each band [mag, AB]. */
  depth: readonly number[]
  /** Draws where an object lies. */
  pointing (random: Random): Pointing
}
