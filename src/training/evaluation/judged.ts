/** Objects of several sets with what a model says of them. */
import type { ClassShares } from '../../model/classes.ts'
import type { Calibrated, Probabilities } from '../../model/probabilities.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import { probabilitiesAt } from './evaluate.ts'
import type { PlayedObject } from './playback.ts'

/** What probabilities are asked for. */
export interface Asked {
  calibrated: Calibrated
  /** Shares of the sky; null for those of the training. */
  shares: ClassShares | null
}

export interface JudgedObject {
  /** The set that it was given in. */
  set: string
  /** Its type as the data name it. */
  label: string
  played: PlayedObject
  /** P(Ia) after each step. */
  probabilitiesIa: Float64Array
}

/** One object after one of its steps. */
export interface Instance {
  object: JudgedObject
  /** Class of its true type, and whether it counts as Ia. */
  type: string
  isIa: boolean
  detections: number
  probabilities: Probabilities
}

/**
 * @param played in the order of `objects`
 * @param objects their `source` names their set
 */
export function judge (played: readonly PlayedObject[], objects: ReadonlyArray<Pick<LabelledObject, 'type' | 'label' | 'source'>>, { calibrated, shares }: Asked): JudgedObject[] {
  return played.map((one, k) => ({
    set: objects[k]!.source ?? '',
    label: objects[k]!.label ?? objects[k]!.type,
    played: one,
    probabilitiesIa: Float64Array.from(one.times, (_, step) => probabilitiesAt(one, step, calibrated, shares)!.probabilityIa)
  }))
}

/** When an object is looked at: its step, or a number below 0 where it has none then. */
export interface Moment {
  /** As `5 epochs`, `16 days`, `end`. */
  name: string
  stepOf: (object: PlayedObject) => number
}

export const END: Moment = { name: 'end', stepOf: ({ times }) => times.length - 1 }

/** After so many epochs; an object with fewer is taken after its last. */
export const afterEpochs = (epochs: number): Moment => ({ name: `${epochs} epochs`, stepOf: ({ times }) => Math.min(epochs, times.length) - 1 })

/** After the newest epoch that is at most so many days behind the first detection, as Shah et al. 2025 (arXiv:2501.01496) count. */
export const afterDays = (days: number): Moment => ({
  name: days === 1 ? '1 day' : `${days} days`,
  stepOf: ({ times, firstDetection }) => firstDetection === null ? -1 : times.findLastIndex(time => time <= firstDetection + days)
})

/** The objects that have a step then; one that was never detected has none. */
export function instancesAt (judged: readonly JudgedObject[], { stepOf }: Moment, { calibrated, shares }: Asked): Instance[] {
  return judged.flatMap(object => {
    const { played } = object
    const step = stepOf(played)
    const probabilities = probabilitiesAt(played, step, calibrated, shares)
    return probabilities === null ? [] : [{ object, type: played.type, isIa: played.isIa, detections: played.detections[step]!, probabilities }]
  })
}
