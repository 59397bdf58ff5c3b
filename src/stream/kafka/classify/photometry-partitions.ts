/** How many partitions photometry has: they may become more at any time. */
import type kafkajs from 'kafkajs'
import { oneAfterAnother } from '../../../state/processor/serialized.ts'
import { growTopic, partitionsOf } from '../own-topics.ts'
import type { OwnTopics, RoleLog } from '../role.ts'

export interface PhotometryPartitionsOptions {
  kafka: kafkajs.Kafka
  own: OwnTopics
  brokers: readonly string[]
  log: RoleLog
  /** Called when there are more than before: objects have other partitions then. */
  onGrown: () => void
}

export class PhotometryPartitions {
  readonly #options: PhotometryPartitionsOptions
  readonly #counting = oneAfterAnother()
  #count = 0

  constructor (options: PhotometryPartitionsOptions) {
    this.#options = options
  }

  /** 0 before they were counted. */
  get count (): number {
    return this.#count
  }

  /**
   * Counts them, and lets the changelog and the dead letters grow, of which each partition has its own.
   * @throws CandelaError as kafkaError
   */
  async countAgain (): Promise<void> {
    await this.#counting.next(() => this.#countAgain())
  }

  async #countAgain (): Promise<void> {
    const { kafka, own, brokers, log, onGrown } = this.#options
    const count = await partitionsOf(kafka, own.photometry, brokers)
    const before = this.#count
    if (count === before) return
    for (const topic of [own.objectRecords, own.deadLetters]) await growTopic(topic, count, { kafka, brokers, log })
    this.#count = count
    if (before === 0) return
    log.info({ partitions: count }, `${own.photometry} has ${count} partitions now, and had ${before}: objects go to where they belong`)
    onGrown()
  }
}
