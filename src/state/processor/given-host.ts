/** A redshift that somebody gives for an object's host galaxy: replayed as a revision. */
import type { Processor } from './processor.ts'
import type { HostRedshift } from '../record/record.ts'

/**
 * Gives a redshift, or takes back the one that was given (null). It is committed when the promise resolves.
 * @returns whether the object is known
 * @throws CandelaError `record-damaged`, `shutting-down`, `commit-failed`: the object stands as it did
 */
export type GiveHost = (diaObjectId: string, host: HostRedshift | null) => Promise<boolean>

/** @param processor may be used by several sources at a time */
export const hostGiver = (processor: Pick<Processor, 'revise'>): GiveHost => async (diaObjectId, host) => {
  const [revised] = await processor.revise([{ diaObjectId, host }])
  if (revised?.outcome === 'failed') throw revised.error
  return revised?.outcome !== 'not-found'
}
