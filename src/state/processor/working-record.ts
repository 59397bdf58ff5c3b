/** A record while a batch changes it, with the blocks beside it that are to be written. */
import type { StoredPoint } from '../../light-curve/stored-point.ts'
import type { Model } from '../../model/model-file.ts'
import { modelName } from '../../model/model-key.ts'
import { candidateOf, withdrawalOf } from '../record/classification.ts'
import { sameProbabilities } from '../record/probabilities.ts'
import { BLOCK_LENGTH, closedBlocks, fixedFactsOf, newRecord, type ObjectRecord, type Publication, type PublishedProbabilities } from '../record/record.ts'
import { Checkpoints } from '../record/checkpoints.ts'
import type { RecordWrite, StateStore } from '../store.ts'
import type { ClassifiedUpdate, RecordParts, UpdatedRecord } from '../record/update.ts'
import type { DeclineReason, NewCandidate, NewWithdrawal } from '../views.ts'
import type { StepJob } from './wavefront.ts'

export class WorkingRecord implements RecordParts {
  readonly record: ObjectRecord
  readonly checkpoints: Checkpoints
  changed = false
  readonly #store: StateStore
  readonly #storedBlocks: number
  /** Points of the blocks that were closed when they were last written as a whole; undefined while not read. */
  #closed: readonly StoredPoint[] | undefined
  #closedSince: readonly StoredPoint[] = []
  readonly #pointBlocks = new Map<number, readonly StoredPoint[]>()
  readonly #publicationBlocks = new Map<number, readonly Publication[]>()

  private constructor (store: StateStore, record: ObjectRecord, isNew: boolean) {
    this.#store = store
    this.record = record
    this.#storedBlocks = record.closedPointBlocks
    this.checkpoints = new Checkpoints(() => isNew ? [] : store.objects.checkpoints(record.diaObjectId))
  }

  /**
   * @param model key of the model in use, see modelKey, for a new record
   * @throws CandelaError `record-damaged`
   */
  static open (store: StateStore, diaObjectId: string, model: string): WorkingRecord {
    return WorkingRecord.openKnown(store, diaObjectId) ?? new WorkingRecord(store, newRecord(diaObjectId, model), true)
  }

  /** @throws CandelaError `record-damaged` */
  static openKnown (store: StateStore, diaObjectId: string): WorkingRecord | null {
    const record = store.objects.get(diaObjectId)
    return record ? new WorkingRecord(store, record, false) : null
  }

  readonly closedPoints = (): readonly StoredPoint[] => {
    this.#closed ??= this.#store.objects.closedPoints(this.record.diaObjectId, this.#storedBlocks)
    return [...this.#closed, ...this.#closedSince]
  }

  readonly #publicationBlock = (diaObjectId: string, block: number): readonly Publication[] =>
    this.#publicationBlocks.get(block) ?? this.#store.objects.publicationBlock(diaObjectId, block)

  /** Adopts merged points and facts, and closes blocks that have grown long. */
  #take ({ points, whole, changedFrom, firstDetectionMjdTai, ra, dec, positionMjdTai, host, context, factsMjdTai, firstContext, firstMjdTai, givenHost }: UpdatedRecord): void {
    const { record } = this
    const firstBlock = whole ? 0 : record.closedPointBlocks
    const blocks = closedBlocks(firstBlock * BLOCK_LENGTH + points.length)
    for (let block = firstBlock; block < blocks; block++) {
      const at = (block - firstBlock) * BLOCK_LENGTH
      const content = points.slice(at, at + BLOCK_LENGTH)
      if (block >= record.closedPointBlocks || content.at(-1)!.midpointMjdTai >= changedFrom) this.#pointBlocks.set(block, content)
    }
    const closing = points.slice(0, (blocks - firstBlock) * BLOCK_LENGTH)
    if (whole) {
      this.#closed = closing
      this.#closedSince = []
    } else {
      this.#closedSince = [...this.#closedSince, ...closing]
    }
    Object.assign(record, { firstDetectionMjdTai, ra, dec, positionMjdTai, host, context, factsMjdTai, firstContext, firstMjdTai, givenHost })
    record.openPoints = points.slice(closing.length)
    record.closedPointBlocks = blocks
    this.changed = true
  }

