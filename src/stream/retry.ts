/** A call that has failed once is tried again until it succeeds. */
import pRetry from 'p-retry'

export interface Patience {
  signal: AbortSignal
  /** Before the first new attempt; doubled each time [ms]. */
  firstWaitMs: number
  longestWaitMs: number
  /** Whether a failure is worth another attempt. */
  isWaitedFor: (error: unknown) => boolean
}

/**
 * @param failure of the attempt that was made before
 * @throws a failure that is not waited for; the signal's reason once it aborts
 */
export async function retried<T> (failure: Error, again: () => Promise<T>, { signal, firstWaitMs, longestWaitMs, isWaitedFor }: Patience): Promise<T> {
  const attempt = async (number: number): Promise<T> => {
    if (number === 1) throw failure
    return await again()
  }
  return await pRetry(attempt, {
    retries: Infinity, minTimeout: firstWaitMs, maxTimeout: longestWaitMs, factor: 2, signal, shouldRetry: ({ error }) => isWaitedFor(error)
  })
}
