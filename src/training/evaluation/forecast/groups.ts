/** What a forecast is measured apart for: supernovae Ia, other supernovae, slow transients, and what has no peak. */
import { hasPeak, type ModelClass } from '../../../model/classes.ts'
import type { LabelledObject } from '../../data/labelled-object.ts'

export const GROUPS = ['Ia', 'other supernovae', 'SLSN and TDE', 'varies'] as const
export type Group = typeof GROUPS[number]

/** ELAsTiCC's ids of long transients. */
const LONG = { from: 2240, to: 2250 } as const

/**
 * The group of an object by its class; where the model does not have that class, by whether the data name a time of peak.
 */
export function groupOf ({ type, isIa, peakMjd }: Pick<LabelledObject, 'type' | 'isIa' | 'peakMjd'>, classes: readonly ModelClass[]): Group {
  if (isIa) return 'Ia'
  const known = classes.find(({ name }) => name === type)
  if (known === undefined ? peakMjd === null : !hasPeak(known)) return 'varies'
  return known !== undefined && known.id >= LONG.from && known.id < LONG.to ? 'SLSN and TDE' : 'other supernovae'
}
