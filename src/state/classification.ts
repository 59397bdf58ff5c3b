/** Classifications as they are published, from the history as it is kept. */
import { classifierOf } from '../model/model-key.ts'
import type { ObjectRecord, Publication } from './record.ts'
import type { Candidate, Classification } from './views.ts'

export const toClassification = (diaObjectId: string, { probabilityIa, epochs, midpointMjdTai, revision, model, publishedAt }: Publication): Classification => ({
  diaObjectId,
  probabilityIa,
  epochs,
  midpointMjdTai,
  revision,
  ...classifierOf(model),
  publishedAt: new Date(publishedAt).toISOString()
})

/** What stands in the list of changes for a record; undefined where nothing was published. */
export function candidateOf ({ diaObjectId, ra, dec, publications }: ObjectRecord): Omit<Candidate, 'sequence'> | undefined {
  const newest = publications.at(-1)
  return newest && { ...toClassification(diaObjectId, newest), ra, dec }
}
