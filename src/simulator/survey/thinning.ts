/** Visits that are missing of an object: at an edge of the detector, in a gap, in a survey that covers a field less often. */
import { chance, uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { Practice } from './practice.ts'
import { chosenVisits, type Visits } from './visits.ts'

export function thinnedVisits (random: Random, { thinned, leastLeft }: Practice, visits: Visits): Visits {
  if (!chance(random, thinned)) return visits
  const left = uniform(random, leastLeft, 1)
  const chosen = new Uint32Array(visits.mjd.length)
  let count = 0
  for (let k = 0; k < chosen.length; k++) if (random() < left) chosen[count++] = k
  // a position that is never looked at has no objects
  return count > 1 ? chosenVisits(visits, chosen.subarray(0, count)) : visits
}
