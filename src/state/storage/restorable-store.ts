/** A state store whose commits can be carried elsewhere and brought back: the store below a changelog. */
import type { Entries, PackedCommit, Standing } from './packed-commit.ts'
import type { Commit, StateStore } from '../store.ts'

/** What a changelog gives back. */
export interface Restored {
  entries: Entries
  /** Where what is given ends with a commit. */
  standing?: Standing
  positions: Readonly<Record<string, unknown>>
}

export interface RestorableStore extends StateStore {
  /** The counters of the last commit. */
  readonly standing: Standing
  /** What a commit would write; nothing is written. One commit at a time: the next is packed when this one is applied. */
  pack (commit: Commit): PackedCommit
  /** @throws CandelaError as commit */
  apply (packed: PackedCommit): Promise<void>
  /**
   * Writes what other commits have written, in their order; the list of changes follows from the records.
   * @throws CandelaError `commit-failed`, `record-damaged`: nothing is stored then
   */
  restore (restored: Restored): Promise<void>
}
