/** An entry of the list of changes: the newest classification of an object, by the number of its change. */
import { unpack } from 'msgpackr'
import type { Candidate } from '../views.ts'

export interface ListedCandidate extends Candidate {
  /** It came from another store's archive: it stands behind others that were published after it. */
  late?: true
  /** Number of the move that gave it another position while its number stayed. */
  moved?: number
}

export const unpackListed = (value: Uint8Array): ListedCandidate => unpack(value) as ListedCandidate

export function candidateIn ({ late: _late, moved: _moved, ...candidate }: ListedCandidate): Candidate {
  return candidate
}
