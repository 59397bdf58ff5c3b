/**
 * Classes of ELAsTiCC's taxonomy, which FASTDB shares
 * (https://github.com/LSSTDESC/elasticc/blob/main/taxonomy/taxonomy.ipynb). The probabilities of one alert sum to 1; what
 * a classifier of one class leaves over is Residual.
 */
import type { Classification } from '../../state/views.ts'
import type { PublishedAlert, PublishedClass } from './published.ts'

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
 * @param classes of the model in use; absent or null where it has none
 */
export function classProbabilities ({ outcome: { outcome }, standing }: PublishedAlert, classes: readonly PublishedClass[] | null | undefined): ClassProbability[] {
  if (standing === null || outcome === 'declined' || outcome === 'dead-lettered') return [{ classId: CLASS.notClassified, probability: 1 }]
  return (classes && ofAllClasses(standing, classes)) ?? ofIaAlone(standing)
}

function ofIaAlone ({ probabilityIa }: Classification): ClassProbability[] {
  const probability = Math.fround(probabilityIa)
  return [{ classId: CLASS.ia, probability }, { classId: CLASS.residual, probability: Math.fround(1 - probability) }]
}

/**
 * Stored class probabilities have four decimals, P(Ia) has seven: the positive classes are scaled to P(Ia), and the others to the rest.
 * @returns one entry for each id, in the order of the classes; null where the classification is none of a model with these classes
 */
function ofAllClasses ({ probabilityIa, classProbabilities }: Classification, classes: readonly PublishedClass[]): ClassProbability[] | null {
  const known = new Set(classes.map(({ name }) => name))
  if (!classProbabilities || !Object.keys(classProbabilities).every(name => known.has(name))) return null
  const valueOf = ({ name }: PublishedClass): number => classProbabilities[name] ?? 0
  const group = (positive: boolean): { sum: number, count: number } => {
    const members = classes.filter(one => one.positive === positive)
    return { sum: members.reduce((sum, one) => sum + valueOf(one), 0), count: members.length }
  }
  const [ia, rest] = [group(true), group(false)]
  if (ia.count === 0 || rest.count === 0) return null
  const byId = new Map<number, { probability: number, positive: boolean }>()
  for (const one of classes) {
    const { sum, count } = one.positive ? ia : rest
    const total = one.positive ? probabilityIa : 1 - probabilityIa
    const probability = sum > 0 ? valueOf(one) * total / sum : total / count
    byId.set(one.id, { probability: probability + (byId.get(one.id)?.probability ?? 0), positive: one.positive })
  }
  return asFloats([...byId])
}

/** 32-bit floats with the sum 1: the greatest of the classes that are not positive takes what rounding leaves. */
function asFloats (entries: ReadonlyArray<readonly [id: number, { probability: number, positive: boolean }]>): ClassProbability[] {
  const floats = entries.map(([classId, { probability }]) => ({ classId, probability: Math.fround(probability) }))
  let greatest = -1
  entries.forEach(([, { positive }], k) => { if (!positive && (greatest < 0 || floats[k]!.probability > floats[greatest]!.probability)) greatest = k })
  const others = floats.reduce((sum, { probability }, k) => k === greatest ? sum : sum + probability, 0)
  if (greatest >= 0) floats[greatest]!.probability = Math.fround(Math.max(0, 1 - others))
  return floats
}
