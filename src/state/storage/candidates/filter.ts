/** Which candidates a query lets pass. */
import type { CandidateQuery } from '../../views.ts'
import type { ListedCandidate } from './entry.ts'

export type Filter = (candidate: ListedCandidate) => boolean

/** A bound that is given is not passed by a value that is null or absent. */
export function filterOf (query: CandidateQuery): Filter {
  const { minProbability, maxProbability, minEpochs, maxEpochs, minRise, minPhase, maxPhase, since, minMidpointMjdTai, maxMidpointMjdTai, minFirstDetectionMjdTai, maxFirstDetectionMjdTai } = query
  const within = (value: number | null, lowest: number | undefined, highest: number | undefined): boolean =>
    (lowest === undefined || (value !== null && value >= lowest)) && (highest === undefined || (value !== null && value <= highest))
  return ({ probabilityIa, epochs, rise, phase = null, midpointMjdTai, firstDetectionMjdTai, publishedAt }) =>
    within(probabilityIa, minProbability, maxProbability) && within(epochs, minEpochs, maxEpochs) && within(rise, minRise, undefined) && within(phase, minPhase, maxPhase) &&
    within(midpointMjdTai, minMidpointMjdTai, maxMidpointMjdTai) && within(firstDetectionMjdTai, minFirstDetectionMjdTai, maxFirstDetectionMjdTai) &&
    (since === undefined || Date.parse(publishedAt) > since)
}
