/** Partitions whose tasks have failed and are opened again: an outage for each. */
import { describeError, type CandelaError } from '../../../errors.ts'
import type { Incidents } from '../../incidents.ts'
import type { Measures } from '../../measures.ts'
import { Outage, toIncidents, type OutageReport } from '../../outage.ts'
import type { RoleLog } from '../role.ts'
import { clusterOf, subjectOf } from '../subjects.ts'

/** Before a failed task is opened again; doubled for each further failure up to the longest [ms]. */
export const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

export interface FailedPartitionsOptions {
  brokers: readonly string[]
  incidents: Incidents
  measures: Pick<Measures, 'incident'>
  log: RoleLog
}

export class FailedPartitions {
  readonly #options: FailedPartitionsOptions
  readonly #outages = new Map<number, Outage>()

  constructor (options: FailedPartitionsOptions) {
    this.#options = options
  }

  /** The error of one of them; null where there is none. */
  get error (): CandelaError | null {
    return this.#outages.values().next().value?.trouble ?? null
  }

  has (partition: number): boolean {
    return this.#outages.has(partition)
  }

  /** @returns how long to wait before the task is opened again [ms] */
  fail (partition: number, error: CandelaError): number {
    let outage = this.#outages.get(partition)
    if (!outage) this.#outages.set(partition, outage = new Outage({ report: reportOf(partition, this.#options), firstWaitMs: FIRST_WAIT, longestWaitMs: LONGEST_WAIT }))
    return outage.fail(error)
  }

  end (partition: number): void {
    this.#outages.get(partition)?.end()
    this.#outages.delete(partition)
  }

  /** Forgets partitions that other processes have now. */
  keepOnly (partitions: readonly number[]): void {
    for (const partition of [...this.#outages.keys()]) if (!partitions.includes(partition)) this.end(partition)
  }
}

/**
 * A fenced task is no incident: another process has the partition, or had it while this process was away. It is a line of
 * the log, once until the task fails for another reason; during an outage of the cluster it is none.
 */
function reportOf (partition: number, { brokers, incidents, measures, log }: FailedPartitionsOptions): OutageReport {
  const part = `partition ${partition}`
  const reported = toIncidents(incidents, part, error => subjectOf(error, brokers, part))
  let newest: string | undefined
  return {
    begin (error) {
      const before = newest
      newest = error.code
      if (error.code !== 'kafka-fenced') return reported.begin(error)
      if (before === error.code) return
      measures.incident(error.code)
      if (!incidents.has(clusterOf(brokers))) log.info({ partition, code: error.code }, `waiting (${part}): ${describeError(error)}`)
    },
    end: reported.end
  }
}
