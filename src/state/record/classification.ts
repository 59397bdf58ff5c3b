/** Makes published classifications of the stored history. */
import { isPosition } from '../../alert/points/points.ts'
import { CandelaError } from '../../errors.ts'
import { classifierOf } from '../../model/model-key.ts'
import { classProbabilities } from './probabilities.ts'
import { PROBABILITY_STEPS, type ObjectRecord, type Publication } from './record.ts'
import type { Classification, NewCandidate, NewWithdrawal } from '../views.ts'

export const toClassification = (diaObjectId: string, { probabilityIa, probabilityIaErr, classes, phase, epochs, midpointMjdTai, revision, model, publishedAt }: Publication): Classification => ({
  diaObjectId,
  probabilityIa,
  ...probabilityIaErr !== undefined && { probabilityIaErr },
  ...classes && { classProbabilities: classProbabilities(classes), classShares: classes.shares },
  ...phase,
  epochs,
  midpointMjdTai,
  revision,
  ...classifierOf(model),
  publishedAt: new Date(publishedAt).toISOString()
})

/** The position of a record as readers see it: null where it is not known. */
export const shownPosition = ({ ra, dec }: { ra: number, dec: number }): { ra: number | null, dec: number | null } =>
  isPosition(ra, dec) ? { ra, dec } : { ra: null, dec: null }

/** Most publications searched for a rise; more than these within a day are not expected. */
const MOST_LOOKED_AT = 100
/** The interval of a rise [d]. */
const RISE_DAYS = 1

/** The publications in a closed block beside a record. */
export type PublicationBlock = (diaObjectId: string, block: number) => readonly Publication[]

/** The published history in a record. */
type Published = Pick<ObjectRecord, 'diaObjectId' | 'publications' | 'closedPublicationBlocks'>

function * newestFirst ({ diaObjectId, publications, closedPublicationBlocks }: Published, blockOf: PublicationBlock): Generator<Publication> {
  yield * publications.toReversed()
  for (let block = closedPublicationBlocks - 1; block >= 0; block--) yield * blockOf(diaObjectId, block).toReversed()
}

/**
 * The newest P(Ia) minus the one that stood a day before its newest point: of the last classification that rests on
 * points at least a day older. To seven decimals.
 * @returns null where there is none among the newest hundred, or where that part of the history cannot be read
 */
export function riseOf (record: Published, blockOf: PublicationBlock): number | null {
  const newest = record.publications.at(-1)
  if (!newest) return null
  try {
    let seen = 0
    for (const { midpointMjdTai, probabilityIa } of newestFirst(record, blockOf)) {
      if (midpointMjdTai <= newest.midpointMjdTai - RISE_DAYS) return Math.round((newest.probabilityIa - probabilityIa) * PROBABILITY_STEPS) / PROBABILITY_STEPS
      if (++seen === MOST_LOOKED_AT) return null
    }
    return null
  } catch (error) {
    if (error instanceof CandelaError) return null
    throw error
  }
}

/** The entry of a record in the list of changes; undefined where nothing was published. */
export function candidateOf (record: Published & Pick<ObjectRecord, 'ra' | 'dec' | 'firstDetectionMjdTai'>, blockOf: PublicationBlock): NewCandidate | undefined {
  const { diaObjectId, firstDetectionMjdTai, publications } = record
  const newest = publications.at(-1)
  return newest && { ...toClassification(diaObjectId, newest), ...shownPosition(record), firstDetectionMjdTai, rise: riseOf(record, blockOf) }
}

/**
 * The entry of an object that lost its classification.
 * @param publishedAt [ms since 1970, UTC]
 */
export const withdrawalOf = ({ diaObjectId, ra, dec, declined, revision }: Pick<ObjectRecord, 'diaObjectId' | 'ra' | 'dec' | 'declined' | 'revision'>, publishedAt: number): NewWithdrawal =>
  ({ diaObjectId, ...shownPosition({ ra, dec }), reason: declined ?? 'no-detection', revision, publishedAt: new Date(publishedAt).toISOString() })
