/** The role query: a replica that follows the changelog and the dead letters, and is read over HTTP. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import { CandelaError, describeError, withCode } from '../../../errors.ts'
import { MARK_KEY } from '../../../state/storage/changelog.ts'
import type { AppliedPart, ChangelogPart, Replica } from '../../../state/storage/replica/replica.ts'
import type { DeadLetterReader, ObjectReader } from '../../../state/views.ts'
import { Incidents } from '../../incidents.ts'
import type { Measures } from '../../measures.ts'
import { isCommitFailure, Outage, toIncidents } from '../../outage.ts'
import { whileBeating } from '../group/heartbeats.ts'
import { watchContact, type Contact } from '../group/broker-contact.ts'
import { kafkaError } from '../client/errors.ts'
import { fetching } from '../client/fetching.ts'
import { leaveForFormer } from '../group/former-member.ts'
import { readLetters } from './incoming-letter.ts'
import { confirmReplica, offsetsOf, openReplica, sourceOf, type ReplicatedTopics } from './replica-folder.ts'
import { ChangelogBuffer, isCaughtUp, progressOf, type PartitionReading } from './replica-reading.ts'
import type { OwnTopics, RoleLog, RoleReadiness, RunningRole } from '../role.ts'
import { ServedPartitions } from './served-partitions.ts'
import { clusterOf, subjectOf } from '../subjects.ts'

export interface ReplicaRoleOptions {
  kafka: kafkajs.Kafka
  brokers: readonly string[]
  /** Id of the Kafka cluster. */
  cluster: string
  own: Pick<OwnTopics, 'photometry' | 'objectRecords' | 'deadLetters'>
  /** Consumer group of the classify processes. */
  classifyGroup: string
  /** Beginning of the name of the consumer group, which is this process's alone. */
  group: string
  /** The replica has a folder in this one. */
  folder: string
  /** How long a broker waits for more records before it hands over what it has [ms], see idle-fetches.ts. */
  lingerMs: number
  measures: Measures
  log: RoleLog
  /** Of the process; its own where not given. */
  incidents?: Incidents | undefined
}

export interface RunningReplica extends RunningRole {
  readonly reader: ObjectReader
  readonly deadLetters: DeadLetterReader
}

/** Parts that wait, see Incidents.begin. */
const REPLICA = 'the replica'
const WRITING = 'the replica\'s writing'

/** Work in progress has this long when the process stops [ms]. */
const PATIENCE = 4000
/** How often a replica that is up to date records that it is [ms]. */
const CONFIRM_EVERY = 600_000

/**
 * Topics must exist.
 * @throws CandelaError as kafkaError; `data-folder-in-use`, `data-folder-unusable`
 */
export async function runReplica (options: ReplicaRoleOptions): Promise<RunningReplica> {
  const { kafka, brokers, cluster, own, folder, log } = options
  const topics: ReplicatedTopics = { cluster, objectRecords: own.objectRecords, deadLetters: own.deadLetters, offsets: await offsetsOf(kafka, own, brokers) }
  const { replica, reason } = openReplica(join(folder, 'replica'), topics, Date.now())
  if (reason !== null) log.warn({ folder }, `the replica begins anew: ${reason}`)
  const role = new ReplicaRole(options, replica, topics)
  await role.start()
  return role
}

class ReplicaRole implements RunningReplica {
  readonly finished: Promise<void>
  readonly #options: ReplicaRoleOptions
  readonly #replica: Replica
  readonly #topics: ReplicatedTopics
  readonly #consumer: kafkajs.Consumer
  readonly #contact: Contact
  readonly #stopping = new AbortController()
  /** By source. */
  readonly #readings = new Map<string, PartitionReading>()
  readonly #buffers = new Map<number, ChangelogBuffer>()
  /** Readings that have not written everything up to the end that the partition had at the start. */
  readonly #behind: Set<PartitionReading>
  readonly #writing: Outage
  readonly #began = performance.now()
  readonly #confirming: NodeJS.Timeout
  readonly #served: ServedPartitions
  #joined = false
  #failure: CandelaError | null = null
  #end: { resolve: () => void, reject: (error: unknown) => void } | undefined

