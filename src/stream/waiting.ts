/** Alerts that wait while a schema registry is away, rather than become dead letters. */
import { setMaxListeners } from 'node:events'
import type { Alert } from '../alert/alert.ts'
import { isOutage } from '../alert/outage.ts'
import type { CandelaError } from '../errors.ts'
import { retried } from './retry.ts'

export interface WaitingOptions {
  decode: (bytes: Uint8Array) => Promise<Alert>
  signal: AbortSignal
  /** Told once, when alerts begin to wait. */
  onOutage?: (error: CandelaError) => void
  /** Told once, when none waits any more. */
  onOutageEnd?: (waitedMs: number) => void
  /** Before an alert is tried again; doubled each time [ms]. */
  firstWaitMs?: number
  longestWaitMs?: number
}

/** Decodes; an outage is tried again until it is over or the signal aborts. */
export function waitingDecoder (options: WaitingOptions): (bytes: Uint8Array) => Promise<Alert> {
  const { decode, signal, onOutage, onOutageEnd, firstWaitMs = 1000, longestWaitMs = 30_000 } = options
  // Every alert that waits listens.
  setMaxListeners(0, signal)
  let waiting = 0
  let since = 0
  async function waitFor (bytes: Uint8Array, outage: CandelaError): Promise<Alert> {
    if (waiting++ === 0) {
      since = performance.now()
      onOutage?.(outage)
    }
    try {
      return await retried(outage, () => decode(bytes), { signal, firstWaitMs, longestWaitMs, isWaitedFor: isOutage })
    } finally {
      if (--waiting === 0 && !signal.aborted) onOutageEnd?.(performance.now() - since)
    }
  }
  return async bytes => {
    try {
      return await decode(bytes)
    } catch (error) {
      if (!isOutage(error)) throw error
      return await waitFor(bytes, error)
    }
  }
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
