/** Questions to a schema registry over HTTP: tried again, limited in time, size and rate; credentials are in no message. */
import { setMaxListeners } from 'node:events'
import pRetry from 'p-retry'
import pThrottle from 'p-throttle'
import { CandelaError, fetchFailure } from '../../errors.ts'
import { isUnreachable, parseAnswer, readText, unreachable } from './registry-answer.ts'

export interface RegistryHttpOptions {
  /** http or https; a user:password in it is sent as basic authentication. */
  url: string
  /** user:password; stands above those of the URL. '' is none. */
  auth?: string
  /** For one try, to the last byte of the answer [ms]. */
  timeoutMs?: number
  /** Further tries after the first, where the registry cannot be reached. */
  retries?: number
  /** Before the second try, doubled for each further one, with up to as much again at random [ms]. */
  firstWaitMs?: number
  /** Answers may not be larger: LSST's schemas have some 100 KB. */
  maximumBytes?: number
}

/** How much one question may cost, where it should be less than usual. */
export interface Patience { retries?: number, timeoutMs?: number }

export interface RegistryHttp {
  /** The registry's address as messages show it. */
  shown: string
  /**
   * The JSON at a path below the registry's URL; undefined where the registry says that it has none.
   * @throws CandelaError 'registry-unreachable', 'registry-invalid'
   */
  get (path: string, patience?: Patience): Promise<unknown>
  /** Ends what is under way. */
  close (): void
}

const ACCEPTED = 'application/vnd.schemaregistry.v1+json, application/json'
/** Damaged alerts name ids at random: the registry is not flooded with them [requests/s]. */
const REQUESTS_A_SECOND = 100
/** After its last try failed, the registry is left alone for so long: alerts of other ids need not find out again [ms]. */
const LEFT_ALONE_MS = 5000

export function openRegistryHttp (options: RegistryHttpOptions): RegistryHttp {
  const { timeoutMs = 5000, retries = 3, firstWaitMs = 250, maximumBytes = 8 * 2 ** 20 } = options
  const { base, shown, authorization } = addressOf(options)
  const closing = new AbortController()
  // Every request listens.
  setMaxListeners(0, closing.signal)
  const running = new Set<AbortController>()
  let leftAlone: { until: number, error: CandelaError } | undefined

  async function attempt (path: string, patience: number): Promise<unknown> {
    const request = new AbortController()
    const timer = setTimeout(() => request.abort(new Error(`no whole answer within ${patience / 1000} s`)), patience)
    running.add(request)
    try {
      const response = await fetch(base + path, { signal: request.signal, headers: { accept: ACCEPTED, ...authorization && { authorization } } })
      return parseAnswer(response.status, await readText(response, maximumBytes, shown), shown)
    } catch (cause) {
      throw cause instanceof CandelaError ? cause : unreachable(shown, fetchFailure(cause), cause)
    } finally {
      clearTimeout(timer)
      running.delete(request)
    }
  }

  const throttled = pThrottle({ limit: REQUESTS_A_SECOND, interval: 1000, signal: closing.signal })(attempt)

  return {
    shown,
    async get (path, patience = {}) {
      if (leftAlone && performance.now() < leftAlone.until) throw leftAlone.error
      try {
        const answer = await pRetry(() => throttled(path, patience.timeoutMs ?? timeoutMs), {
          retries: patience.retries ?? retries, minTimeout: firstWaitMs, factor: 2, randomize: true, signal: closing.signal, shouldRetry: ({ error }) => isUnreachable(error)
        })
        leftAlone = undefined
        return answer
      } catch (cause) {
        const error = cause instanceof CandelaError ? cause : unreachable(shown, fetchFailure(cause), cause)
        // Only where it gave no answer at all, which concerns every id, and was tried in earnest.
        if (isUnreachable(error) && error.cause !== undefined && patience.retries === undefined) leftAlone = { until: performance.now() + LEFT_ALONE_MS, error }
        throw error
      }
    },
    close () {
      const reason = new Error('Candela stops')
      closing.abort(reason)
      for (const request of running) request.abort(reason)
    }
  }
}

/** The address to ask, without what is secret in it, and the header that the secret goes into. */
function addressOf ({ url, auth = '' }: RegistryHttpOptions): { base: string, shown: string, authorization: string | undefined } {
  const address = new URL(url)
  const own = address.username === '' && address.password === '' ? '' : `${decodeURIComponent(address.username)}:${decodeURIComponent(address.password)}`
  const credentials = auth === '' ? own : auth
  address.username = address.password = ''
  const shown = address.href.replace(/\/+$/, '')
  return { base: `${shown}/`, shown, authorization: credentials === '' ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}` }
}
