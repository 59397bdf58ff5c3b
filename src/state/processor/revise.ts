/** Classifies objects again without an alert: for a host redshift that somebody set, or another model. */
import { turns } from '../../alert/turns.ts'
import { CandelaError } from '../../errors.ts'
import type { BatchContext } from './batch.ts'
import { publishedOf } from '../record/probabilities.ts'
import type { HostRedshift } from '../record/record.ts'
import { NOTHING, type Commit } from '../store.ts'
import { planReplay, type ClassifiedUpdate } from '../record/update.ts'
import type { Classification, DeclineReason, NewChange } from '../views.ts'
import { LONGEST_TURN, runWavefrontInTurns, type StepJob } from './wavefront.ts'
import { WorkingRecord } from './working-record.ts'

/** A request to classify one object again. Its light curve is replayed where its host facts or its model differ. */
export interface Revision {
  diaObjectId: string
  /** The host redshift from now on; null removes the one that was set. */
  host?: HostRedshift | null
  /** Replay also where nothing differs, to replace the hidden states. */
  force?: boolean
}

export type RevisionOutcome = { diaObjectId: string } & (
  /** A new classification was published. */
  | { outcome: 'revised', classification: Classification }
  /** The published classification is unchanged. */
  | { outcome: 'unchanged' }
  | { outcome: 'declined', reason: DeclineReason }
  | { outcome: 'not-found' }
  /** The record cannot be read. */
  | { outcome: 'failed', error: CandelaError })

interface Pending {
  index: number
  record: WorkingRecord
  update: ClassifiedUpdate
  job: StepJob
}

/** Several revisions on their way to a commit; each object at most once. */
export class RevisionBatch {
  readonly #context: BatchContext
  readonly #revisions: readonly Revision[]
  readonly outcomes: RevisionOutcome[]
  readonly #records: WorkingRecord[] = []
  readonly #classifications: NewChange[] = []

  constructor (context: BatchContext, revisions: readonly Revision[]) {
    this.#context = context
    this.#revisions = revisions
    this.outcomes = new Array<RevisionOutcome>(revisions.length)
  }

  async run (): Promise<void> {
    const turn = turns(LONGEST_TURN)
    const pending: Pending[] = []
    for (const [index, revision] of this.#revisions.entries()) {
      pending.push(...this.#plan(revision, index))
      await turn()
    }
    await runWavefrontInTurns(this.#context.network, pending.map(({ job }) => job), turn)
    for (const stepped of pending) this.#publish(stepped)
  }

  #plan ({ diaObjectId, host, force = false }: Revision, index: number): Pending[] {
    const { store, key, network, clock } = this.#context
    try {
      const record = WorkingRecord.openKnown(store, diaObjectId)
      if (!record) {
        this.outcomes[index] = { diaObjectId, outcome: 'not-found' }
        return []
      }
      const { givenHost, model } = record.record
      const sameHost = host === undefined || (host?.redshift === givenHost?.redshift && host?.redshiftErr === givenHost?.redshiftErr)
      if (sameHost && model === key && !force) {
        this.outcomes[index] = { diaObjectId, outcome: 'unchanged' }
        return []
      }
      const update = planReplay(record.record, sameHost ? givenHost : host && { ...host, givenAt: clock() }, record, { key, bands: network.shape.bands, features: network.shape.features })
      if (update.outcome === 'classified') {
        const job = record.job(update)
        this.#records.push(record)
        return [{ index, record, update, job }]
      }
      // The reason of the newest alert goes before that of the replay.
      const reason = record.record.declined ?? update.reason
      const withdrawal = record.decline(update.updated, reason, key, clock)
      if (withdrawal) this.#classifications.push(withdrawal)
      this.#records.push(record)
      this.outcomes[index] = { diaObjectId, outcome: 'declined', reason }
    } catch (error) {
      if (!(error instanceof CandelaError)) throw error
      this.outcomes[index] = { diaObjectId, outcome: 'failed', error }
    }
    return []
  }

  #publish ({ index, record, update, job }: Pending): void {
    const { model, shares, key, clock } = this.#context
    const { diaObjectId } = record.record
    const said = publishedOf(model, job.tip!, shares(diaObjectId))
    if (record.repeat(update, job, said, model, key)) {
      this.outcomes[index] = { diaObjectId, outcome: 'unchanged' }
      return
    }
    const candidate = record.classify(update, job, said, model, key, clock())
    this.#classifications.push(candidate)
    const { ra: _ra, dec: _dec, ...classification } = candidate
    this.outcomes[index] = { diaObjectId, outcome: 'revised', classification }
  }

  toCommit (positions: Readonly<Record<string, unknown>>): Commit {
    return { ...NOTHING, records: this.#records.map(record => record.toWrite()), classifications: this.#classifications, positions }
  }
}
