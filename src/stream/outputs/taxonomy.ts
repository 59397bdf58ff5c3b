/**
 * Classes of ELAsTiCC's taxonomy, which FASTDB shares
 * (https://github.com/LSSTDESC/elasticc/blob/main/taxonomy/taxonomy.ipynb). The probabilities of one alert sum to 1; what
 * a classifier of one class leaves over is Residual.
 */
import type { PublishedAlert } from './published.ts'

export const CLASS = { ia: 2222, residual: 200, notClassified: 300 } as const

export interface ClassProbability {
  classId: number
  /** 0 to 1, a 32-bit float. */
  probability: number
}

/** Avro schema of a list of them. */
export const classificationsSchema = {
  type: 'array',
  items: { type: 'record', name: 'classificationDict', fields: [{ name: 'classId', type: 'int' }, { name: 'probability', type: 'float' }] }
} as const

/**
 * An alert that was declined, or could not be used, is NotClassified, whatever classification of its object stands. A
 * duplicate repeats the classification that stands.
 */
export function classProbabilities ({ outcome: { outcome }, standing }: PublishedAlert): ClassProbability[] {
  if (standing === null || outcome === 'declined' || outcome === 'dead-lettered') return [{ classId: CLASS.notClassified, probability: 1 }]
  const probability = Math.fround(standing.probabilityIa)
  return [{ classId: CLASS.ia, probability }, { classId: CLASS.residual, probability: Math.fround(1 - probability) }]
}
