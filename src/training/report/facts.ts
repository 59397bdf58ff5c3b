/** What a report is made of: light curves, what the model said of them, and where all that is from. */
import type { Band } from '../../alert/alert.ts'
import type { ClassShares } from '../../model/classes.ts'
import type { Calibrated } from '../../model/probabilities.ts'
import type { Evaluation } from '../evaluation/evaluate.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import type { PhotoZ, PlayedObject } from '../evaluation/playback.ts'
import type { SkyEvaluation } from '../evaluation/sky-evaluation.ts'
import type { ForecastEvaluation } from '../evaluation/forecast/evaluate-forecast.ts'
import type { Origin } from '../../report/section.ts'

export const PHOTO_Z = ['known', 'unknown'] as const satisfies readonly PhotoZ[]

/** What was found by set, type, class and days. */
export interface SkyFacts {
  /** Whether the photo-z was known for it. */
  photoZ: PhotoZ
  evaluation: SkyEvaluation
}

export interface ReportFacts {
  /** name/version */
  model: string
  bands: readonly Band[]
  calibrated: Calibrated
  /** Class shares that P(Ia) is for; null for those of the training. */
  shares: ClassShares | null
  /** Number of objects the model was trained on, where its card says so. */
  trainingObjects: number | null
  objects: readonly LabelledObject[]
  /** In the order of `objects`. */
  played: Record<PhotoZ, readonly PlayedObject[]>
  evaluation: Record<PhotoZ, Evaluation>
  sky: SkyFacts
  /** Of a model with a decoder; absent or null where none was measured. */
  forecast?: ForecastEvaluation | null
  origin: Origin
}

export { fixed } from '../evaluation/metrics.ts'
export const perCent = (share: number | null, digits = 1): string => share === null ? '–' : (100 * share).toFixed(digits)
