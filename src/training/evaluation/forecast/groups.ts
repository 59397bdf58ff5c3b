/** What a forecast is measured apart for: supernovae Ia, other supernovae, slow transients, and what has no peak. */
import type { ModelClass } from '../../../model/classes.ts'
import type { LabelledObject } from '../../data/labelled-object.ts'

export const GROUPS = ['Ia', 'other supernovae', 'SLSN and TDE', 'varies'] as const
export type Group = typeof GROUPS[number]

/** ELAsTiCC's ids: supernova-like (2220 to 2229), fast (2231), long (2240 to 2249). */
const SUPERNOVAE = { from: 2220, to: 2230 } as const
const FAST = 2231
const LONG = { from: 2240, to: 2250 } as const

/**
 * The group of an object by its class; where the model does not have that class, by whether the data name a time of peak.
 * Dwarf novae and flares of dwarfs come back, so they count as what varies.
 */
export function groupOf ({ type, isIa, peakMjd }: Pick<LabelledObject, 'type' | 'isIa' | 'peakMjd'>, classes: readonly ModelClass[]): Group {
  if (isIa) return 'Ia'
  const id = classes.find(({ name }) => name === type)?.id
  if (id === undefined) return peakMjd === null ? 'varies' : 'other supernovae'
  if ((id >= SUPERNOVAE.from && id < SUPERNOVAE.to) || id === FAST) return 'other supernovae'
  return id >= LONG.from && id < LONG.to ? 'SLSN and TDE' : 'varies'
}
