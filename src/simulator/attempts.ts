/**
 * Draws by volume and rate at positions drawn by area, seen or not: what a survey's numbers are estimated from, and the
 * objects of its stream.
 */
import { HISTORY_BEFORE_DETECTION } from '../alert/alert.ts'
import { integer } from './distributions.ts'
import type { SimulatedLightCurve } from './light-curves/light-curve.ts'
import { randomFrom, type Random } from './random.ts'
import { alertsByRow, countedAlerts, DETECTION_ROWS, type CountedAlert } from './rates/detections.ts'
import { SKY_CLASSES, type SkyClass } from './sources/source.ts'
import { isAlert, photometryOf, type Observations } from './survey/alerts.ts'
import { delivered } from './survey/delivered.ts'
import { sceneOf, type Exposed } from './survey/exposure.ts'
import type { Practice } from './survey/practice.ts'
import type { Survey } from './survey/survey.ts'
import { firstFrom, nightOf, visitsFrom } from './survey/visits.ts'

/** Streams of random numbers of one object; those of `object` are 0 to 2. */
const [ATTEMPT, STREAMED] = [3, 4]
const DAYS_PER_YEAR = 365.25
const LEAST_SPAN = 1e-9

/** One draw of a class, seen or not. */
export interface Attempt {
  redshift: number | null
  /** Detections of both signs, each an alert. */
  alerts: number
  /** Nights with an alert. */
  nights: number
  /**
   * [row] alerts by the number of significant detections behind them, see DETECTION_ROWS. Of sources that are there all the
   * time: as many as they would be over the whole survey if it were followed from new again and again.
   */
  rows: readonly number[]
}

/** How many there are of what `attempt` draws. */
export interface ClassPopulation {
  /** Events on a square degree and in a year of an observer, or sources on a square degree. */
  density: number
  kind: 'events' | 'sources'
}

/** An object as the survey's stream has it. */
export interface Streamed {
  /** Its points from 30 days before the first positive detection on, to the last alert. */
  curve: SimulatedLightCurve
  /** Those that the network classifies, `at` counted in the points of the curve. */
  alerts: CountedAlert[]
}

export interface AttemptsOptions {
  survey: Survey
  practice: Practice
  seed: number
  draw: (random: Random, skyClass: SkyClass) => Exposed
  kindOf: (skyClass: SkyClass) => ClassPopulation['kind']
}

export interface Attempts {
  /**
   * One draw without the trigger's condition: by volume and rate, at a position drawn by area, over the whole survey.
   * @param index the same gives the same
   * @param followed how long the survey has been followed, for `rows` [yr]
   */
  attempt (skyClass: SkyClass, index: number, followed?: number): Attempt
  /**
   * Another draw alike, as light curve: an event's whole one, of a source that is there all the time a part of so many years.
   * @returns undefined where there is nothing to classify
   */
  streamed (skyClass: SkyClass, index: number, followed?: number): Streamed | undefined
}

export function attemptsOf ({ survey, practice, seed, draw, kindOf }: AttemptsOptions): Attempts {
  const none = DETECTION_ROWS.map(() => 0)
  /** Parts of the survey's span, each as if it were followed from new. */
  const partsOf = (followed: number): { parts: number, length: number } => {
    const length = Math.min(followed, survey.years)
    return { parts: Math.max(1, Math.floor(survey.years / length + LEAST_SPAN)), length }
  }
  /** Observations of one part, by their places. */
  const within = ({ visits }: Observations, start: number, length: number, part: number): [first: number, end: number] => {
    const at = (k: number): number => firstFrom(visits, start + k * length * DAYS_PER_YEAR)
    return [at(part), at(part + 1)]
  }
  function rowsOf (observations: Observations, kind: ClassPopulation['kind'], start: number, followed: number): readonly number[] {
    if (kind === 'events') return alertsByRow(countedAlerts(observations))
    const { parts, length } = partsOf(followed)
    const sums = [...none]
    for (let part = 0; part < parts; part++) {
      alertsByRow(countedAlerts(observations, ...within(observations, start, length, part))).forEach((count, row) => { sums[row]! += count })
    }
    return sums.map(sum => sum * survey.years / (parts * length))
  }

  return {
    attempt (skyClass, index, followed = 1) {
      const random = randomFrom(seed, index, SKY_CLASSES.indexOf(skyClass), ATTEMPT)
      const exposed = draw(random, skyClass)
      const { redshift, visits } = exposed
      const scene = sceneOf(random, survey, practice, exposed, false)
      if (!scene) return { redshift, alerts: 0, nights: 0, rows: none }
      const { first, end } = scene
      const noiseFree = scene.differences(first, end)
      const observations = { ...scene.measure(random, first, end, noiseFree), noiseFree, visits: visitsFrom(visits, first, end) }
      const nights = new Set<number>()
      let alerts = 0
      for (let k = 0; k < noiseFree.length; k++) {
        if (!isAlert(observations, k)) continue
        alerts++
        nights.add(nightOf(observations.visits.mjd[k]!))
      }
      return { redshift, alerts, nights: nights.size, rows: alerts === 0 ? none : rowsOf(observations, kindOf(skyClass), visits.mjd[0]!, followed) }
    },
    streamed (skyClass, index, followed = 1) {
      const random = randomFrom(seed, index, SKY_CLASSES.indexOf(skyClass), STREAMED)
      const exposed = draw(random, skyClass)
      const { visits } = exposed
      const scene = sceneOf(random, survey, practice, exposed, false)
      if (!scene) return undefined
      const first = firstFrom(visits, visits.mjd[scene.first]! - HISTORY_BEFORE_DETECTION)
      const noiseFree = scene.differences(first, scene.end)
      const observations: Observations = { ...scene.measure(random, first, scene.end, noiseFree), noiseFree, visits: visitsFrom(visits, first, scene.end) }
      const { parts, length } = partsOf(followed)
      const span = kindOf(skyClass) === 'events'
        ? [0, noiseFree.length] as const
        : within(observations, visits.mjd[0]!, length, integer(random, 0, parts - 1))
      const counted = countedAlerts(observations, ...span)
      if (counted.length === 0) return undefined
      const [trigger, last] = [counted[0]!.at, counted.at(-1)!.at]
      const start = Math.max(span[0], firstFrom(observations.visits, observations.visits.mjd[trigger]! - HISTORY_BEFORE_DETECTION))
      return {
        curve: {
          index,
          triggerMjd: observations.visits.mjd[trigger]!,
          photometry: photometryOf(random, survey.sky, skyClass, observations, Array.from({ length: last + 1 - start }, (_, k) => start + k)),
          ...delivered(random, practice, exposed, scene)
        },
        alerts: counted.map(({ at, detections }) => ({ at: at - start, detections }))
      }
    }
  }
}
