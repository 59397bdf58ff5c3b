/** Classes of objects in an astronomer's words, and their probabilities in order. */
import type { Classification } from './api.ts'
import { probability } from './words.ts'

/** What the names of classes stand for; others stand for themselves. */
const CLASSES: Readonly<Record<string, string>> = {
  Ia: 'supernova Ia, with 91T-like',
  'Ia-peculiar': 'supernova 91bg-like or Iax',
  Ibc: 'supernova Ib or Ic',
  II: 'supernova II',
  SLSN: 'superluminous supernova',
  TDE: 'tidal disruption event',
  fast: 'transient that fades within days',
  AGN: 'active galactic nucleus',
  CV: 'cataclysmic variable',
  'M-dwarf': 'flare of an M dwarf',
  RRL: 'RR Lyrae',
  DSCT: 'δ Scuti',
  EB: 'eclipsing binary',
  LPV: 'long-period variable',
  artefact: 'of the difference image'
}

/** The mixes that come with Candela. */
const MIXES: Readonly<Record<string, string>> = {
  training: 'the mix of classes that the model was trained on',
  lsst: 'LSST’s expected mix of classes',
  ztf: 'ZTF’s expected mix of classes'
}

export const meaningOf = (name: string): string | null => CLASSES[name] ?? null

/** What the probabilities are calibrated for, in words. */
export const sharesInWords = (classShares: string): string => `Calibrated for ${MIXES[classShares] ?? `the mix of classes “${classShares}”`}`

export type ClassProbability = [name: string, probability: number]

/** Greatest first; none of a model without classes. */
export const byProbability = (probabilities: Record<string, number> | undefined): ClassProbability[] =>
  Object.entries(probabilities ?? {}).sort(([, a], [, b]) => b - a)

/** Class probabilities have four decimals. */
const ROUNDING = 1e-4

/** The most probable class, where the object is rather that than Ia. */
export function ratherThanIa ({ probabilityIa, classProbabilities }: Pick<Classification, 'probabilityIa' | 'classProbabilities'>): ClassProbability | null {
  const [first] = byProbability(classProbabilities)
  return first && first[1] > probabilityIa + ROUNDING ? first : null
}

/** P(Ia), with its error where the model tells one. */
export const probabilityWithError = ({ probabilityIa, probabilityIaErr }: Pick<Classification, 'probabilityIa' | 'probabilityIaErr'>): string =>
  `${probability(probabilityIa)}${probabilityIaErr === undefined ? '' : ` ± ${probability(probabilityIaErr)}`}`
