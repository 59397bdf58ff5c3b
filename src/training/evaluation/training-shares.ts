/** The class shares that a network learned: what Bayes's theorem takes out before it puts in those of another sky. */
import type { ClassShares, ModelClass } from '../../model/classes.ts'
import type { PlayedObject } from './playback.ts'

/** Numbers of significant detections of the table. */
export const SHARE_DETECTIONS = [1, 2, 3, 5, 8, 12, 20, 35, 60, 100] as const
/** Objects that are added to each row of the table, by the shares of all: no share is 0, and few objects say little. */
const PSEUDO_OBJECTS = 10

/**
 * Shares of the classes among the objects that reach each number of significant detections, each object once at each number.
 * With n of N objects in a class, its share is (n + 10·p)/(N + 10), where p is its share of all objects, each class with one
 * more object than there is.
 * @param played objects that the network was trained on, or others of the same mix; those of other classes do not count
 */
export function trainingShares (played: readonly Pick<PlayedObject, 'type' | 'detections'>[], classes: readonly ModelClass[]): ClassShares {
  const places = new Map(classes.map(({ name }, place) => [name, place]))
  const counts = (detections: number): number[] => {
    const found = classes.map(() => 0)
    for (const object of played) {
      const place = places.get(object.type)
      if (place !== undefined && (object.detections.at(-1) ?? 0) >= detections) found[place]!++
    }
    return found
  }
  const sumOf = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
  const all = counts(1).map(count => count + 1)
  const overall = all.map(count => count / sumOf(all))
  return {
    name: 'training',
    detections: SHARE_DETECTIONS,
    shares: SHARE_DETECTIONS.map(detections => {
      const found = counts(detections)
      const total = sumOf(found) + PSEUDO_OBJECTS
      return found.map((count, k) => (count + PSEUDO_OBJECTS * overall[k]!) / total)
    })
  }
}