  /** Adopts what a duplicate brings beside known points: newer facts, a newer processing. */
  absorb (updated: UpdatedRecord): void {
    this.#take(updated)
  }

  /**
   * @param model key of the model in use, see modelKey
   * @param clock [ms since 1970, UTC]
   * @returns the withdrawal, where the object lost its classification
   */
  decline (updated: UpdatedRecord, reason: DeclineReason, model: string, clock: () => number): NewWithdrawal | null {
    this.#take(updated)
    const { record } = this
    const had = record.tip !== null
    if (updated.statesLost) {
      record.tip = null
      record.model = model
      this.checkpoints.rewind(null)
    }
    if (record.tip === null) record.declined = reason
    return had && record.tip === null ? withdrawalOf(record, clock()) : null
  }

  /** What is to be stepped for an update. */
  job ({ from, steps, updated }: ClassifiedUpdate): StepJob {
    if (from === null || from !== this.record.tip) this.checkpoints.rewind(from)
    return { facts: fixedFactsOf(updated), steps, tip: from, checkpoints: this.checkpoints }
  }

  /**
   * @param job after its steps
   * @param said what the model says after them
   * @param key of the model in use, see modelKey
   * @param publishedAt [ms since 1970, UTC]
   */
  classify (update: ClassifiedUpdate, job: StepJob, said: PublishedProbabilities, model: Pick<Model, 'name' | 'version'>, key: string, publishedAt: number): NewCandidate {
    this.#adopt(update, job, key)
    const { record } = this
    const tip = job.tip!
    if (update.revised) record.revision++
    const publication: Publication = {
      publishedAt: Math.max(publishedAt, record.publications.at(-1)?.publishedAt ?? 0),
      ...said,
      epochs: tip.steps,
      midpointMjdTai: tip.midpointMjdTai,
      revision: record.revision,
      model: modelName(model)
    }
    this.#publish(publication)
    return candidateOf(record, this.#publicationBlock)!
  }

  /** Adopts only the hidden states, where classify would repeat the newest publication. @returns whether it did */
  repeat (update: ClassifiedUpdate, job: StepJob, said: PublishedProbabilities, model: Pick<Model, 'name' | 'version'>, key: string): boolean {
    const last = this.record.publications.at(-1)
    const { steps, midpointMjdTai } = job.tip!
    // In a history of several lives the newest revision can be below the record's.
    const repeats = this.record.tip !== null && last !== undefined && last.model === modelName(model) && last.revision === this.record.revision &&
      sameProbabilities(last, said) && last.epochs === steps && last.midpointMjdTai === midpointMjdTai
    if (repeats) this.#adopt(update, job, key)
    return repeats
  }

  #adopt ({ updated }: ClassifiedUpdate, { tip }: StepJob, key: string): void {
    this.#take(updated)
    Object.assign(this.record, { tip, model: key, declined: null })
  }

  #publish (publication: Publication): void {
    const { record } = this
    const publications = [...record.publications, publication]
    const blocks = closedBlocks(record.closedPublicationBlocks * BLOCK_LENGTH + publications.length)
    if (blocks > record.closedPublicationBlocks) {
      this.#publicationBlocks.set(record.closedPublicationBlocks, publications.splice(0, BLOCK_LENGTH))
      record.closedPublicationBlocks = blocks
    }
    record.publications = publications
  }

  toWrite (): RecordWrite {
    return {
      record: this.record,
      pointBlocks: this.#pointBlocks,
      publicationBlocks: this.#publicationBlocks,
      ...this.checkpoints.changed && { checkpoints: this.checkpoints.states }
    }
  }
}
