/** Alerts and revisions in, records and classifications out: merge, step, commit. */
import type { ReceivedAlert } from '../../alert/alert.ts'
import type { SharesOfObject } from '../../model/class-shares.ts'
import type { Network } from '../../model/engine.ts'
import type { Model } from '../../model/model-file.ts'
import { modelKey, modelName } from '../../model/model-key.ts'
import { Batch, type BatchContext } from './batch.ts'
import type { AlertOutcome } from '../outcome.ts'
import { RevisionBatch, type Revision, type RevisionOutcome } from './revise.ts'
import type { StateStore } from '../store.ts'

export type { AlertOutcome } from '../outcome.ts'
export type { Revision, RevisionOutcome } from './revise.ts'

export interface Processor {
  /** name/version of the model in use. */
  readonly model: string
  /**
   * Processes alerts in order and commits them, with the source's position, in one transaction. One call at a time.
   * The outcome of an alert does not depend on how alerts are cut into batches.
   * @param commit commits in place of the store
   * @returns one outcome an alert, in order
   * @throws CandelaError `commit-failed`: nothing of the batch is stored
   */
  process (alerts: readonly ReceivedAlert[], positions?: Readonly<Record<string, unknown>>, commit?: StateStore['commit']): Promise<AlertOutcome[]>
  /**
   * Classifies objects anew without an alert, in the same batches as alerts are. One call at a time, not while
   * alerts are processed.
   * @param revisions each object once
   * @returns one outcome a revision, in order
   * @throws CandelaError `commit-failed`: nothing of the batch is stored
   */
  revise (revisions: readonly Revision[], positions?: Readonly<Record<string, unknown>>): Promise<RevisionOutcome[]>
}

export interface ProcessorOptions {
  store: StateStore
  network: Network
  model: Model
  /** The class shares of the sky that an object is on; those of the training where not given. */
  shares?: SharesOfObject
  /** Milliseconds since 1970, UTC. */
  now?: () => number
}

export function createProcessor ({ store, network, model, shares = () => null, now = Date.now }: ProcessorOptions): Processor {
  // The history and the list of changes are in the order of their times, also where the system's clock steps back.
  let latest = Date.parse(store.reader.candidates({ limit: 1 }).candidates[0]?.publishedAt ?? '') || 0
  const clock = (): number => {
    latest = Math.max(latest, now())
    return latest
  }
  const context: BatchContext = { store, network, model, shares, key: modelKey(model), clock }
  return {
    model: modelName(model),
    async process (alerts, positions = {}, commit = commit => store.commit(commit)) {
      const batch = new Batch(context, alerts)
      await batch.run()
      await commit(batch.toCommit(positions))
      return batch.outcomes
    },
    async revise (revisions, positions = {}) {
      const batch = new RevisionBatch(context, revisions)
      await batch.run()
      await store.commit(batch.toCommit(positions))
      return batch.outcomes
    }
  }
}
