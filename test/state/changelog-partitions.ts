/** Real stores of several partitions, and the changelog that they publish, with offsets as Kafka gives them. */
import type { TestContext } from 'node:test'
import type { ReceivedAlert } from '../../src/alert/alert.ts'
import { loadEngine } from '../../src/model/load-engine.ts'
import { changelogOf, withChangelog } from '../../src/state/storage/changelog.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import type { ChangelogPart } from '../../src/state/storage/replica/replica.ts'
import type { ReplicaEntry } from '../../src/state/storage/replica/part.ts'
import { createProcessor, type Processor } from '../../src/state/processor/processor.ts'
import type { StateStore } from '../../src/state/store.ts'
import type { ObjectReader, StoreStatistics } from '../../src/state/views.ts'
import { temporaryFolder, untrainedModel } from '../pipeline.ts'

export interface LoggedPartition {
  store: StateStore
  processor: Processor
  /** Everything that was published, in order. */
  log: ReplicaEntry[]
  /** The same commit by commit. */
  commits: ChangelogPart[]
}

export async function openPartitions (t: TestContext, count: number): Promise<LoggedPartition[]> {
  const model = untrainedModel()
  const network = (await loadEngine('wasm')).load(model.shape, model.weights, [])
  t.after(() => network.dispose())
  return Array.from({ length: count }, (_, partition) => {
    const kept = openLmdbStore(temporaryFolder(t))
    const log: ReplicaEntry[] = []
    const commits: ChangelogPart[] = []
    let next = 0n
    const store = withChangelog(kept, async packed => {
      const entries = changelogOf(packed).map(entry => ({ ...entry, offset: next++, time: 0 }))
      log.push(...entries)
      commits.push({ partition, entries, next })
      // The mark of Kafka's transaction.
      next++
      return {}
    })
    t.after(() => store.close())
    return { store, processor: createProcessor({ store, network, model }), log, commits }
  })
}

/** In batches of a few alerts, so that an object comes several times in some of them. */
export async function playInBatches ({ processor }: LoggedPartition, alerts: readonly ReceivedAlert[], batch: number): Promise<void> {
  for (let first = 0; first < alerts.length; first += batch) await processor.process(alerts.slice(first, first + batch))
}

/** What a reader serves, without the numbers of changes; lists by object. */
export function served (readers: readonly ObjectReader[], ids: readonly string[]): unknown {
  const pick = <Value> (read: (reader: ObjectReader) => Value | undefined): Value | undefined => readers.map(read).find(value => value !== undefined)
  const listed = readers.flatMap(reader => reader.candidates({ limit: 1e6 }).candidates)
  return {
    objects: ids.map(id => pick(reader => reader.object(id))),
    lightCurves: ids.map(id => pick(reader => reader.lightCurve(id))),
    histories: ids.map(id => pick(reader => reader.classifications(id))),
    listed: listed.map(({ sequence: _, ...candidate }) => candidate).sort((a, b) => a.diaObjectId < b.diaObjectId ? -1 : 1)
  }
}

/** The replica's own dead letters are not in the stores. */
export const counted = ({ deadLetters: _, ...statistics }: StoreStatistics): Omit<StoreStatistics, 'deadLetters'> => statistics
