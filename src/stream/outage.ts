/** The one way to wait for what comes back by itself: a broker, a schema registry, room on the disk. */
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { CandelaError } from '../errors.ts'
import type { Incidents, Subject } from './incidents.ts'

/** Where an outage is reported, beside the callbacks of its owner. */
export interface OutageReport {
  /** Called for each failed attempt. */
  begin (error: CandelaError): void
  end (): void
}

/** @param part that waits, see Incidents.begin */
export const toIncidents = (incidents: Incidents, part: string, subjectOf: (error: CandelaError) => Subject): OutageReport => ({
  begin: error => incidents.begin(part, subjectOf(error), error),
  end: () => incidents.end(part)
})

export interface OutageOptions {
  /** Which errors `over` waits for; it throws all others at once. */
  isWaitedFor?: (error: CandelaError) => boolean
  /** Before the second attempt; doubled for each further one [ms]. */
  firstWaitMs?: number
  longestWaitMs?: number
  report?: OutageReport | undefined
  /** Called once, when the outage begins. */
  onOutage?: ((error: CandelaError) => void) | undefined
  /** Called once, when an attempt has succeeded; not where the signal has ended the waiting. */
  onOutageEnd?: ((waitedMs: number) => void) | undefined
  /**
   * Whether the outage is over as well when nothing waits any more without a success. A decoder that gets another error
   * has got an answer, and whoever takes over from a decoder that was aborted waits itself. A write that fails for another
   * reason, or is aborted, has not succeeded: its outage lasts.
   */
  endsWithoutSuccess?: boolean
}

/** A commit that failed and may succeed later, as where the disk is full. Nothing of it is stored, so that it can be tried again. */
export const isCommitFailure = ({ code, canRetry }: CandelaError): boolean => code === 'commit-failed' && canRetry

const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

export class Outage {
  readonly #options: OutageOptions & Required<Pick<OutageOptions, 'firstWaitMs' | 'longestWaitMs'>>
  #trouble: CandelaError | null = null
  /** When it began, by the clock of performance.now() [ms]. */
  #since = 0
  #wait = 0
  /** Calls of `over` that wait. */
  #waiting = 0

  constructor ({ firstWaitMs = FIRST_WAIT, longestWaitMs = LONGEST_WAIT, ...options }: OutageOptions) {
    this.#options = { ...options, firstWaitMs, longestWaitMs }
  }

  /** The newest error, for the readiness; null where there is no outage. */
  get trouble (): CandelaError | null {
    return this.#trouble
  }

  /**
   * Works, and tries again until it succeeds. Several calls may wait at the same time; they are one outage.
   * @throws what `work` throws and is not waited for; the signal's reason once it aborts
   */
  async over<T> (work: () => T | Promise<T>, signal: AbortSignal): Promise<T> {
    let result: T
    try {
      result = await work()
    } catch (error) {
      if (!this.#isWaitedFor(error)) throw error
      return await this.#tryAgain(error, work, signal)
    }
    if (this.#waiting === 0) this.end()
    return result
  }

  async #tryAgain<T> (first: CandelaError, work: () => T | Promise<T>, signal: AbortSignal): Promise<T> {
    const { firstWaitMs, longestWaitMs, endsWithoutSuccess = false } = this.#options
    // Each waiting call has a listener.
    setMaxListeners(0, signal)
    this.#waiting++
    let succeeded = false
    try {
      let failure = first
      for (let wait = firstWaitMs; ; wait = Math.min(2 * wait, longestWaitMs)) {
        signal.throwIfAborted()
        this.fail(failure)
        await sleep(wait, undefined, { signal }).catch(() => signal.throwIfAborted())
        try {
          const result = await work()
          succeeded = true
          return result
        } catch (error) {
          if (!this.#isWaitedFor(error)) throw error
          failure = error
        }
      }
    } finally {
      if (--this.#waiting === 0 && (succeeded || endsWithoutSuccess)) this.#end(succeeded || !signal.aborted)
    }
  }

  #isWaitedFor (error: unknown): error is CandelaError {
    return error instanceof CandelaError && (this.#options.isWaitedFor?.(error) ?? false)
  }

  /**
   * Reports a failed attempt: the outage begins, or lasts. For callers that try again by themselves.
   * @returns how long to wait before the next attempt [ms]
   */
  fail (error: CandelaError): number {
    const { firstWaitMs, longestWaitMs, report, onOutage } = this.#options
    const begins = this.#trouble === null
    this.#trouble = error
    this.#wait = begins ? firstWaitMs : Math.min(2 * this.#wait, longestWaitMs)
    if (begins) this.#since = performance.now()
    report?.begin(error)
    if (begins) onOutage?.(error)
    return this.#wait
  }

  /** Reports that an attempt has succeeded, or that nothing is attempted any more. */
  end (): void {
    this.#end(true)
  }

  #end (isTold: boolean): void {
    if (this.#trouble === null) return
    this.#trouble = null
    this.#options.report?.end()
    if (isTold) this.#options.onOutageEnd?.(performance.now() - this.#since)
  }
}
