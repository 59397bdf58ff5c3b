/** Sets the redshift of an object's host galaxy, and replays the object's light curve with it. */
import type { Processor } from './processor.ts'
import type { HostRedshift } from '../record/record.ts'

/**
 * Sets a redshift, or removes the one that was set (null). The change is committed when the promise resolves.
 * @returns whether the object is known
 * @throws CandelaError `record-damaged`, `shutting-down`, `commit-failed`: the object is unchanged
 */
export type GiveHost = (diaObjectId: string, host: HostRedshift | null) => Promise<boolean>

/** @param processor that several sources may use at a time */
export const hostGiver = (processor: Pick<Processor, 'revise'>): GiveHost => async (diaObjectId, host) => {
  const [revised] = await processor.revise([{ diaObjectId, host }])
  if (revised?.outcome === 'failed') throw revised.error
  return revised?.outcome !== 'not-found'
}
