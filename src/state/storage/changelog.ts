/**
 * The changelog of a state store. Each commit is published before it is written: the values that it writes, by key, then
 * a mark. The store can be restored from the changelog, also after compaction by key.
 */
import { pack, unpack } from 'msgpackr'
import { CandelaError, reasonIn } from '../../errors.ts'
import { DATA_FORMAT } from './data-file.ts'
import type { PackedCommit, Counters } from './packed-commit.ts'
import type { RestorableStore } from './restorable-store.ts'
import type { StateStore } from '../store.ts'
import type { Candidate, Withdrawal } from '../views.ts'

/** Key of the marks; ids of objects have no colon. */
export const MARK_KEY = ':commit'

export interface ChangelogEntry {
  key: string
  /** Null where the value is removed. */
  value: Uint8Array | null
}

/** The end of a commit. */
export interface CommitMark {
  /** The counters; the changelog calls them `standing`. */
  standing: Counters
  /** How far each source has been read with the commit. */
  positions: Readonly<Record<string, unknown>>
  /** The classifications that were published with the commit, in order. */
  candidates: readonly Candidate[]
  /** The withdrawals of the commit, numbered with the classifications; absent in marks of older versions. */
  withdrawals?: readonly Withdrawal[]
}

/** The entries of a commit, ending with the mark. */
export function changelogOf ({ entries, counters, positions, candidates, withdrawals }: PackedCommit): ChangelogEntry[] {
  const mark = { format: DATA_FORMAT, standing: counters, positions, candidates, ...withdrawals.length > 0 && { withdrawals } }
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

/** @returns the position of the changelog, to be stored with the commit */
export type PublishCommit = (packed: PackedCommit) => Promise<Readonly<Record<string, unknown>>>

/**
 * A store that publishes a commit before it writes it. Dead letters are only published. Where the process ends after
 * publication, or the write fails, the store is behind the changelog and must be restored before it is used again.
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
      const { retried: _retried, ...kept } = packed
      await store.apply({ ...kept, deadLetters: [], discarded: [], positions: { ...packed.positions, ...positions } })
    },
    close: () => store.close()
  }
}
