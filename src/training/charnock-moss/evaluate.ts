/** What the reference network says of light curves of known type. */
import type { Outcome } from '../evaluation/metrics.ts'
import { seededRandom } from '../data/random.ts'
import { makeReferenceBatch, type InputSettings, type ReferenceObject } from './input.ts'
import type { ReferenceNetwork } from './network.ts'

const ROWS_AT_ONCE = 64

/**
 * P(Ia) of each object from its whole light curve, one random filling each.
 * @param seed decides the fillings; that of an object depends on its place among the others
 * @returns in the order of `objects`; 0.5 where an object has no point
 */
export function referenceOutcomes (network: ReferenceNetwork, objects: readonly ReferenceObject[], settings: InputSettings, seed: number): Outcome[] {
  const random = seededRandom(seed)
  const byLength = objects.map((object, place) => ({ object, place })).filter(({ object }) => object.curve.times.length > 0)
    .sort((a, b) => a.object.curve.times.length - b.object.curve.times.length)
  const outcomes = objects.map(({ isIa }): Outcome => ({ isIa, probabilityIa: 0.5 }))
  for (let at = 0; at < byLength.length; at += ROWS_AT_ONCE) {
    const rows = byLength.slice(at, at + ROWS_AT_ONCE)
    const probabilities = network.probabilities(makeReferenceBatch(rows.map(({ object }) => object), settings, random))
    rows.forEach(({ place }, row) => { outcomes[place]!.probabilityIa = probabilities[row]! })
  }
  return outcomes
}
