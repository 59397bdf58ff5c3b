/** How many significant detections an object has when a survey alerts on it: a star has many after years, a supernova a few. */
import { DETECTION_SNR, HISTORY_BEFORE_DETECTION } from '../../alert/alert.ts'
import { isAlert, type Observations } from '../survey/alerts.ts'

/** Numbers of detections that class shares are told for. */
export const DETECTION_ROWS = [1, 2, 3, 5, 8, 12, 20, 35, 60, 100] as const
/** S/N of a significant detection, as the features of the network count it. */
export const SIGNIFICANT_SNR = 4

/** The row of a number of detections: the nearest in its logarithm, so that a row is met on both sides of its number. */
export function rowOf (detections: number): number {
  let row = 0
  while (row + 1 < DETECTION_ROWS.length && detections ** 2 > DETECTION_ROWS[row]! * DETECTION_ROWS[row + 1]!) row++
  return row
}

/** An alert, and what the network had seen of its object. */
export interface CountedAlert {
  /** Place among the observations. */
  at: number
  /** Points with S/N > 4 up to the alert, itself among them. */
  detections: number
}

/**
 * The alerts of an object that is followed from one visit to before another, with the significant detections behind each. As the
 * network sees it (src/light-curve/window.ts): from 30 days before the first positive detection on, forced photometry
 * included. An alert before that detection is of negative flux, leaves nothing to classify, and is left out.
 */
export function countedAlerts (observations: Observations, first = 0, end = observations.noiseFree.length): CountedAlert[] {
  const { flux, fluxErr, visits: { mjd } } = observations
  let detected = first
  while (detected < end && !(flux[detected]! > DETECTION_SNR * fluxErr[detected]!)) detected++
  if (detected === end) return []
  let k = detected
  while (k > first && mjd[k - 1]! >= mjd[detected]! - HISTORY_BEFORE_DETECTION) k--
  const alerts: CountedAlert[] = []
  for (let detections = 0; k < end; k++) {
    if (flux[k]! > SIGNIFICANT_SNR * fluxErr[k]!) detections++
    if (k >= detected && isAlert(observations, k)) alerts.push({ at: k, detections })
  }
  return alerts
}

/** The alerts by row of their number of detections. */
export function alertsByRow (alerts: readonly CountedAlert[]): number[] {
  const rows = new Array<number>(DETECTION_ROWS.length).fill(0)
  for (const { detections } of alerts) rows[rowOf(detections)]!++
  return rows
}
