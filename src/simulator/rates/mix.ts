/** The mix that a survey alerts on: how many objects and alerts of each class, from rates and densities and what simulated attempts give. */
import type { SkyName } from '../passbands/surveys.ts'
import type { SkyClass } from '../sources/source.ts'
import type { AttemptsResult, FactsResult } from '../workers/tasks.ts'

const NIGHTS_PER_YEAR = 365.25
/** Expected number below which none of n attempts leaves it, at 95 % (the rule of three). */
const UPPER_LIMIT = 3

export interface Estimate {
  value: number
  /** 1σ, from the number of attempts. */
  error: number
}

export interface ClassMix {
  class: SkyClass
  /** Objects that appear once, or sources that are there all the time. */
  kind: 'events' | 'sources'
  /** Events a year, or sources, in the survey's area, seen or not. */
  population: number
  attempts: number
  /** Part of them that the survey alerts on. */
  seenShare: Estimate
  /** Objects that the survey alerts on for the first time, a year; of sources, the mean over its whole span. */
  newObjectsPerYear: Estimate
  /** Mean over all nights of the year, observed or not. */
  alertsPerNight: Estimate
  /** Part of all alerts. */
  shareOfAlerts: number
  /** True where no attempt was seen: the numbers are 0 and the errors upper limits at 95 %. */
  isLimit: boolean
}

export interface Mix {
  sky: SkyName
  /** [deg²] */
  area: number
  years: number
  newObjectsPerYear: Estimate
  alertsPerNight: Estimate
  classes: ClassMix[]
}

const scaled = ({ value, error }: Estimate, factor: number): Estimate => ({ value: value * factor, error: error * factor })
/** Errors are independent. */
const sum = (estimates: readonly Estimate[]): Estimate =>
  ({ value: estimates.reduce((all, { value }) => all + value, 0), error: Math.hypot(...estimates.map(({ error }) => error)) })

/** A share of attempts, with the error of a binomial distribution. */
function shareOf (seen: number, attempts: number): Estimate {
  if (seen === 0) return { value: 0, error: UPPER_LIMIT / attempts }
  const value = seen / attempts
  // All of them: as if half an attempt had not been seen.
  const spread = Math.max(value * (1 - value), (1 - 0.5 / attempts) * 0.5 / attempts)
  return { value, error: Math.sqrt(spread / attempts) }
}

/** Mean alerts of an attempt, with the error of a mean. */
function meanAlerts ({ attempts, seen, alerts, alertsSquared }: AttemptsResult): Estimate {
  if (seen === 0) return { value: 0, error: UPPER_LIMIT / attempts }
  const value = alerts / attempts
  return { value, error: Math.sqrt(Math.max(0, alertsSquared / attempts - value ** 2) / Math.max(1, attempts - 1)) }
}

export const addAttempts = (a: AttemptsResult, b: AttemptsResult): AttemptsResult => ({
  class: a.class,
  attempts: a.attempts + b.attempts,
  seen: a.seen + b.seen,
  alerts: a.alerts + b.alerts,
  alertsSquared: a.alertsSquared + b.alertsSquared,
  nights: a.nights + b.nights,
  rows: a.rows.map((sum, row) => sum + b.rows[row]!),
  rowsSquared: a.rowsSquared.map((sum, row) => sum + b.rowsSquared[row]!)
})

/**
 * @param facts of the sky
 * @param attempts of each class
 */
export function mixOf (sky: SkyName, facts: FactsResult, attempts: ReadonlyMap<SkyClass, AttemptsResult>): Mix {
  const { area, years } = facts
  const rows = facts.classes.flatMap(({ class: skyClass, kind, density }) => {
    const made = attempts.get(skyClass)
    if (!made) return []
    const population = density * area
    const perYear = kind === 'events' ? population : population / years
    const seenShare = shareOf(made.seen, made.attempts)
    return [{
      class: skyClass, kind, population, attempts: made.attempts, seenShare, newObjectsPerYear: scaled(seenShare, perYear), alertsPerNight: scaled(meanAlerts(made), perYear / NIGHTS_PER_YEAR), isLimit: made.seen === 0
    }]
  })
  const seen = rows.filter(({ isLimit }) => !isLimit)
  const alertsPerNight = sum(seen.map(({ alertsPerNight }) => alertsPerNight))
  return {
    sky,
    area,
    years,
    newObjectsPerYear: sum(seen.map(({ newObjectsPerYear }) => newObjectsPerYear)),
    alertsPerNight,
    classes: rows.map(row => ({ ...row, shareOfAlerts: alertsPerNight.value === 0 ? 0 : row.alertsPerNight.value / alertsPerNight.value }))
  }
}
