/** The parameters of GET /v1/objects. */
import { z } from 'zod'
import { CANDIDATE_SORTS, type CandidateQuery } from '../../state/views.ts'
import { CONE_EXPECTED, coneOf, coneParameters, missingOfCone } from './cone.ts'
import { cursorParameter } from './cursor.ts'
import { boundOfPhase, foundSchema, integerBetween, numberBetween, probability, query, time } from '../schemas.ts'
import { listParameters } from '../table/lists.ts'

const epochs = integerBetween(0, Number.MAX_SAFE_INTEGER, 'a whole number, 0 or more')
const mjd = numberBetween(-1e6, 1e6, 'a time as MJD TAI [d]')

export const candidateQuery = query({
  minProbability: probability.optional().describe('Lowest P(Ia)').meta({ example: 0.9 }),
  maxProbability: probability.optional().describe('Highest P(Ia)').meta({ example: 0.99 }),
  minEpochs: epochs.optional().describe('Fewest epochs that the classification rests on').meta({ example: 10 }),
  maxEpochs: epochs.optional().describe('Most epochs that it rests on').meta({ example: 40 }),
  minRise: numberBetween(-1, 1, 'a number from -1 to 1').optional()
    .describe('Least rise of P(Ia) within a day, see `rise`; objects whose rise is null are left out').meta({ example: 0.2 }),
  minPhase: boundOfPhase.optional().describe('Least phase [d], see `phase`; objects without a phase are left out').meta({ example: -10 }),
  maxPhase: boundOfPhase.optional().describe('Greatest phase [d]; objects without a phase are left out').meta({ example: 0 }),
  since: time().optional().describe('Only objects whose newest classification was published after this time (ISO 8601)').meta({ example: '2026-05-01T00:00:00Z' }),
  minMidpointMjdTai: mjd.optional().describe('Earliest time of the newest point [d, MJD TAI]').meta({ example: 61160 }),
  maxMidpointMjdTai: mjd.optional().describe('Latest time of the newest point [d, MJD TAI]').meta({ example: 61190 }),
  minFirstDetectionMjdTai: mjd.optional().describe('Earliest time of the first detection [d, MJD TAI]: only objects that are young').meta({ example: 61170 }),
  maxFirstDetectionMjdTai: mjd.optional().describe('Latest time of the first detection [d, MJD TAI]').meta({ example: 61180 }),
  ...coneParameters,
  sort: z.enum(CANDIDATE_SORTS, { error: `one of ${CANDIDATE_SORTS.join(', ')}` }).optional()
    .describe('recency: newest change first. probability: greatest P(Ia) first. rise: greatest rise first, objects without one last. separation: nearest to the centre of the cone first. Where not given, separation for a cone and recency else').meta({ example: 'probability' }),
  cursor: cursorParameter.optional(),
  limit: integerBetween(1, 1000, 'a whole number from 1 to 1000').default(50).describe('Objects in a page; 50 where not given'),
  ...listParameters(foundSchema)
}).check(({ value, issues }) => {
  const refuse = (parameter: string, expected: string): void => {
    issues.push({ code: 'custom', path: [parameter], message: expected, input: value })
  }
  for (const [lowest, highest] of BOUNDS) if ((value[lowest] ?? -Infinity) > (value[highest] ?? Infinity)) refuse(highest, `a number that is not below ${lowest}`)
  const missing = missingOfCone(value)
  if (missing.length < 3) for (const name of missing) refuse(name, CONE_EXPECTED)
  if (missing.length === 3 && value.sort === 'separation') refuse('sort', 'recency, probability or rise where there is no cone (ra, dec, radius)')
})

const BOUNDS = [
  ['minProbability', 'maxProbability'], ['minEpochs', 'maxEpochs'], ['minPhase', 'maxPhase'], ['minMidpointMjdTai', 'maxMidpointMjdTai'], ['minFirstDetectionMjdTai', 'maxFirstDetectionMjdTai']
] as const

export type AskedCandidates = z.output<typeof candidateQuery>

/** The parameters that decide what is in the list, and in which order; the others only shape a page. */
export function listOf ({ ra, dec, radius, since, sort, cursor: _cursor, limit: _limit, fields: _fields, format: _format, ...filter }: AskedCandidates): Omit<CandidateQuery, 'after' | 'limit'> {
  const cone = coneOf({ ra, dec, radius })
  return { ...filter, since: since === undefined ? undefined : Date.parse(since), cone, sort: sort ?? (cone ? 'separation' : 'recency') }
}
