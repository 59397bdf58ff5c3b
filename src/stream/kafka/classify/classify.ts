/** The role classify: photometry in; classifications, changelog and dead letters out; one task a partition. */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import type { Alert } from '../../../alert/alert.ts'
import type { AvroRecord } from '../../../alert/avro/record.ts'
import { isOutage } from '../../../alert/schemas/outage.ts'
import { describeError, withCode } from '../../../errors.ts'
import { modelKey } from '../../../model/model-key.ts'
import { emptyStatistics, sumOfStatistics } from '../../../state/statistics.ts'
import type { StoreStatistics } from '../../../state/views.ts'
import { Incidents } from '../../incidents.ts'
import { Outage, toIncidents } from '../../outage.ts'
import { doInBackground } from './background.ts'
import { batchesOf } from './batches.ts'
import { whileBeating } from '../group/heartbeats.ts'
import { watchContact } from '../group/broker-contact.ts'
import { kafkaError } from '../client/errors.ts'
import { FailedPartitions, FIRST_WAIT } from './failed-partitions.ts'
import { fetching } from '../client/fetching.ts'
import { leaveForFormer } from '../group/former-member.ts'
import { isHandover } from './handover.ts'
import { PhotometryPartitions } from './photometry-partitions.ts'
import type { RoleLog, RoleReadiness, RunningRole } from '../role.ts'
import { stickyAssigner } from '../group/sticky-assigner.ts'
import { clusterOf, subjectOf } from '../subjects.ts'
import { PartitionTask, type TaskOptions } from './task.ts'
import { TaskSet, type Running, type Slot } from './task-set.ts'

export interface ClassifyOptions extends Omit<TaskOptions, 'partition' | 'partitions' | 'folder' | 'signal' | 'decode' | 'avroRecord'> {
  /** Decodes a survey's packet; Classify waits for outages (isOutage). */
  decode: (bytes: Uint8Array) => Promise<Alert>
  /** Reads the packet's Avro record for outputs that pass it on; absent where no output does. Outages as of `decode`. */
  avroRecord?: ((bytes: Buffer) => Promise<AvroRecord | null>) | undefined
  /** Holds the state store of each partition. */
  folder: string
  /** How long this process may be silent before its partitions go to others [ms]. */
  sessionTimeout: number
  /** How long a broker waits for more records before it hands over what it has [ms], see idle-fetches.ts. */
  lingerMs: number
  log: RoleLog
  /** Of the process; its own where not given. */
  incidents?: Incidents | undefined
}

export interface RunningClassify extends RunningRole {
  /** The sum over the partitions that this process has now. */
  statistics (): StoreStatistics
}

/** A reopened task that has no batch after this time counts as recovered [ms]. */
const CALM = 2000
/** Work in progress has this long when the process stops [ms]. */
const PATIENCE = 4000

/** Parts that wait, see Incidents.begin. */
const PHOTOMETRY = 'photometry'
const ALERTS = 'alerts'

/** File with the member id of this process, beside the folders of the partitions. */
const MEMBER = 'member'
const folderOf = (partition: number): string => `partition-${partition}`
const FOLDER = /^partition-(\d+)$/

/**
 * Topics and their partitions must exist.
 * @throws CandelaError as kafkaError
 */
export async function runClassify (options: ClassifyOptions): Promise<RunningClassify> {
  const classify = new Classify(options)
  await classify.start()
  return classify
}

class Classify implements RunningClassify {
  readonly finished: Promise<void>
  readonly #options: ClassifyOptions
  readonly #consumer: kafkajs.Consumer
  readonly #tasks: TaskSet
  readonly #stopping = new AbortController()
  /** Partitions of this process; null before it has joined. */
  #assigned: readonly number[] | null = null
  /** Whether the consumer is in its group: not between a crash and the next join. */
  #joined = false
  /** Partitions whose first opening was logged. */
  readonly #said = new Set<number>()
  #memberId = ''
  /** When the group last confirmed this member, by the clock of performance.now() [ms]. */
  #member = 0
  readonly #failures: FailedPartitions
  readonly #partitions: PhotometryPartitions
  readonly #contact: ReturnType<typeof watchContact>
  /** Of the schema registry. */
  readonly #registry: Outage
  #end: { resolve: () => void, reject: (error: unknown) => void } | undefined

