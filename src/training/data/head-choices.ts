/** Which objects each head of a network learns from. */
import type { LabelledObject } from './labelled-object.ts'
import { seededRandom } from './random.ts'

/** Part of the objects that a head learns from. */
const CHOSEN = 2 / 3

/**
 * Each head learns from its own random choice of two thirds of the objects (Breiman 1996's bagging, for heads as in Osband et al.
 * 2016, arXiv:1602.04621), so that heads differ where the objects do not tell. A single head learns from all.
 * @returns of each object what it counts for each head, 1 on average [heads]
 */
export function headChoices (objects: readonly LabelledObject[], heads: number, seed: number): Map<LabelledObject, Float32Array> {
  const random = seededRandom(seed + 1)
  return new Map(objects.map(object => [object, Float32Array.from({ length: heads }, () => heads === 1 ? 1 : random.uniform() < CHOSEN ? 1 / CHOSEN : 0)]))
}
