/** Requests to a service for light curves: few at a time, at its pace, tried again, limited in time and size. */
import { setMaxListeners } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import pLimit, { type LimitFunction } from 'p-limit'
import pRetry from 'p-retry'
import { fetchFailure } from '../../../../errors.ts'
import { FollowUpError, ofStatus, timedOut, unreachable, unusable } from './follow-up-error.ts'
import { headersOf } from './addresses.ts'
import type { FollowUpSettings } from './settings.ts'

/** Answers may not be larger [bytes]. */
const MOST_BYTES = 64 * 2 ** 20
/** Of the answer that goes with another status than 200 [bytes]. */
const SHOWN_BYTES = 2 ** 12
/** Before the second try, doubled for each further one [ms]. */
const FIRST_WAIT = 500
/** A service that asks for a longer pause is waited for as one that is away [ms]. */
const LONGEST_PAUSE = 60_000

export interface LightCurveServiceOptions extends FollowUpSettings {
  firstWaitMs?: number | undefined
  mostBytes?: number | undefined
}

export class LightCurveService {
  readonly #options: LightCurveServiceOptions
  readonly #limit: LimitFunction
  /** When the next request may begin [ms of performance.now()]. */
  #nextAt = 0

  constructor (options: LightCurveServiceOptions) {
    this.#options = options
    this.#limit = pLimit(options.concurrency)
  }

  /**
   * The answer of an address, with status 200.
   * @throws FollowUpError; the signal's reason once it aborts
   */
  async ask (address: string, signal: AbortSignal): Promise<Buffer> {
    const { retries, firstWaitMs = FIRST_WAIT } = this.#options
    // Every request listens.
    setMaxListeners(0, signal)
    return await this.#limit(async () => {
      signal.throwIfAborted()
      return await pRetry(() => this.#attempt(address, signal), {
        retries, minTimeout: firstWaitMs, factor: 2, randomize: true, signal, shouldRetry: ({ error }) => error instanceof FollowUpError && error.scope !== 'object' && !isLongPause(error)
      })
    })
  }

  /** Waits until the service may be asked: for its pace, and for a pause that it has asked for. */
  async #turn (signal: AbortSignal): Promise<void> {
    const now = performance.now()
    const at = Math.max(now, this.#nextAt)
    this.#nextAt = at + 1000 / this.#options.perSecond
    if (at > now) await sleep(at - now, undefined, { signal })
  }

  async #attempt (address: string, signal: AbortSignal): Promise<Buffer> {
    await this.#turn(signal)
    const { timeoutSeconds, mostBytes = MOST_BYTES } = this.#options
    const request = new AbortController()
    const stop = (): void => request.abort(signal.reason)
    const timer = setTimeout(() => request.abort(timedOut(address, timeoutSeconds)), 1000 * timeoutSeconds)
    signal.addEventListener('abort', stop, { once: true })
    try {
      const response = await fetch(address, { signal: request.signal, headers: headersOf(this.#options) })
      if (response.status === 200) return await bodyOf(response, mostBytes, address)
      const beginning = await beginningOf(response)
      throw this.#paused(ofStatus(address, response.status, response.headers.get('retry-after'), beginning))
    } catch (cause) {
      if (request.signal.aborted) throw request.signal.reason
      throw cause instanceof FollowUpError ? cause : unreachable(address, fetchFailure(cause), cause)
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  /** Nobody asks before the pause is over that the service has asked for. */
  #paused (error: FollowUpError): FollowUpError {
    const { retryAfterMs = 0 } = error
    this.#nextAt = Math.max(this.#nextAt, performance.now() + Math.min(retryAfterMs, LONGEST_PAUSE))
    return error
  }
}

const isLongPause = ({ retryAfterMs = 0 }: FollowUpError): boolean => retryAfterMs > LONGEST_PAUSE

async function bodyOf (response: Response, mostBytes: number, address: string): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > mostBytes) throw new FollowUpError('follow-up-failed', 'object', `${address} answers with more than ${mostBytes} bytes`, { address })
    chunks.push(chunk)
  }
  if (length === 0) throw unusable(address, 'answers with nothing')
  return Buffer.concat(chunks)
}

/** For the message; what is wrong with it does not matter. */
async function beginningOf (response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk)
      if ((length += chunk.length) > SHOWN_BYTES) break
    }
  } catch {}
  // eslint-disable-next-line no-control-regex
  return Buffer.concat(chunks).toString().replaceAll(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
}