  constructor (options: ClassifyOptions) {
    const { kafka, own, group, brokers, folder, sessionTimeout, lingerMs, measures, log, incidents = new Incidents({ log, measures }) } = options
    this.#options = options
    mkdirSync(folder, { recursive: true })
    this.finished = new Promise((resolve, reject) => { this.#end = { resolve, reject } })
    this.finished.catch(() => {})
    this.#consumer = kafka.consumer({
      groupId: group,
      partitionAssigners: [stickyAssigner(own.photometry, () => this.#kept())],
      ...fetching(lingerMs),
      sessionTimeout,
      heartbeatInterval: Math.min(3000, sessionTimeout / 3),
      retry: { initialRetryTime: 200, maxRetryTime: 5000, retries: 5, restartOnFailure: async error => !this.#stopping.signal.aborted && kafkaError(error, { brokers }).canRetry }
    })
    leaveForFormer(this.#consumer, { kafka, groupId: group, signal: this.#stopping.signal, file: join(folder, MEMBER) })
    this.#partitions = new PhotometryPartitions({ kafka, own, brokers, log, onGrown: () => { for (const slot of this.#tasks.slots) if (slot.state.is === 'running') this.#workBeside(slot, slot.state) } })
    this.#failures = new FailedPartitions({ brokers, incidents, measures, log })
    this.#tasks = new TaskSet({
      open: (partition, signal) => this.#open(partition, signal),
      onRunning: (slot, running) => this.#runs(slot, running),
      onFailure: (slot, error) => this.#failed(slot, error)
    })
    this.#registry = new Outage({ isWaitedFor: isOutage, report: toIncidents(incidents, ALERTS, error => subjectOf(error, brokers, ALERTS)), endsWithoutSuccess: true })
    this.#contact = watchContact(this.#consumer, {
      brokers,
      topic: own.photometry,
      onLost: error => incidents.begin(PHOTOMETRY, clusterOf(brokers), error),
      onBack: () => incidents.end(PHOTOMETRY),
      onGivenUp: () => this.#run(),
      onEnd: error => this.#end!.reject(error)
    })
    const { GROUP_JOIN, HEARTBEAT, STOP } = this.#consumer.events
    this.#consumer.on(GROUP_JOIN, ({ payload: { memberId, memberAssignment } }) => {
      this.#joined = true
      this.#member = performance.now()
      // As a new member: other processes may have had its partitions meanwhile, so its open stores may be behind.
      if (memberId !== this.#memberId) for (const { partition } of this.#tasks.slots) this.#tasks.close(partition)
      this.#memberId = memberId
      this.#assign(memberAssignment[own.photometry] ?? [])
    })
    this.#consumer.on(HEARTBEAT, () => { this.#member = performance.now() })
    this.#consumer.on(STOP, () => { this.#joined = false })
  }

  async start (): Promise<void> {
    const { own, brokers } = this.#options
    try {
      await this.#consumer.connect()
      await this.#consumer.subscribe({ topic: own.photometry, fromBeginning: true })
    } catch (error) {
      this.#contact.stop()
      await this.#consumer.disconnect().catch(() => {})
      throw kafkaError(error, { brokers, topic: own.photometry })
    }
    this.#run()
  }

  /** Does not wait for the join, which can take until the session of a killed member ends. */
  #run (): void {
    const { own, brokers } = this.#options
    if (this.#stopping.signal.aborted) return
    this.#consumer.run({ autoCommit: false, eachBatchAutoResolve: false, partitionsConsumedConcurrently: 16, eachBatch: payload => this.#eachBatch(payload) })
      .catch((error: unknown) => this.#end!.reject(kafkaError(error, { brokers, topic: own.photometry })))
  }

  /** Partitions with a folder here: the assigned ones first, then the most recently used. */
  #kept (): number[] {
    const { folder } = this.#options
    const left = readdirSync(folder).flatMap(name => {
      const partition = FOLDER.exec(name)?.[1]
      return partition === undefined ? [] : [{ partition: Number(partition), time: statSync(join(folder, name)).mtimeMs }]
    })
    return [...new Set([...this.#assigned ?? [], ...left.sort((a, b) => b.time - a.time).map(({ partition }) => partition)])]
  }

  #assign (partitions: readonly number[]): void {
    const { own, measures, log } = this.#options
    const before = this.#assigned
    this.#assigned = partitions
    for (const partition of this.#said) if (!partitions.includes(partition)) this.#said.delete(partition)
    for (const { partition } of this.#tasks.slots) {
      if (partitions.includes(partition)) continue
      measures.forgetLag(own.photometry, partition)
      this.#tasks.close(partition)
    }
    this.#failures.keepOnly(partitions)
    for (const partition of partitions) {
      if (this.#tasks.running(partition)) continue
      this.#pause(partition)
      if (!this.#tasks.get(partition)) this.#tasks.open(partition)
    }
    if (this.#partitions.count > 0) this.#partitions.countAgain().catch((error: unknown) => log.error({}, describeError(error)))
    // The same partitions again, as after an outage, are not logged.
    if (before?.join() !== partitions.join()) log.info({ partitions }, `partitions of ${own.photometry} here: ${partitions.length === 0 ? 'none' : partitions.join(', ')}`)
  }

  async #open (partition: number, signal: AbortSignal): Promise<PartitionTask> {
    const { folder, decode, avroRecord } = this.#options
    if (partition >= this.#partitions.count) await this.#partitions.countAgain()
    return await PartitionTask.open({
      ...this.#options,
      partition,
      partitions: () => this.#partitions.count,
      folder: join(folder, folderOf(partition)),
      decode: (bytes, signal) => this.#registry.over(() => decode(bytes), signal),
      avroRecord: avroRecord && ((bytes, signal) => this.#registry.over(() => avroRecord(bytes), signal)),
      signal
    })
  }

  #workBeside (slot: Slot, running: Running): void {
    const { model, log } = this.#options
    const { partition } = slot
    running.background = running.background.then(async () => {
      const { handedOver, replayed } = await doInBackground(running.task, { key: modelKey(model), signal: this.#stopping.signal })
      if (handedOver > 0) log.info({ partition, handedOver }, `partition ${partition}: ${handedOver} objects were handed over to the partitions that they belong to`)
      if (replayed > 0) log.info({ partition, replayed }, `partition ${partition}: ${replayed} objects of another model were replayed`)
    }).catch((error: unknown) => this.#failed(slot, error))
  }

  #pause (partition: number): void {
    if (this.#joined) this.#consumer.pause([{ topic: this.#options.own.photometry, partitions: [partition] }])
  }

  /** Outside of the group there is nothing to resume: a join ends all pauses. */
  #resume (partition: number): void {
    if (this.#joined) this.#consumer.resume([{ topic: this.#options.own.photometry, partitions: [partition] }])
  }

  #runs (slot: Slot, running: Running): void {
    const { log } = this.#options
    const { partition } = slot
    const { task } = running
    const { objects } = task.statistics()
    if (!this.#said.has(partition)) log.info({ partition, objects }, `partition ${partition}: ${objects} objects, on from offset ${task.position ?? 'the beginning'}`)
    this.#said.add(partition)
    this.#resume(partition)
    this.#workBeside(slot, running)
    if (this.#failures.has(partition)) setTimeout(() => { if (slot.state === running && !running.hasBatch) this.#failures.end(partition) }, CALM).unref()
  }

  /** Closes a failed task. The task that replaces it finds out what was committed. */
  #failed (slot: Slot, cause: unknown): void {
    const { partition, state } = slot
    if (this.#stopping.signal.aborted || state.is === 'closed') return
    const { own, brokers } = this.#options
    const wait = this.#failures.fail(partition, kafkaError(cause, { brokers, topic: own.photometry }))
    this.#pause(partition)
    this.#tasks.close(partition)
    this.#openAgain(partition, wait, performance.now())
  }

  /** Waits until the group has confirmed this member: a process that was suspended could take the partition from its new owner. */
  #openAgain (partition: number, wait: number, failed: number): void {
    setTimeout(() => {
      if (this.#stopping.signal.aborted || !this.#assigned?.includes(partition) || this.#tasks.get(partition)) return
      if (this.#member > failed) this.#tasks.open(partition)
      else this.#openAgain(partition, FIRST_WAIT, failed)
    }, wait).unref()
  }

  async #eachBatch ({ batch, resolveOffset, heartbeat, isRunning, isStale }: kafkajs.EachBatchPayload): Promise<void> {
    // A process that was suspended learns here that it has lost its membership, before it interferes with the new owner.
    await heartbeat()
    const { own, measures } = this.#options
    const { partition, highWatermark } = batch
    const slot = this.#tasks.get(partition)
    if (slot?.state.is !== 'running') return
    const running = slot.state
    const { task } = running
    const records = batch.messages.filter(({ offset }) => task.position === null || BigInt(offset) >= task.position)
    const known = batch.messages[batch.messages.length - records.length - 1]
    if (known) resolveOffset(known.offset)
    for (const some of batchesOf(records)) {
      if (!isRunning() || isStale() || slot.state !== running) return
      measures.lag(own.photometry, partition, Number(highWatermark) - Number(some[0]!.offset))
      let isLost = (_error: unknown): boolean => false
      running.hasBatch = true
      try {
        await whileBeating(heartbeat, lost => {
          isLost = error => lost.aborted && error === lost.reason
          return isHandover(some[0]!) ? task.adopt(some) : task.process(some, AbortSignal.any([lost, this.#stopping.signal]))
        })
      } catch (error) {
        // The membership was lost while alerts waited: kafkajs rejoins, and the rebalance goes on.
        if (isLost(error)) throw error
        this.#failed(slot, error)
        return
      } finally {
        running.hasBatch = false
      }
      resolveOffset(some.at(-1)!.offset)
      this.#failures.end(partition)
      await heartbeat()
    }
    measures.lag(own.photometry, partition, Math.max(0, Number(highWatermark) - Number(batch.lastOffset()) - 1))
  }

  statistics (): StoreStatistics {
    const running = this.#tasks.slots.flatMap(({ state }) => state.is === 'running' ? [state.task.statistics()] : [])
    return running.reduce(sumOfStatistics, emptyStatistics())
  }

  readiness (): RoleReadiness {
    if (this.#stopping.signal.aborted) return { ready: false, reason: 'stopping' }
    const trouble = this.#contact.trouble() ?? this.#failures.error ?? this.#registry.trouble
    if (trouble) return { ready: false, reason: withCode(trouble) }
    if (this.#assigned === null) return { ready: false, reason: 'joining the group' }
    const waiting = this.#assigned.filter(partition => !this.#tasks.running(partition))
    return waiting.length === 0 ? { ready: true } : { ready: false, reason: `restoring ${waiting.length === 1 ? 'partition' : 'partitions'} ${waiting.join(', ')}` }
  }

  async stop (): Promise<void> {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort(new Error('stopping'))
    this.#contact.stop()
    const orderly = (async () => {
      await this.#consumer.stop()
      for (const { partition } of this.#tasks.slots) this.#tasks.close(partition)
      await this.#tasks.closed()
      await this.#consumer.disconnect()
    })()
    await Promise.race([orderly.catch(() => {}), delay(PATIENCE, undefined, { ref: false })])
    this.#end!.resolve()
  }
}
