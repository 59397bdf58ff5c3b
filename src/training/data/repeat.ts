/** How often an object is seen in a pass. */
import type { TrainingSettings } from '../settings.ts'
import type { LabelledObject } from './labelled-object.ts'

/** Where no class of its own is named for an object. */
const OTHERS = '*'

/** @returns of each object how often it is seen in a pass; 0.3 is three passes of ten */
export const repeatsOf = (objects: readonly LabelledObject[], repeat: TrainingSettings['repeat']): Map<LabelledObject, number> =>
  new Map(objects.map(object => {
    const ofSource = repeat[object.source ?? ''] ?? {}
    return [object, ofSource[object.type] ?? ofSource[OTHERS] ?? 1]
  }))

/**
 * Objects as often as they are to be seen, one after the other; parts of a time fall to some of them, by the order.
 * @param order of all objects
 */
export function repeated (order: readonly LabelledObject[], repeats: ReadonlyMap<LabelledObject, number>): LabelledObject[] {
  const seen: LabelledObject[] = []
  let due = 0
  for (const object of order) {
    due += repeats.get(object) ?? 1
    while (seen.length + 1 <= due) seen.push(object)
  }
  return seen
}
