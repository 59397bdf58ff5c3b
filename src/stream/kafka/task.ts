/**
 * One partition of photometry: its state store, its transactions, its processor. What it publishes, how far it has read
 * and what it keeps change in one transaction of Kafka; its own store follows.
 */
import type kafkajs from 'kafkajs'
import type { Network } from '../../model/engine.ts'
import type { Model } from '../../model/model-file.ts'
import { withChangelog } from '../../state/changelog.ts'
import type { PackedCommit } from '../../state/packed-commit.ts'
import { createProcessor } from '../../state/processor.ts'
import type { RestorableStore } from '../../state/restorable-store.ts'
import { serialized, type SerializedProcessor } from '../../state/serialized.ts'
import type { StateStore } from '../../state/store.ts'
import type { StoreStatistics } from '../../state/views.ts'
import type { Measures } from '../measures.ts'
import type { Compression } from './codecs.ts'
import { outgoing, type AlertFacts, type TopicOutput } from './outgoing.ts'
import { CHANGELOG, openRestored, type ChangelogPosition } from './restore.ts'
import type { OwnTopics } from './role.ts'
import { takeAlert, type TakenAlert, type TakeOptions } from './taken-alert.ts'
import { Transactions } from './transactions.ts'

/** Name of the store's position in its partition of photometry: the offset of the next record, in digits. */
const INPUT = 'photometry'

export interface TaskOptions extends TakeOptions {
  kafka: kafkajs.Kafka
  /** Id of the Kafka cluster. */
  cluster: string
  own: OwnTopics
  partition: number
  /** Consumer group of the tasks. */
  group: string
  /** Of the partition's state store. */
  folder: string
  network: Network
  model: Model
  outputs: readonly TopicOutput[]
  compression: Compression
  measures: Measures
  /** Aborts a restoration, and the waiting for a schema registry. */
  signal: AbortSignal
}

/** Alerts on their way to a commit. */
interface BatchInHand {
  facts: readonly AlertFacts[]
  /** Offset behind them. */
  next: bigint
  /** Begin and end of their publication, by the clock of performance.now() [ms]. */
  publishing: number
  published: number
  /** [ms since 1970, UTC] */
  publishedAt: number
}

export class PartitionTask {
  readonly #options: TaskOptions
  readonly #store: RestorableStore
  readonly #transactions: Transactions
  /** For commits that come from no alert. */
  readonly processor: SerializedProcessor
  /** The store behind the changelog. */
  readonly store: StateStore
  /** Offset of the next record of photometry; null where none was ever processed. */
  #position: bigint | null
  #batch: BatchInHand | null = null

  private constructor (options: TaskOptions, store: RestorableStore, transactions: Transactions) {
    const { network, model } = options
    this.#options = options
    this.#store = store
    this.#transactions = transactions
    const position = store.position(INPUT) as string | undefined
    this.#position = position === undefined ? null : BigInt(position)
    this.store = withChangelog(store, packed => this.#publish(packed))
    this.processor = serialized(createProcessor({ store: this.store, network, model }))
  }

  /**
   * Fences whoever had the partition before, and restores its state.
   * @throws CandelaError as openRestored; kafkajs's errors; the signal's reason
   */
  static async open (options: TaskOptions): Promise<PartitionTask> {
    const { kafka, cluster, own, partition, group, folder, compression, measures, signal } = options
    const transactions = new Transactions({ kafka, transactionalId: `${group}-${partition}`, compression })
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

  statistics (): StoreStatistics {
    return this.#store.reader.statistics()
  }

  /**
   * Processes records of photometry in order, and commits them together.
   * @throws CandelaError `commit-failed`, `shutting-down`; kafkajs's errors; the signal's reason. The task is of no use any
   *   more; another that is opened in its place finds out whether they were committed
   */
  async process (records: readonly kafkajs.KafkaMessage[]): Promise<void> {
    const { own: { photometry }, partition, measures, signal } = this.#options
    const began = performance.now()
    const taken: TakenAlert[] = []
    for (const record of records) taken.push(await takeAlert(record, `${photometry}/${partition}@${record.offset}`, this.#options))
    // What waited for a schema registry when the signal came is not decoded.
    signal.throwIfAborted()
    const decoded = performance.now()
    const next = BigInt(records.at(-1)!.offset) + 1n
    this.#batch = { facts: taken.map(({ facts }) => facts), next, publishing: 0, published: 0, publishedAt: 0 }
    await this.processor.process(taken.map(({ received }) => received), { [INPUT]: String(next) })
    const { publishing, published, publishedAt } = this.#batch
    this.#batch = null
    this.#position = next
    measures.batch(records.length)
    measures.batchTime('decode', decoded - began)
    measures.batchTime('process', publishing - decoded)
    measures.batchTime('publish', published - publishing)
    measures.batchTime('store', performance.now() - published)
    for (const { appendedAt, facts: { surveyPublishedAt } } of taken) {
      measures.latency('classify', appendedAt, publishedAt)
      measures.latency('total', surveyPublishedAt ?? appendedAt, publishedAt)
    }
  }

  async #publish (packed: PackedCommit): Promise<Readonly<Record<string, ChangelogPosition>>> {
    const { own, partition, outputs, group, cluster } = this.#options
    const batch = packed.alerts === undefined ? null : this.#batch
    if (batch) batch.publishing = performance.now()
    const records = outgoing(packed, batch?.facts ?? [], { own, partition, outputs, now: Date.now() })
    const ends = await this.#transactions.publish(records, batch ? { group, topic: own.photometry, partition, offset: batch.next } : undefined)
    const publishedAt = Date.now()
    if (batch) Object.assign(batch, { published: performance.now(), publishedAt })
    const offset = String(ends.get(`${own.objectRecords}/${partition}`))
    return { [CHANGELOG]: { cluster, topic: own.objectRecords, offset, time: publishedAt } }
  }

  /** Refuses what comes from now on; resolves when what is in hand is committed or has failed. */
  async close (): Promise<void> {
    await this.processor.close()
    await this.#transactions.close()
    await this.#store.close()
  }
}
