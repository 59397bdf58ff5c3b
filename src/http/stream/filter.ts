/** The filter of a client of /v1/stream. */
import { z } from 'zod'
import { placeOf, separationOf } from '../../state/sky.ts'
import { isWithdrawal, type Candidate, type Change } from '../../state/views.ts'
import { CONE_EXPECTED, coneOf, coneParameters, missingOfCone } from '../objects/cone.ts'
import { boundOfPhase, diaObjectId, integerBetween, probability } from '../schemas.ts'

const MOST_IDS = 1000

/** Parameters of the query string. */
export const streamFilter = {
  minProbability: probability.optional().describe('Lowest P(Ia)'),
  maxProbability: probability.optional().describe('Highest P(Ia)'),
  minEpochs: integerBetween(0, Number.MAX_SAFE_INTEGER, 'a whole number, 0 or more').optional().describe('Fewest epochs that the classification rests on'),
  minPhase: boundOfPhase.optional().describe('Least phase [d]; classifications without a phase are left out'),
  maxPhase: boundOfPhase.optional().describe('Greatest phase [d]; classifications without a phase are left out'),
  ...coneParameters,
  diaObjectId: z.preprocess(value => typeof value === 'string' ? [value] : value, z.array(diaObjectId).max(MOST_IDS, `at most ${MOST_IDS} ids`)).optional()
    .describe(`Only these objects; may be repeated, ${MOST_IDS} times at most`)
}

type Filter = z.output<z.ZodObject<typeof streamFilter>>

/** For z.check: bounds that are in order, a cone that is whole. */
export function checkFilter ({ value, issues }: z.core.ParsePayload<Filter>): void {
  const { minProbability = -Infinity, maxProbability = Infinity, minPhase = -Infinity, maxPhase = Infinity } = value
  const refuse = (name: string, message: string): void => { issues.push({ code: 'custom', path: [name], message, input: value }) }
  if (minProbability > maxProbability) refuse('maxProbability', 'a number that is not below minProbability')
  if (minPhase > maxPhase) refuse('maxPhase', 'a number that is not below minPhase')
  const missing = missingOfCone(value)
  if (missing.length < 3) for (const name of missing) refuse(name, CONE_EXPECTED)
}

/**
 * A withdrawal has no P(Ia), no epochs and no phase, so it passes these bounds: every client that may have seen the object hears of it.
 * @returns undefined where everything is wanted
 */
export function filterOf ({ minProbability, maxProbability, minEpochs, minPhase, maxPhase, diaObjectId: ids, ...place }: Filter): ((change: Change) => boolean) | undefined {
  const objects = ids && new Set(ids)
  const tests: Array<(change: Change) => boolean> = []
  const bounds: Array<(candidate: Candidate) => boolean> = []
  if (objects) tests.push(({ diaObjectId }) => objects.has(diaObjectId))
  if (minProbability !== undefined) bounds.push(({ probabilityIa }) => probabilityIa >= minProbability)
  if (maxProbability !== undefined) bounds.push(({ probabilityIa }) => probabilityIa <= maxProbability)
  if (minEpochs !== undefined) bounds.push(({ epochs }) => epochs >= minEpochs)
  if (minPhase !== undefined) bounds.push(({ phase }) => phase !== undefined && phase >= minPhase)
  if (maxPhase !== undefined) bounds.push(({ phase }) => phase !== undefined && phase <= maxPhase)
  const cone = coneOf(place)
  if (cone) {
    tests.push(change => {
      const place = placeOf(change)
      return place !== undefined && separationOf(cone, place) <= cone.radius
    })
  }
  if (bounds.length > 0) tests.push(change => isWithdrawal(change) || bounds.every(test => test(change)))
  return tests.length === 0 ? undefined : change => tests.every(test => test(change))
}
