/** What the objects of each true class are called, and how well each class is told from the rest. */
import type { ModelClass } from '../../model/classes.ts'
import type { Instance } from './judged.ts'
import { areaUnderCurve } from './metrics.ts'

export interface Confusion {
  /** True classes: the model's that occur, then others. */
  truth: string[]
  /** Classes of the model, which an object is called by the most probable of. */
  called: string[]
  /** [truth, called] objects */
  counts: number[][]
}

export interface ClassFigures {
  name: string
  /** Objects of that true class, and objects that are called so. */
  objects: number
  called: number
  completeness: number | null
  purity: number | null
  /** Harmonic mean of both; 0 where none is called rightly, null where no object is of that class. */
  f1: number | null
  /** Of the class's probability against the rest; null where there is no object of it, or no other. */
  auc: number | null
}

const ratio = (part: number, whole: number): number | null => whole === 0 ? null : part / whole
const mostProbable = (probabilities: readonly number[]): number => probabilities.indexOf(Math.max(...probabilities))

export function confusionOf (instances: readonly Instance[], classes: readonly ModelClass[]): Confusion {
  const called = classes.map(({ name }) => name)
  const found = new Set(instances.map(({ type }) => type))
  const truth = [...called.filter(name => found.has(name)), ...[...found].filter(name => !called.includes(name)).sort()]
  const counts = truth.map(() => called.map(() => 0))
  for (const { type, probabilities } of instances) counts[truth.indexOf(type)]![mostProbable(probabilities.classes!)]!++
  return { truth, called, counts }
}

/** Of each class of the model, over the objects as they were given: no weights. */
export function classFigures (instances: readonly Instance[], { truth, called, counts }: Confusion): ClassFigures[] {
  return called.map((name, place) => {
    const row = counts[truth.indexOf(name)] ?? null
    const objects = row?.reduce((a, b) => a + b, 0) ?? 0
    const calledSo = counts.reduce((sum, one) => sum + one[place]!, 0)
    const right = row?.[place] ?? 0
    return {
      name,
      objects,
      called: calledSo,
      completeness: ratio(right, objects),
      purity: ratio(right, calledSo),
      f1: objects === 0 ? null : 2 * right / (objects + calledSo),
      auc: areaUnderCurve(instances.map(({ type, probabilities }) => ({ isIa: type === name, probabilityIa: probabilities.classes![place]! })))
    }
  })
}

/** Mean of a figure over the classes that have it; null where none has. */
export function macro (figures: readonly ClassFigures[], figure: 'f1' | 'auc'): number | null {
  const values = figures.flatMap(one => one[figure] ?? [])
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length
}
