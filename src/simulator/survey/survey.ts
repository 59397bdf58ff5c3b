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
  /** Median 5σ depth of one visit here, in each band of the survey [mag, AB]; the survey's where a band has no visit. */
  depth: readonly number[]
}

/** How a survey's positions are drawn: `training` has more deep fields and often visited ones, `area` each by its part of the sky. */
export type PointingChoice = 'training' | 'area'

export interface Survey {
  sky: SkyName
  /** In the order of wavelength. */
  passbands: readonly Passband[]
  /** Median 5σ depth of one visit in each band [mag, AB]. */
  depth: readonly number[]
  /** Of the sky that the survey looks at [deg²], for numbers of events; NaN where the survey is none. */
  area: number
  /** From the first to the last visit [yr]. */
  years: number
  /** Draws where an object lies. */
  pointing (random: Random, choice?: PointingChoice): Pointing
}
