/** What a report is made of: light curves, what the model said of them, and where all that is from. */
import type { Band } from '../../alert/alert.ts'
import type { Calibration } from '../../model/calibration.ts'
import type { Evaluation } from '../evaluation/evaluate.ts'
import type { LabelledObject } from '../data/labelled-object.ts'
import type { PhotoZ, PlayedObject } from '../evaluation/playback.ts'

export const PHOTO_Z = ['known', 'unknown'] as const satisfies readonly PhotoZ[]

export interface ReportFacts {
  /** name/version */
  model: string
  bands: readonly Band[]
  calibration: Calibration
  /** Number of objects the model was trained on, where its card says so. */
  trainingObjects: number | null
  objects: readonly LabelledObject[]
  /** In the order of `objects`. */
  played: Record<PhotoZ, readonly PlayedObject[]>
  evaluation: Record<PhotoZ, Evaluation>
  origin: Origin
}

/** Lines of the report's head, in order: what and its value, such as 'part' and 'test'. */
export type Origin = ReadonlyArray<readonly [name: string, value: string]>

export type Cell = string | number | boolean | null
export type DataRow = Readonly<Record<string, Cell>>

/** A plot as a Vega-Lite specification, without size of fonts and colours of axes. */
export interface Figure {
  title: string
  /** What is seen, for those who cannot see it. */
  alternative: string
  spec: Readonly<Record<string, unknown>>
}

export interface Table {
  caption: string
  columns: readonly string[]
  rows: ReadonlyArray<readonly string[]>
  /** Places of the rows that stand out. */
  strong?: readonly number[]
}

/** A part of the report. All text is plain: the page escapes it. */
export interface Section {
  id: string
  title: string
  text: readonly string[]
  /** Why there is nothing to show, where there isn't. */
  absent?: string
  figures: readonly Figure[]
  tables: readonly Table[]
  /** Spans the whole width of the page. */
  wide?: boolean
  /** Everything shown, as rows of `file`. */
  data: { file: string, rows: readonly DataRow[] }
}

export { fixed } from '../evaluation/metrics.ts'
export const perCent = (share: number | null, digits = 1): string => share === null ? '–' : (100 * share).toFixed(digits)
