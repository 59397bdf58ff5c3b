/** What became of an alert. */
import type { ReceivedAlert } from '../alert/alert.ts'
import type { LeftOut } from '../alert/left-out.ts'
import type { Classification, Outcome } from './views.ts'

export interface AlertOutcome {
  diaObjectId: string | null
  diaSourceId: string | null
  midpointMjdTai: number | null
  outcome: Outcome
  /** Decline reason, or the error code of a dead letter. */
  reason?: string
  /** What was wrong with a dead letter, and what to do. */
  message?: string
  action?: string
  probabilityIa?: number
  epochs?: number
  revision?: number
  /** How many of its points were left out, by reason; of an alert played from a light curve, of the whole curve. */
  leftOut?: LeftOut
  /** How its fluxes were read, see ReadAs. */
  fluxUnit?: string
}

/** An alert with its outcome, for those who publish it. */
export interface SettledAlert {
  received: ReceivedAlert
  outcome: AlertOutcome
  /** The classification of the object that stands after this alert; null where there is none, or no object. */
  standing: Classification | null
}
