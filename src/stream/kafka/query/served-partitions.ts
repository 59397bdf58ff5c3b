/** Whether each partition of photometry has a classify process. Without one the replica would answer as before, and nobody would notice. */
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import type { Incidents } from '../../incidents.ts'
import type { Measures, ServedPartition } from '../../measures.ts'
import type { OwnTopics } from '../role.ts'

export interface ServedPartitionsOptions {
  kafka: kafkajs.Kafka
  own: Pick<OwnTopics, 'photometry' | 'objectRecords'>
  /** Consumer group of the classify processes. */
  group: string
  /** Offset of the next record of the changelog that the replica reads, by partition. */
  next: (partition: number) => bigint
  measures: Pick<Measures, 'served'>
  incidents: Incidents
  signal: AbortSignal
}

/** Between two looks [ms]. */
const LOOK_EVERY = 10_000
/** A partition that moves has no owner for a moment: reported after so many looks in a row. */
const LOOKS = 3
/** The part that is missing something, see Incidents.begin. */
const PARTITIONS = 'partitions'

export class ServedPartitions {
  readonly #options: ServedPartitionsOptions
  readonly #unserved = new Map<number, number>()
  #admin: kafkajs.Admin | undefined

  constructor (options: ServedPartitionsOptions) {
    this.#options = options
  }

  /** Looks until the signal aborts, over one connection; nothing is known while brokers do not answer. */
  async watch (): Promise<void> {
    const { signal, measures } = this.#options
    while (!signal.aborted) {
      try {
        const partitions = await this.#look()
        if (partitions) this.#take(partitions)
      } catch {
        this.#admin?.disconnect().catch(() => {})
        this.#admin = undefined
        measures.served([])
      }
      await sleep(LOOK_EVERY, undefined, { signal, ref: false }).catch(() => {})
    }
    await this.#admin?.disconnect().catch(() => {})
  }

  /** Undefined where every partition is served, as far as is known. */
  get problem (): string | undefined {
    const unserved = [...this.#unserved].filter(([, looks]) => looks >= LOOKS).map(([partition]) => partition)
    if (unserved.length === 0) return undefined
    return `no classify process has ${unserved.length === 1 ? 'partition' : 'the partitions'} ${unserved.join(', ')} of ${this.#options.own.photometry}: alerts wait there`
  }

  /** @returns undefined during a rebalance of the group */
  async #look (): Promise<ServedPartition[] | undefined> {
    const { kafka, own: { photometry, objectRecords }, group, next } = this.#options
    if (!this.#admin) {
      const admin = kafka.admin()
      await admin.connect()
      this.#admin = admin
    }
    const admin = this.#admin
    const { groups: [found] } = await admin.describeGroups([group])
    if (!found || found.state === 'PreparingRebalance' || found.state === 'CompletingRebalance') return undefined
    const owned = new Set(found.members.flatMap(({ memberAssignment }) => assignedOf(memberAssignment, photometry)))
    const [ends, changelog, committed] = await Promise.all([admin.fetchTopicOffsets(photometry), admin.fetchTopicOffsets(objectRecords), admin.fetchOffsets({ groupId: group, topics: [photometry] })])
    const positions = new Map(committed.flatMap(({ partitions }) => partitions).map(({ partition, offset }) => [partition, Number(offset)]))
    const records = new Map(changelog.map(({ partition, high }) => [partition, BigInt(high)]))
    return ends.map(({ partition, low, high }) => ({
      partition,
      hasOwner: owned.has(partition),
      unclassified: Number(high) - Math.max(Number(low), positions.get(partition) ?? 0),
      behind: Math.max(0, Number((records.get(partition) ?? 0n) - next(partition)))
    })).sort((one, other) => one.partition - other.partition)
  }

  #take (partitions: readonly ServedPartition[]): void {
    const { own: { photometry }, measures, incidents } = this.#options
    measures.served(partitions)
    for (const { partition, hasOwner } of partitions) {
      if (hasOwner) this.#unserved.delete(partition)
      else this.#unserved.set(partition, (this.#unserved.get(partition) ?? 0) + 1)
    }
    const { problem } = this
    if (problem === undefined) return incidents.end(PARTITIONS)
    const error = new CandelaError('partition-unserved', problem, { canRetry: true, action: 'Start a classify process (candela serve --role classify) with the same --kafka-group and --kafka-prefix, or see its log.' })
    incidents.doWithout(PARTITIONS, { key: error.code, over: `every partition of ${photometry} has a classify process` }, error, `${problem} [${error.code}]\n  ${error.action}`)
  }
}

/** A member that has just joined has no assignment yet. */
function assignedOf (assignment: Buffer, topic: string): number[] {
  if (assignment.length === 0) return []
  return kafkajs.AssignerProtocol.MemberAssignment.decode(assignment)?.assignment[topic] ?? []
}
