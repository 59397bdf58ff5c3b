/**
 * The task of one partition of photometry: its state store, its transactions, its processor. Outcomes, input offset and
 * changelog change in one Kafka transaction; the local store follows.
 */
import type kafkajs from 'kafkajs'
import { turns } from '../../../alert/turns.ts'
import { CandelaError } from '../../../errors.ts'
import type { SharesOfObject } from '../../../model/class-shares.ts'
import type { Network } from '../../../model/engine.ts'
import type { Model } from '../../../model/model-file.ts'
import { commitWithChangelog, withChangelog } from '../../../state/storage/changelog.ts'
import type { PackedCommit } from '../../../state/storage/packed-commit.ts'
import { createProcessor, type Processor } from '../../../state/processor/processor.ts'
import type { RestorableStore } from '../../../state/storage/restorable-store.ts'
import { serialized, type SerializedProcessor } from '../../../state/processor/serialized.ts'
import { NOTHING, type Commit, type PackedObject, type StateStore } from '../../../state/store.ts'
import { keptObject, takenBack, type TakenBack } from '../../../state/record/incoming-object.ts'
import { wholeWrite } from '../../../state/record/whole-object.ts'
import type { StoreStatistics } from '../../../state/views.ts'
import type { Measures } from '../../measures.ts'
import type { Compression } from '../../../kafka-settings.ts'
import { handoverRecord, readHandover } from './handover.ts'
import { outgoing, type TopicOutput } from './outgoing.ts'
import { partitionOf } from '../client/partitions.ts'
import { CHANGELOG, openRestored, type ChangelogPosition } from './restore.ts'
import type { OwnTopics } from '../role.ts'
import { takeAlert, type TakenAlert, type TakeOptions } from './photometry-alert.ts'
import { Transactions, type OutgoingRecord } from './transactions.ts'

/** Name of the store's position in its partition of photometry: the offset of the next record, in digits. */
const INPUT = 'photometry'

/** Decoding yields to heartbeats and HTTP after this time [ms]. */
const LONGEST_TURN = 20

export interface TaskOptions extends TakeOptions {
  kafka: kafkajs.Kafka
  brokers: readonly string[]
  /** Id of the Kafka cluster. */
  cluster: string
  own: OwnTopics
  partition: number
  /** How many partitions photometry has now. */
  partitions: () => number
  /** Consumer group of the tasks. */
  group: string
  /** Of the partition's state store. */
  folder: string
  network: Network
  model: Model
  shares: SharesOfObject
  outputs: readonly TopicOutput[]
  compression: Compression
  measures: Measures
  /** Aborts the restore. */
  signal: AbortSignal
}

/** A commit that Kafka has. */
interface PublishedCommit {
  /** End of its changelog. */
  position: ChangelogPosition
  /** Begin and end of the publication, by the clock of performance.now() [ms]. */
  began: number
  ended: number
  /** Its end [ms since 1970, UTC]. */
  time: number
}

export class PartitionTask {
  /** Commits through the changelog. */
  readonly store: StateStore
  readonly #options: TaskOptions
  readonly #kept: RestorableStore
  readonly #transactions: Transactions
  readonly #processor: Processor
  readonly #turns: SerializedProcessor
  /** Offset of the next record of photometry; null where none was ever processed. */
  #position: bigint | null

