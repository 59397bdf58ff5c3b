/** What a check can find; docs/records.md says what each code means. */

/** Every code with its repair: a replay of the light curve, new lists, or a copy of the data folder. */
export const FINDING_CODES = {
  'structure-damaged': 'restore',
  'record-unreadable': 'restore',
  'record-invalid': 'restore',
  'block-missing': 'restore',
  'block-orphaned': 'restore',
  'blocks-uneven': 'restore',
  'light-curve-unsorted': 'restore',
  'point-repeated': 'restore',
  'point-invalid': 'restore',
  'first-detection-wrong': 'rebuild',
  'state-wrong': 'rebuild',
  'state-inexact': 'rebuild',
  'settled-state-wrong': 'rebuild',
  'settled-state-unreadable': 'rebuild',
  'history-unordered': 'restore',
  'publication-invalid': 'restore',
  'newest-probability-wrong': 'rebuild',
  'change-missing': 'restore',
  'change-wrong': 'restore',
  'change-orphaned': 'restore',
  'order-missing': 'migrate',
  'order-orphaned': 'migrate',
  'accounting-wrong': 'restore',
  'publications-miscounted': 'restore',
  'sequence-behind': 'restore',
  'dead-letter-damaged': 'restore',
  'dead-letter-number-behind': 'restore',
  'meta-unreadable': 'restore'
} as const satisfies Record<string, 'restore' | 'rebuild' | 'migrate'>

export type FindingCode = keyof typeof FINDING_CODES

export interface Finding {
  /** Absent where the finding is about no object. */
  diaObjectId?: string
  code: FindingCode
  message: string
  /** What to do. */
  action: string
}

export type Report = (code: FindingCode, message: string, diaObjectId?: string) => void

function actionOf (code: FindingCode, diaObjectId?: string): string {
  const mending = FINDING_CODES[code]
  if (mending === 'rebuild' && diaObjectId !== undefined) return `candela rebuild --force ${diaObjectId}`
  if (mending === 'migrate') return 'candela migrate, while no service uses the folder: its lists are made anew.'
  return 'Restore the data folder from a copy, or replay the alerts into a new one.'
}

export function finding (code: FindingCode, message: string, diaObjectId?: string): Finding {
  const action = actionOf(code, diaObjectId)
  return { ...diaObjectId !== undefined && { diaObjectId }, code, message, action }
}