  constructor (options: ReplicaRoleOptions, replica: Replica, topics: ReplicatedTopics) {
    const { kafka, brokers, own, group, lingerMs, measures, log, incidents = new Incidents({ log, measures }) } = options
    this.#options = options
    this.#replica = replica
    this.#topics = topics
    this.finished = new Promise((resolve, reject) => { this.#end = { resolve, reject } })
    this.finished.catch(() => {})
    const groupId = `${group}-${randomUUID()}`
    this.#consumer = kafka.consumer({
      groupId,
      ...fetching(lingerMs),
      retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 5, restartOnFailure: async error => kafkaError(error, { brokers }).canRetry }
    })
    leaveForFormer(this.#consumer, { kafka, groupId, signal: this.#stopping.signal })
    this.#contact = watchContact(this.#consumer, {
      brokers,
      topic: own.objectRecords,
      onLost: error => incidents.begin(REPLICA, clusterOf(brokers), error),
      onBack: () => incidents.end(REPLICA),
      onGivenUp: () => { this.#run().catch((error: unknown) => this.#fail(error)) },
      onEnd: error => this.#fail(error)
    })
    const { GROUP_JOIN, END_BATCH_PROCESS } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => this.#assign(memberAssignment))
    // A batch with nothing but marks of transactions, which no eachBatch gets to see.
    this.#consumer.on(END_BATCH_PROCESS, ({ payload: { topic, partition, batchSize, lastOffset } }) => {
      if (batchSize === 0) this.#reached(this.#reading(topic, partition), BigInt(lastOffset) + 1n)
    })
    for (const [source, { low, high }] of topics.offsets) {
      const [kind, partition] = source.split('/') as [string, string]
      const from = replica.position(source) ?? low
      this.#readings.set(source, { topic: kind === 'changelog' ? own.objectRecords : own.deadLetters, partition: Number(partition), from, until: high, next: from })
    }
    this.#behind = new Set([...this.#readings.values()].filter(reading => !isCaughtUp(reading)))
    this.#writing = new Outage({ isWaitedFor: isCommitFailure, report: toIncidents(incidents, WRITING, error => subjectOf(error, brokers, WRITING)) })
    this.#served = new ServedPartitions({ kafka, own, group: options.classifyGroup, next: partition => this.#reading(own.objectRecords, partition).next, measures, incidents, signal: this.#stopping.signal })
    this.#confirming = setInterval(() => this.#confirm(), CONFIRM_EVERY)
    this.#confirming.unref()
  }

  get reader (): ObjectReader {
    return this.#replica.reader
  }

  get deadLetters (): DeadLetterReader {
    return this.#replica.deadLetters
  }

  async start (): Promise<void> {
    const { own: { objectRecords, deadLetters }, brokers } = this.#options
    try {
      await this.#consumer.connect()
      await this.#consumer.subscribe({ topics: [objectRecords, deadLetters], fromBeginning: true })
      await this.#run()
      this.#served.watch().catch(error => this.#fail(error))
    } catch (error) {
      await this.stop()
      throw kafkaError(error, { brokers, topic: objectRecords })
    }
  }

  async #run (): Promise<void> {
    if (this.#stopping.signal.aborted) return
    await this.#consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: payload => this.#eachBatch(payload) })
  }

  #reading (topic: string, partition: number): PartitionReading {
    const source = sourceOf(topic, partition, this.#options.own)
    let reading = this.#readings.get(source)
    if (!reading) {
      // The partition was added after the start: it is read from its beginning.
      const from = this.#replica.position(source) ?? 0n
      this.#readings.set(source, reading = { topic, partition, from, until: 0n, next: from })
    }
    return reading
  }

  /** Each partition continues behind what was read last: records that wait in memory for the end of their commit are kept. */
  #assign (assignment: Readonly<Record<string, number[]>>): void {
    for (const [topic, partitions] of Object.entries(assignment)) {
      for (const partition of partitions) {
        const { next } = this.#reading(topic, partition)
        if (next > 0n) this.#consumer.seek({ topic, partition, offset: String(next) })
      }
    }
    if (!this.#joined) this.#options.log.info({ partitions: this.#readings.size }, `the replica reads ${this.#readings.size} partitions`)
    this.#joined = true
  }

  async #eachBatch ({ batch, resolveOffset, heartbeat, isStale }: kafkajs.EachBatchPayload): Promise<void> {
    if (this.#stopping.signal.aborted || this.#failure || isStale()) return
    const { own, measures } = this.#options
    const { topic, partition, messages } = batch
    const reading = this.#reading(topic, partition)
    const high = BigInt(batch.highWatermark)
    try {
      if (high < reading.next) throw this.#replaced(reading, high)
      const records = messages.filter(({ offset }) => BigInt(offset) >= reading.next)
      const next = BigInt(batch.lastOffset()) + 1n
      if (topic === own.objectRecords) measures.lag(topic, partition, Number(high - reading.next))
      await whileBeating(heartbeat, () => topic === own.objectRecords ? this.#takeRecords(reading, records, next) : this.#takeLetters(reading, records, next))
      if (topic === own.objectRecords) measures.lag(topic, partition, Math.max(0, Number(high - next)))
      resolveOffset(messages.at(-1)!.offset)
      this.#reached(reading, next)
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#fail(error)
    }
  }

  async #takeRecords (reading: PartitionReading, records: readonly kafkajs.KafkaMessage[], next: bigint): Promise<void> {
    const { partition } = reading
    const buffer = this.#buffers.get(partition) ?? new ChangelogBuffer(partition)
    this.#buffers.set(partition, buffer)
    const catchingUp = !isCaughtUp(reading)
    for (const record of records) buffer.add(record)
    reading.next = next
    for (const part of buffer.parts(isCaughtUp(reading), next)) {
      const applied = await this.#write(() => this.#replica.apply(part))
      this.#tell(applied.leftOut)
      if (catchingUp) this.#options.measures.restoring('query', part.entries.length)
      else this.#measure(part, applied)
      await turn()
    }
  }

  async #takeLetters (reading: PartitionReading, records: readonly kafkajs.KafkaMessage[], next: bigint): Promise<void> {
    const { topic, partition } = reading
    const { letters, leftOut } = readLetters(records, `${topic}/${partition}`)
    await this.#write(() => this.#replica.applyLetters({ partition, letters, next }))
    reading.next = next
    this.#tell(leftOut)
  }

  /** Waits while the disk cannot be written. No write begins after the role is told to stop. */
  async #write<Result> (write: () => Result): Promise<Result> {
    const { signal } = this.#stopping
    return await this.#writing.over(() => {
      signal.throwIfAborted()
      return write()
    }, signal)
  }

  /** The classifications of a commit are served as soon as it is written. */
  #measure ({ entries }: ChangelogPart, { published: changes }: AppliedPart): void {
    const published = entries.findLast(({ key }) => key === MARK_KEY)?.time
    const now = Date.now()
    if (published !== undefined) changes.forEach(() => this.#options.measures.latency('query', published, now))
  }

  #tell (leftOut: readonly CandelaError[]): void {
    const { measures, log } = this.#options
    for (const error of leftOut) {
      measures.incident(error.code)
      log.error({ code: error.code }, `left out of the replica: ${describeError(error)}`)
    }
  }

  /** Called when everything up to an offset is written. */
  #reached (reading: PartitionReading, next: bigint): void {
    const { measures, log } = this.#options
    if (next > reading.next) reading.next = next
    if (!isCaughtUp(reading) || !this.#behind.delete(reading)) return
    // The last offset is that of the transaction marker, which is no record.
    if (reading.until - reading.from > 1n) measures.restored('query', performance.now() - this.#began)
    if (this.#behind.size > 0) return
    const { objects } = this.reader.statistics()
    log.info({ objects }, `the replica has caught up, ${objects} objects, after ${((performance.now() - this.#began) / 1000).toFixed(1)} s`)
    this.#confirm()
  }

  #confirm (): void {
    if (!this.readiness().ready) return
    try {
      confirmReplica(this.#replica, this.#topics, Date.now())
    } catch (error) {
      this.#options.log.warn({}, describeError(error))
    }
  }

  /** The topic was recreated while it was read, or lost its end: the replica differs from what is in Kafka. */
  #replaced ({ topic, partition, next }: PartitionReading, high: bigint): CandelaError {
    confirmReplica(this.#replica, this.#topics, 0)
    return new CandelaError('changelog-replaced', `partition ${partition} of ${topic} ends at ${high}, and the replica has read it up to ${next}`, {
      value: topic, action: 'Start Candela again: the replica then begins anew.'
    })
  }

  #fail (error: unknown): void {
    const { brokers, own } = this.#options
    this.#failure = kafkaError(error, { brokers, topic: own.objectRecords })
    this.#end!.reject(this.#failure)
    this.#consumer.stop().catch(() => {})
  }

  readiness (): RoleReadiness {
    if (this.#stopping.signal.aborted) return { ready: false, reason: 'stopping' }
    const trouble = this.#failure ?? this.#contact.trouble() ?? this.#writing.trouble
    if (trouble) return { ready: false, reason: withCode(trouble) }
    if (!this.#joined) return { ready: false, reason: 'joining the group' }
    const [first] = this.#behind
    // The replica answers with what it has, also where nobody classifies.
    if (!first) return { ready: true, ...this.#served.problem !== undefined && { reason: this.#served.problem } }
    return { ready: false, reason: progressOf(first, this.#behind.size - 1) }
  }

  async stop (): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#confirm()
    this.#stopping.abort(new Error('stopping'))
    this.#contact.stop()
    clearInterval(this.#confirming)
    await Promise.race([this.#consumer.disconnect().catch(() => {}), delay(PATIENCE, undefined, { ref: false })])
    await this.#replica.close()
    this.#end!.resolve()
  }
}