  private constructor (options: TaskOptions, kept: RestorableStore, transactions: Transactions) {
    const { network, model, shares } = options
    this.#options = options
    this.#kept = kept
    this.#transactions = transactions
    const position = kept.position(INPUT) as string | undefined
    this.#position = position === undefined ? null : BigInt(position)
    this.store = withChangelog(kept, async packed => ({ [CHANGELOG]: (await this.#publish(packed)).position }))
    this.#processor = createProcessor({ store: this.store, network, model, shares })
    this.#turns = serialized(this.#processor)
  }

  /**
   * Fences the process that had the partition before, and restores its state.
   * @throws CandelaError as openRestored; kafkajs's errors; the signal's reason
   */
  static async open (options: TaskOptions): Promise<PartitionTask> {
    const { kafka, brokers, cluster, own, partition, group, folder, compression, measures, signal } = options
    const transactions = new Transactions({ kafka, brokers, transactionalId: `${group}-${partition}`, compression })
    try {
      await transactions.begin()
      const began = performance.now()
      let restored = false
      const store = await openRestored({
        kafka,
        cluster,
        topic: own.objectRecords,
        partition,
        folder,
        group,
        signal,
        onRecords (records) {
          restored = true
          measures.restoring('classify', records)
        }
      })
      if (restored) measures.restored('classify', performance.now() - began)
      return new PartitionTask(options, store, transactions)
    } catch (error) {
      await transactions.close()
      throw error
    }
  }

  get position (): bigint | null {
    return this.#position
  }

  /** A handover counts as an archived object in the old partition and against one in the new partition: the sum does not change. */
  statistics (): StoreStatistics {
    return { ...this.#kept.reader.statistics(), archivedObjects: this.#kept.counters.tally.archivedObjects }
  }

  /**
   * Does something that commits at most once, in turn.
   * @throws CandelaError `commit-failed`, `shutting-down`; kafkajs's errors; the signal's reason. But for `shutting-down`
   *   the task is unusable afterwards; the task that replaces it finds out what was committed
   */
  async inTurn<Result> (work: (processor: Processor) => Promise<Result>): Promise<Result> {
    return await this.#turns.inTurn(() => work(this.#processor))
  }

  /**
   * Processes alerts of photometry in order and commits them together. Alerts of another partition are forwarded to it.
   * @param signal ends waiting for a schema registry
   * @throws as inTurn; the signal's reason where it aborts before the commit
   */
  async process (records: readonly kafkajs.KafkaMessage[], signal: AbortSignal): Promise<void> {
    const { own: { photometry }, partition, measures } = this.#options
    const began = performance.now()
    const here: TakenAlert[] = []
    const beside: OutgoingRecord[] = []
    const turn = turns(LONGEST_TURN)
    for (const record of records) {
      await turn()
      const taken = await takeAlert(record, `${photometry}/${partition}@${record.offset}`, this.#options, signal)
      const { received } = taken
      const id = 'alert' in received ? received.alert.diaObjectId : null
      const home = id === null ? partition : this.#homeOf(id)
      if (home === partition) here.push(taken)
      else beside.push({ topic: photometry, partition: home, key: id!, value: record.value, timestamp: record.timestamp })
    }
    const decoded = performance.now()
    let published: PublishedCommit | undefined
    const outcomes = await this.inTurn(processor => processor.process(here.map(({ received }) => received), positionAt(records), async commit => {
      published = await this.#commit(commit, beside)
    }))
    this.#position = nextOf(records)
    const stored = performance.now()
    const publication = published!
    measures.outcomes(outcomes)
    measures.batch(here.length)
    measures.batchTime('decode', decoded - began)
    measures.batchTime('process', publication.began - decoded)
    measures.batchTime('publish', publication.ended - publication.began)
    measures.batchTime('store', stored - publication.ended)
    for (const { appendedAt, surveyPublishedAt } of here) {
      measures.latency('classify', appendedAt, publication.time)
      measures.latency('total', surveyPublishedAt ?? appendedAt, publication.time)
    }
  }

  /**
   * Takes in objects that other partitions have handed over; each object at most once among the records.
   * @throws as inTurn, and as readHandover
   */
  async adopt (records: readonly kafkajs.KafkaMessage[]): Promise<void> {
    const stale = await this.inTurn(async () => {
      const taken = records.map(record => takenHandover(this.store, readHandover(record)))
      await this.store.commit({ ...NOTHING, records: taken.flatMap(({ write }) => write ?? []), takenBack: true, positions: positionAt(records) })
      return taken.filter(({ stale }) => stale).map(({ diaObjectId }) => ({ diaObjectId, force: true }))
    })
    this.#position = nextOf(records)
    if (stale.length > 0) await this.inTurn(processor => processor.revise(stale))
  }

  /**
   * Hands objects over to the partitions that they belong to.
   * @returns how many; objects whose records cannot be read stay
   * @throws as inTurn
   */
  async handOver (ids: readonly string[]): Promise<number> {
    const { own: { photometry } } = this.#options
    return await this.#turns.inTurn(async () => {
      const objects = ids.flatMap(id => readableObject(this.store, id) ?? [])
      const handovers = objects.map(object => handoverRecord(object, photometry, this.#homeOf(object.diaObjectId)))
      if (objects.length > 0) await this.#commit({ ...NOTHING, archived: objects.map(({ diaObjectId }) => diaObjectId) }, handovers)
      return objects.length
    })
  }

  /** Whether an object belongs to another partition. */
  isElsewhere (diaObjectId: string): boolean {
    return this.#homeOf(diaObjectId) !== this.#options.partition
  }

  #homeOf (diaObjectId: string): number {
    return partitionOf(diaObjectId, this.#options.partitions())
  }

  /**
   * As the store commits, see commitWithChangelog for the order.
   * @param beside records of photometry for other partitions, published with the commit
   */
  async #commit (commit: Commit, beside: readonly OutgoingRecord[]): Promise<PublishedCommit> {
    let published: PublishedCommit | undefined
    await commitWithChangelog(this.#kept, commit, async packed => {
      published = await this.#publish(packed, beside)
      return { [CHANGELOG]: published.position }
    })
    return published!
  }

  /** One transaction in Kafka: outcomes, dead letters, changelog, what lies beside, and the offset of the input. */
  async #publish (packed: PackedCommit, beside: readonly OutgoingRecord[] = []): Promise<PublishedCommit> {
    const { own, partition, outputs, group, cluster } = this.#options
    const next = packed.positions[INPUT] as string | undefined
    const began = performance.now()
    const records = [...beside, ...outgoing(packed, { own, partition, outputs, now: Date.now() })]
    const ends = await this.#transactions.publish(records, next === undefined ? undefined : { group, topic: own.photometry, partition, offset: BigInt(next) })
    const time = Date.now()
    const offset = String(ends.get(`${own.objectRecords}/${partition}`))
    return { position: { cluster, topic: own.objectRecords, offset, time }, began, ended: performance.now(), time }
  }

  /** Refuses new work; resolves when work in progress is committed or has failed. */
  async close (): Promise<void> {
    await this.#turns.close()
    await this.#transactions.close()
    await this.#kept.close()
  }
}

const nextOf = (records: readonly kafkajs.KafkaMessage[]): bigint => BigInt(records.at(-1)!.offset) + 1n
const positionAt = (records: readonly kafkajs.KafkaMessage[]): Readonly<Record<string, string>> => ({ [INPUT]: String(nextOf(records)) })

/**
 * A handed over object is complete, so it replaces a damaged record. One that this partition has all of already is written
 * again: the old partition counted that it left, and each commit counts the objects that came.
 */
function takenHandover (store: StateStore, object: PackedObject): TakenBack & { diaObjectId: string } {
  const { diaObjectId } = object
  try {
    const kept = keptObject(store, diaObjectId)
    const taken = takenBack(kept, object)
    return { ...taken, write: taken.write ?? (kept ? wholeWrite(kept) : null), diaObjectId }
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    return { ...takenBack(undefined, object), diaObjectId }
  }
}

function readableObject (store: StateStore, diaObjectId: string): PackedObject | undefined {
  try {
    return keptObject(store, diaObjectId) && store.objects.packed(diaObjectId)
  } catch (error) {
    if (error instanceof CandelaError) return undefined
    throw error
  }
}
