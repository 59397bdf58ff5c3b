/**
 * The changelog of a state store: each commit is published elsewhere before it is written, as the values that it writes
 * by key and, last, a mark. Compacted by key, what is left gives the store back.
 */
import { pack, unpack } from 'msgpackr'
import { CandelaError, reasonIn } from '../../errors.ts'
import { DATA_FORMAT } from './data-file.ts'
import type { PackedCommit, Standing } from './packed-commit.ts'
import type { RestorableStore } from './restorable-store.ts'
import type { StateStore } from '../store.ts'
import type { Candidate, Withdrawal } from '../views.ts'

/** Key of the marks; ids of objects have no colon. */
export const MARK_KEY = ':commit'

export interface ChangelogEntry {
  key: string
  /** Null where the value is taken away. */
  value: Uint8Array | null
}

/** The end of a commit. */
export interface CommitMark {
  standing: Standing
  /** How far each source has been read with the commit. */
  positions: Readonly<Record<string, unknown>>
  /** The classifications that were published with the commit, in order. */
  candidates: readonly Candidate[]
  /** Those that stand no more, numbered among them; an older Candela does not say. */
  withdrawals?: readonly Withdrawal[]
}

/** The entries of a commit, the mark at the end. */
export function changelogOf ({ entries, standing, positions, candidates, withdrawals }: PackedCommit): ChangelogEntry[] {
  const mark = { format: DATA_FORMAT, standing, positions, candidates, ...withdrawals.length > 0 && { withdrawals } }
  return [...Array.from(entries, ([key, value]) => ({ key, value })), { key: MARK_KEY, value: pack(mark) }]
}

/** @throws CandelaError `changelog-format`, `changelog-damaged` */
export function readMark (value: Uint8Array): CommitMark {
  let mark: CommitMark & { format: number }
  try {
    mark = unpack(value) as CommitMark & { format: number }
    if (typeof mark.standing.sequence !== 'number') throw new Error('it has no counters')
  } catch (cause) {
    throw new CandelaError('changelog-damaged', `the end of a commit in the changelog cannot be read: ${reasonIn(cause)}`, {
      cause, action: 'See which program else writes to the topic of object records; Candela alone may.'
    })
  }
  if (mark.format !== DATA_FORMAT) {
    throw new CandelaError('changelog-format', `the changelog has format ${mark.format}, this Candela reads format ${DATA_FORMAT}`, {
      value: mark.format, action: 'Use the Candela version that wrote it, or other topics (--kafka-prefix) and read the alerts anew.'
    })
  }
  return mark
}

/** @returns what of the publication is kept with the commit: how far the changelog has been written */
export type PublishCommit = (packed: PackedCommit) => Promise<Readonly<Record<string, unknown>>>

/**
 * A store whose commits are published first and written then. Dead letters are published alone. Where the process ends
 * between the two, or the second fails, the store is behind what was published, and has to be restored before it is used.
 */
export function withChangelog (store: RestorableStore, publish: PublishCommit): StateStore {
  return {
    objects: store.objects,
    reader: store.reader,
    deadLetters: store.deadLetters,
    position: source => store.position(source),
    async commit (commit) {
      const packed = store.pack(commit)
      const positions = await publish(packed)
      const { replayed: _replayed, ...kept } = packed
      await store.apply({ ...kept, deadLetters: [], discarded: [], positions: { ...packed.positions, ...positions } })
    },
    close: () => store.close()
  }
}
