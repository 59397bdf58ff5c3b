/** What is called Ia of each set and type, as early as it is called so. */
import type { JudgedObject } from './judged.ts'

/** Numbers of epochs that are shown; an object with fewer counts with its last. */
export const EPOCHS_SHOWN = [5, 10, 20] as const
export const SURE_THRESHOLD = 0.9
const THRESHOLDS = { half: 0.5, sure: SURE_THRESHOLD } as const

/** Share of the objects with P(Ia) > 0.5 and > 0.9. */
export type SharesAbove = Record<keyof typeof THRESHOLDS, number>

export interface TypeLine {
  set: string
  /** As the data name it, and its class. */
  label: string
  type: string
  isIa: boolean
  objects: number
  /** Objects without any epoch: they count in the shares as not called Ia. */
  never: number
  end: SharesAbove
  /** After so many epochs. */
  after: Record<string, SharesAbove>
  /** At any epoch. */
  ever: SharesAbove
  /** Median of P(Ia) at the end, of the objects that have an epoch; null where none has. */
  median: number | null
}

const above = (probabilities: readonly number[]): SharesAbove => ({
  half: probabilities.filter(probability => probability > THRESHOLDS.half).length / probabilities.length,
  sure: probabilities.filter(probability => probability > THRESHOLDS.sure).length / probabilities.length
})

/** @returns null of no values */
export function medianOf (values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function lineOf (objects: readonly JudgedObject[]): TypeLine {
  const { set, label, played: { type, isIa } } = objects[0]!
  const after = (epochs: number): SharesAbove => above(objects.map(({ probabilitiesIa }) => probabilitiesIa[Math.min(epochs, probabilitiesIa.length) - 1] ?? 0))
  return {
    set,
    label,
    type,
    isIa,
    objects: objects.length,
    never: objects.filter(({ probabilitiesIa }) => probabilitiesIa.length === 0).length,
    end: after(Infinity),
    after: Object.fromEntries(EPOCHS_SHOWN.map(epochs => [String(epochs), after(epochs)])),
    ever: above(objects.map(({ probabilitiesIa }) => probabilitiesIa.reduce((most, probability) => Math.max(most, probability), 0))),
    median: medianOf(objects.flatMap(({ probabilitiesIa }) => probabilitiesIa.length === 0 ? [] : [probabilitiesIa.at(-1)!]))
  }
}

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** A line for each set and type, Ia first, then by class and name; sets in the order given. */
export function typeLines (judged: readonly JudgedObject[]): TypeLine[] {
  const sets = [...new Set(judged.map(({ set }) => set))]
  const groups = new Map<string, JudgedObject[]>()
  for (const object of judged) {
    const key = JSON.stringify([object.set, object.played.type, object.label])
    const group = groups.get(key)
    if (group) group.push(object)
    else groups.set(key, [object])
  }
  return [...groups.values()].map(lineOf).sort((a, b) =>
    sets.indexOf(a.set) - sets.indexOf(b.set) || Number(b.isIa) - Number(a.isIa) || compare(a.type, b.type) || compare(a.label, b.label))
}
