/** Alerts that wait while a schema registry is away, rather than become dead letters. */
import { setMaxListeners } from 'node:events'
import type { Alert } from '../alert/alert.ts'
import { isOutage } from '../alert/schemas/outage.ts'
import type { CandelaError } from '../errors.ts'
import { retried } from './retry.ts'

export interface OutageOptions {
  /** Told once, when something begins to wait. */
  onOutage?: (error: CandelaError) => void
  /** Told once, when nothing waits any more. */
  onOutageEnd?: (waitedMs: number) => void
  /** Told instead where the signal has ended the waiting. */
  onGivenUp?: () => void
  /** Before it is tried again; doubled each time [ms]. */
  firstWaitMs?: number
  longestWaitMs?: number
}

/** What waits for the end of an outage (isOutage), with one word about it for all. */
export class Outages {
  readonly #options: OutageOptions
  #waiting = 0
  #since = 0
  #trouble: CandelaError | null = null

  constructor (options: OutageOptions) {
    this.#options = options
  }

  /** Why something waits now; null where nothing does. */
  get trouble (): CandelaError | null {
    return this.#trouble
  }

  /**
   * Works; an outage is tried again until it is over.
   * @throws what `work` throws otherwise; the signal's reason once it aborts
   */
  async over<T> (work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (!isOutage(error)) throw error
      return await this.#wait(error, work, signal)
    }
  }

  async #wait<T> (outage: CandelaError, work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { onOutage, onOutageEnd, onGivenUp, firstWaitMs = 1000, longestWaitMs = 30_000 } = this.#options
    // Everything that waits listens.
    setMaxListeners(0, signal)
    this.#trouble = outage
    if (this.#waiting++ === 0) {
      this.#since = performance.now()
      onOutage?.(outage)
    }
    try {
      return await retried(outage, work, { signal, firstWaitMs, longestWaitMs, isWaitedFor: isOutage })
    } finally {
      if (--this.#waiting === 0) {
        this.#trouble = null
        if (signal.aborted) onGivenUp?.()
        else onOutageEnd?.(performance.now() - this.#since)
      }
    }
  }
}

export interface WaitingOptions extends OutageOptions {
  decode: (bytes: Uint8Array) => Promise<Alert>
  signal: AbortSignal
}

/** Decodes; an outage is tried again until it is over or the signal aborts. */
export function waitingDecoder ({ decode, signal, ...options }: WaitingOptions): (bytes: Uint8Array) => Promise<Alert> {
  const outages = new Outages(options)
  return async bytes => await outages.over(() => decode(bytes), signal)
}

/** The value, or undefined as soon as the signal aborts: nothing is waited for then. */
export async function untilAborted<T> (promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  if (signal.aborted) return undefined
  let giveUp = (): void => {}
  const aborted = new Promise<undefined>(resolve => { giveUp = () => resolve(undefined) })
  signal.addEventListener('abort', giveUp)
  try {
    const value = await Promise.race([promise, aborted])
    return signal.aborted ? undefined : value
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
