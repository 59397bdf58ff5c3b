/** Which steps of a light curve a forecast is measured from. */
import type { Random } from '../../data/random.ts'

/** Days from the peak. */
export const PHASES = [-10, -5, 0, 5, 10, 20] as const

/** A step may be so much earlier than the phase that it stands for [d]. */
const EARLIEST = 3

export interface ChosenStep {
  step: number
  /** Days from the peak that it stands for; null of an object without one, whose steps are drawn. */
  from: number | null
}

/** With a peak: the last step not after each phase and at most 3 d before it, once the object is detected. */
function aroundPeak (times: readonly number[], firstDetection: number, peak: number): ChosenStep[] {
  return PHASES.flatMap((from): ChosenStep[] => {
    const step = times.findLastIndex(time => time <= peak + from)
    return step >= 0 && times[step]! >= Math.max(firstDetection, peak + from - EARLIEST) ? [{ step, from }] : []
  })
}

/** Without: as many different steps as there are phases, or all, in order of time. */
function drawn (times: readonly number[], firstDetection: number, random: Random): ChosenStep[] {
  const left = times.flatMap((time, step) => time >= firstDetection ? [step] : [])
  const chosen: number[] = []
  while (chosen.length < PHASES.length && left.length > 0) chosen.push(...left.splice(random.integer(left.length), 1))
  return chosen.sort((a, b) => a - b).map(step => ({ step, from: null }))
}

/**
 * @param times of the steps [d], rising
 * @param firstDetection [d]
 * @param peak [d]; null of what has none
 */
export const chosenSteps = (times: readonly number[], firstDetection: number, peak: number | null, random: Random): ChosenStep[] =>
  peak === null ? drawn(times, firstDetection, random) : aroundPeak(times, firstDetection, peak)
