/** Which classifications a client of /v1/stream wants. */
import { z } from 'zod'
import type { Candidate } from '../state/views.ts'
import { diaObjectId, integerBetween, probability } from './schemas.ts'

const MOST_IDS = 1000

/** Parameters of the query string. */
export const streamFilter = {
  minProbability: probability.optional().describe('Lowest P(Ia)'),
  maxProbability: probability.optional().describe('Highest P(Ia)'),
  minEpochs: integerBetween(0, Number.MAX_SAFE_INTEGER, 'a whole number, 0 or more').optional().describe('Fewest epochs that the classification rests on'),
  diaObjectId: z.preprocess(value => typeof value === 'string' ? [value] : value, z.array(diaObjectId).max(MOST_IDS, `at most ${MOST_IDS} ids`)).optional()
    .describe(`Only these objects; may be repeated, ${MOST_IDS} times at most`)
}

interface Filter {
  minProbability?: number | undefined
  maxProbability?: number | undefined
  minEpochs?: number | undefined
  diaObjectId?: readonly string[] | undefined
}

/** For z.refine: the bounds of P(Ia) are in order. */
export const bothBounds: [(filter: Filter) => boolean, { path: string[], error: string }] = [
  ({ minProbability = 0, maxProbability = 1 }) => minProbability <= maxProbability,
  { path: ['maxProbability'], error: 'a number that is not below minProbability' }
]

/** @returns undefined where everything is wanted */
export function wanted ({ minProbability, maxProbability, minEpochs, diaObjectId: ids }: Filter): ((candidate: Candidate) => boolean) | undefined {
  const objects = ids && new Set(ids)
  const tests: Array<(candidate: Candidate) => boolean> = []
  if (objects) tests.push(({ diaObjectId }) => objects.has(diaObjectId))
  if (minProbability !== undefined) tests.push(({ probabilityIa }) => probabilityIa >= minProbability)
  if (maxProbability !== undefined) tests.push(({ probabilityIa }) => probabilityIa <= maxProbability)
  if (minEpochs !== undefined) tests.push(({ epochs }) => epochs >= minEpochs)
  return tests.length === 0 ? undefined : candidate => tests.every(test => test(candidate))
}
