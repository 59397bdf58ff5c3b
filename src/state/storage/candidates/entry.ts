/**
 * An entry of the list of changes, by the number of its change: the newest classification of an object, or that it has
 * none any more.
 */
import { unpack } from 'msgpackr'
import { isWithdrawal, type Candidate, type Change, type Withdrawal } from '../../views.ts'

export interface ListedCandidate extends Candidate {
  /** It stands behind others that were published after it, see ObjectRecord. */
  late?: true
  /** Number of the move that gave it another position while its number stayed. */
  moved?: number
}

const unpackEntry = (value: Uint8Array): ListedCandidate | Withdrawal => unpack(value) as ListedCandidate | Withdrawal

/** @returns undefined where it is no classification */
export function unpackListed (value: Uint8Array): ListedCandidate | undefined {
  const entry = unpackEntry(value)
  return isWithdrawal(entry) ? undefined : entry
}

/** @returns undefined where it is a classification */
export function unpackWithdrawal (value: Uint8Array): Withdrawal | undefined {
  const entry = unpackEntry(value)
  return isWithdrawal(entry) ? entry : undefined
}

export function unpackChange (value: Uint8Array): Change {
  const entry = unpackEntry(value)
  return isWithdrawal(entry) ? entry : candidateIn(entry)
}

export function candidateIn ({ late: _late, moved: _moved, ...candidate }: ListedCandidate): Candidate {
  return candidate
}
