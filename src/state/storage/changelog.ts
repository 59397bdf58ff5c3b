/**
 * The changelog of a state store. Each commit is published before it is written: the values that it writes, by key, then
 * a mark. The store can be restored from the changelog, also after compaction by key.
 */
import { pack, unpack } from 'msgpackr'
import { CandelaError, reasonIn } from '../../errors.ts'
import { DATA_FORMAT } from './data-file.ts'
import type { PackedCommit, Counters } from './packed-commit.ts'
import type { RestorableStore } from './restorable-store.ts'
import type { Commit, StateStore } from '../store.ts'
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
 * A commit in the only order in which a crash loses nothing and counts nothing twice. Dead letters are published alone:
 * the store does not keep them.
 *
 * 1. Pack: what the commit changes, as bytes by key, and the counters after it. Nothing is changed yet.
 *    After a crash behind it, the source's position has not moved: the alerts are read again.
 * 2. Publish: outcomes, changelog and the source's position, all or nothing.
 *    After a crash within it, nobody ever sees a part of it; as behind 1. After a crash behind it, the store is behind the
 *    changelog by this commit: the store is restored from the position that it names, and the alerts are not read again.
 * 3. Write: the same values into the store, with their position in the changelog, in one transaction.
 *    After a crash within it, the store has nothing of it; as behind 2. After a crash behind it, nothing is left to do.
 *
 * A failure is as a crash: whether 2 was done is then not known, and the store is of no use before it is restored.
 */
export async function commitWithChangelog (store: RestorableStore, commit: Commit, publish: PublishCommit): Promise<void> {
  // 1.
  const packed = store.pack(commit)
  // 2.
  const published = await publish(packed)
  // 3.
  const { retried: _retried, ...kept } = packed
  await store.apply({ ...kept, deadLetters: [], discarded: [], positions: { ...packed.positions, ...published } })
}

/** A store that commits with its changelog. */
export function withChangelog (store: RestorableStore, publish: PublishCommit): StateStore {
  return {
    objects: store.objects,
    reader: store.reader,
    deadLetters: store.deadLetters,
    position: source => store.position(source),
    commit: commit => commitWithChangelog(store, commit, publish),
    close: () => store.close()
  }
}
