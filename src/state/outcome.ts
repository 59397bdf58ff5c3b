/** What became of an alert. */
import type { ReceivedAlert } from '../alert/alert.ts'
import type { LeftOut } from '../alert/points/left-out.ts'
import type { Classification, DeclineReason, Outcome } from './views.ts'

/** What an alert is known by; each null where the alert has none, or could not be read. */
export interface AlertIds {
  diaObjectId: string | null
  diaSourceId: string | null
  /** Of the source [d, MJD TAI]. */
  midpointMjdTai: number | null
}

/** What there is to say of the points of an alert, whatever became of it. */
export interface AboutPoints {
  /** How many of its points were left out, by reason; of an alert played from a light curve, of the whole curve. */
  leftOut?: LeftOut
  /** How its fluxes were read, see ReadAs. */
  fluxUnit?: string
}

/** The classification that an alert led to. */
export interface NewProbability extends Pick<Classification, 'probabilityIa' | 'probabilityIaErr' | 'classProbabilities' | 'classShares' | 'phase' | 'phaseLow' | 'phaseHigh'> {
  epochs: number
  revision: number
}

export const newProbability = ({ probabilityIa, probabilityIaErr, classProbabilities, classShares, phase, phaseLow, phaseHigh, epochs, revision }: Classification): NewProbability => ({
  probabilityIa,
  ...probabilityIaErr !== undefined && { probabilityIaErr },
  ...classProbabilities && { classProbabilities },
  ...classShares !== undefined && { classShares },
  ...phase !== undefined && { phase },
  ...phaseLow !== undefined && { phaseLow },
  ...phaseHigh !== undefined && { phaseHigh },
  epochs,
  revision
})

/** What was wrong, and what to do. */
export interface Failure {
  /** An error code. */
  reason: string
  message: string
  action?: string
}

/** An outcome and what it has to say. What other outcomes say is absent, and reads as undefined. */
type Says<Name extends Outcome | 'revised', Has = unknown> = { outcome: Name } & Has & { [Other in Exclude<keyof (NewProbability & Failure), keyof Has>]?: never }

export type AlertOutcome = AlertIds & AboutPoints & (
  | Says<'classified', NewProbability>
  | Says<'declined', { reason: DeclineReason }>
  | Says<'duplicate'>
  | Says<'dead-lettered', Failure>)

/** A new classification without an alert: for another model, a host redshift that was given, an object that moved. */
export type RevisedOutcome = AlertIds & Says<'revised', NewProbability>

/** An alert with its outcome. */
export interface ProcessedAlert {
  received: ReceivedAlert
  outcome: AlertOutcome
  /** The classification of the object that stands after this alert; null where there is none, or no object. */
  standing: Classification | null
}
