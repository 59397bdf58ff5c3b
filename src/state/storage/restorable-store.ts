/** The state store behind a changelog: its commits can be published as bytes, and restored from them. */
import type { Entries, PackedCommit, Counters } from './packed-commit.ts'
import type { Commit, StateStore } from '../store.ts'

/** Values read from a changelog. */
export interface Restored {
  entries: Entries
  /** Present where the values end with a commit. */
  counters?: Counters
  positions: Readonly<Record<string, unknown>>
}

export interface RestorableStore extends StateStore {
  /** The counters of the last commit. */
  readonly counters: Counters
  /** Makes the bytes of a commit without writing them. One commit at a time: apply it before packing the next. */
  pack (commit: Commit): PackedCommit
  /** @throws CandelaError as commit */
  apply (packed: PackedCommit): Promise<void>
  /**
   * Writes values of a changelog, in its order. The list of changes is made from the records.
   * @throws CandelaError `commit-failed`, `record-damaged`: nothing is stored then
   */
  restore (restored: Restored): Promise<void>
}
