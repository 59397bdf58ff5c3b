/** Partitions whose tasks have failed and are opened anew. */
import { describeError, type CandelaError } from '../../../errors.ts'
import type { Incidents } from '../../incidents.ts'
import type { Measures } from '../../measures.ts'
import type { RoleLog } from '../role.ts'
import { clusterOf, subjectOf } from '../subjects.ts'

/** A failed task is opened anew after this time, doubled up to the longest [ms]. */
export const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

export interface FailuresOptions {
  brokers: readonly string[]
  incidents: Incidents
  measures: Pick<Measures, 'incident'>
  log: RoleLog
}

const partOf = (partition: number): string => `partition ${partition}`

export class Failures {
  readonly #options: FailuresOptions
  readonly #current = new Map<number, { error: CandelaError, wait: number }>()

  constructor (options: FailuresOptions) {
    this.#options = options
  }

  /** What is wrong with one of them; undefined where nothing is. */
  get error (): CandelaError | undefined {
    return this.#current.values().next().value?.error
  }

  has (partition: number): boolean {
    return this.#current.has(partition)
  }

  /** @returns how long to wait before the task is opened again [ms] */
  begin (partition: number, error: CandelaError): number {
    const { brokers, incidents } = this.#options
    const before = this.#current.get(partition)
    const wait = before ? Math.min(2 * before.wait, LONGEST_WAIT) : FIRST_WAIT
    this.#current.set(partition, { error, wait })
    if (error.code === 'kafka-fenced') this.#fenced(partition, error, before?.error)
    else incidents.begin(partOf(partition), subjectOf(error, brokers, partOf(partition)), error)
    return wait
  }

  /** No outage: another process has the partition, or had it while this one was away. */
  #fenced (partition: number, error: CandelaError, before: CandelaError | undefined): void {
    const { brokers, incidents, measures, log } = this.#options
    if (before?.code === error.code) return
    measures.incident(error.code)
    if (!incidents.has(clusterOf(brokers))) log.info({ partition, code: error.code }, `waiting (${partOf(partition)}): ${describeError(error)}`)
  }

  end (partition: number): void {
    this.#current.delete(partition)
    this.#options.incidents.end(partOf(partition))
  }

  /** Forgets those that are others' now. */
  keepOnly (partitions: readonly number[]): void {
    for (const partition of [...this.#current.keys()]) if (!partitions.includes(partition)) this.end(partition)
  }
}
