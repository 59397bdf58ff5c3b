/** Partitions whose tasks have failed and are opened anew: each error is said once, until its partition goes on. */
import { describeError, type CandelaError } from '../../errors.ts'
import type { RoleLog } from './role.ts'

/** A failed task is opened anew after this time, doubled up to the longest [ms]. */
export const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

export class Failures {
  readonly #log: RoleLog
  readonly #incident: (code: string) => void
  readonly #current = new Map<number, { error: CandelaError, wait: number }>()

  constructor (log: RoleLog, incident: (code: string) => void) {
    this.#log = log
    this.#incident = incident
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
    const before = this.#current.get(partition)
    const wait = before ? Math.min(2 * before.wait, LONGEST_WAIT) : FIRST_WAIT
    this.#current.set(partition, { error, wait })
    if (before?.error.code !== error.code) {
      this.#incident(error.code)
      const about = { partition, code: error.code }
      const line = `partition ${partition} waits: ${describeError(error)}`
      if (error.code === 'kafka-fenced') this.#log.info(about, line)
      else this.#log.error(about, line)
    }
    return wait
  }

  end (partition: number): void {
    if (this.#current.delete(partition)) this.#log.info({ partition }, `partition ${partition} goes on`)
  }

  /** Forgets those that are others' now. */
  keepOnly (partitions: readonly number[]): void {
    for (const partition of this.#current.keys()) if (!partitions.includes(partition)) this.#current.delete(partition)
  }
}
