/** The share of each class among the alerts of objects with as many detections: what `--class-shares` of a service takes. */
import type { SkyName } from '../passbands/surveys.ts'
import { SKY_CLASSES, type SkyClass } from '../sources/source.ts'
import type { AttemptsResult, FactsResult } from '../workers/tasks.ts'
import { DETECTION_ROWS } from './detections.ts'

/** A class that no attempt was met of still has this share, so that no probability is 0. */
const LEAST_SHARE = 1e-6
/** Shares below are few objects of few attempts: no error of theirs is told. */
const TOLD_SHARE = 0.01

/** A file of class shares. */
export interface ShareTable {
  name: string
  about: string
  command: string
  /** Rising. */
  detections: readonly number[]
  /** Of each class, among alerts of objects with as many significant detections; over the classes they sum to 1. */
  shares: Readonly<Record<SkyClass, readonly number[]>>
}

/** What a table rests on. */
export interface ShareEstimate {
  /** [class][row] alerts a year. */
  alerts: Readonly<Record<SkyClass, readonly number[]>>
  /** [class][row] their 1σ errors, from the number of attempts. */
  errors: Readonly<Record<SkyClass, readonly number[]>>
}

/** @param attempts with `rows`, see AttemptsResult */
export function shareEstimate ({ area, years, classes }: FactsResult, attempts: ReadonlyMap<SkyClass, AttemptsResult>): ShareEstimate {
  const none = DETECTION_ROWS.map(() => 0)
  const [alerts, errors] = [new Map<SkyClass, number[]>(), new Map<SkyClass, number[]>()]
  for (const { class: skyClass, kind, density } of classes) {
    const made = attempts.get(skyClass)
    if (!made) continue
    const perYear = density * area / (kind === 'events' ? 1 : years)
    const means = made.rows.map(sum => sum / made.attempts)
    alerts.set(skyClass, means.map(mean => perYear * mean))
    errors.set(skyClass, means.map((mean, row) => perYear * Math.sqrt(Math.max(0, made.rowsSquared[row]! / made.attempts - mean ** 2) / Math.max(1, made.attempts - 1))))
  }
  const all = (values: ReadonlyMap<SkyClass, number[]>): ShareEstimate['alerts'] =>
    Object.fromEntries(SKY_CLASSES.map(skyClass => [skyClass, values.get(skyClass) ?? none])) as unknown as ShareEstimate['alerts']
  return { alerts: all(alerts), errors: all(errors) }
}

/** Largest relative 1σ error of a share that is told, by the errors of all classes in its row. */
export function largestError ({ alerts, errors }: ShareEstimate): number {
  let largest = 0
  for (let row = 0; row < DETECTION_ROWS.length; row++) {
    const total = SKY_CLASSES.reduce((sum, skyClass) => sum + alerts[skyClass][row]!, 0)
    for (const skyClass of SKY_CLASSES) {
      const share = alerts[skyClass][row]! / total
      if (!(share >= TOLD_SHARE)) continue
      const own = (1 - share) * errors[skyClass][row]! / total
      const others = SKY_CLASSES.filter(other => other !== skyClass).map(other => share * errors[other][row]! / total)
      largest = Math.max(largest, Math.hypot(own, ...others) / share)
    }
  }
  return largest
}

/** Shares of 5 digits that are at least LEAST_SHARE; a row without an alert has those of the row before. */
export function sharesOf ({ alerts }: ShareEstimate): ShareTable['shares'] {
  const shares = Object.fromEntries(SKY_CLASSES.map(skyClass => [skyClass, [] as number[]])) as Record<SkyClass, number[]>
  for (let row = 0; row < DETECTION_ROWS.length; row++) {
    const total = SKY_CLASSES.reduce((sum, skyClass) => sum + alerts[skyClass][row]!, 0)
    const floored = SKY_CLASSES.map(skyClass => total > 0 ? Math.max(LEAST_SHARE, alerts[skyClass][row]! / total) : shares[skyClass][row - 1] ?? 1 / SKY_CLASSES.length)
    const sum = floored.reduce((a, b) => a + b, 0)
    SKY_CLASSES.forEach((skyClass, k) => shares[skyClass].push(Number((floored[k]! / sum).toPrecision(5))))
  }
  return shares
}

export interface ShareTableOptions {
  name: string
  command: string
  /** How long the survey has been followed [yr]. */
  followed: number
}

const NAMES: Readonly<Record<SkyName, string>> = { lsst: 'LSST', ztf: 'ZTF', des: 'DES', generic: 'generic' }

export function shareTable (sky: SkyName, estimate: ShareEstimate, { name, command, followed }: ShareTableOptions): ShareTable {
  return {
    name,
    about: `Shares of the classes among the alerts of ${NAMES[sky]} whose objects have as many detections with S/N > 4, all of the first ${followed === 1 ? 'year' : `${followed} years`} in which the survey is followed. Expected from rates and densities; of shares above 1 % the 1σ error by the number of simulated objects is ${(100 * largestError(estimate)).toFixed(1)} % at most, rates themselves are good to a factor of about two.`,
    command,
    detections: DETECTION_ROWS,
    shares: sharesOf(estimate)
  }
}

/** The file's text: a line each class. */
export function shareFile ({ shares, ...table }: ShareTable): string {
  const lines = Object.entries(table).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`)
  const classes = SKY_CLASSES.map(skyClass => `    ${JSON.stringify(skyClass)}: ${JSON.stringify(shares[skyClass])}`)
  return `{\n${lines.join('')}  "shares": {\n${classes.join(',\n')}\n  }\n}\n`
}
