/** Writes that wait while they cannot be made, as where the disk is full. */
import { CandelaError } from '../../../errors.ts'
import { retried } from '../../retry.ts'

export interface WaitingWriteOptions {
  signal: AbortSignal
  /** Told once, when a write begins to wait. */
  onOutage: (error: CandelaError) => void
  /** Told once, when it is made. */
  onOutageEnd: () => void
}

/** Before a write is tried again; doubled each time [ms]. */
const FIRST_WAIT = 1000
const LONGEST_WAIT = 30_000

const isWaitedFor = (error: unknown): error is CandelaError => error instanceof CandelaError && error.code === 'commit-failed' && error.canRetry

export class WaitingWrite {
  readonly #options: WaitingWriteOptions
  /** Why a write waits now. */
  trouble: CandelaError | null = null

  constructor (options: WaitingWriteOptions) {
    this.#options = options
  }

  /**
   * No write begins after the signal.
   * @throws what `write` throws and does not pass by itself; the signal's reason
   */
  async make<Result> (write: () => Result): Promise<Result> {
    const { signal, onOutage, onOutageEnd } = this.#options
    const attempt = (): Result => {
      signal.throwIfAborted()
      return write()
    }
    try {
      return attempt()
    } catch (failure) {
      if (!isWaitedFor(failure)) throw failure
      this.trouble = failure
      onOutage(failure)
      const result = await retried(failure, async () => attempt(), { signal, firstWaitMs: FIRST_WAIT, longestWaitMs: LONGEST_WAIT, isWaitedFor })
      this.trouble = null
      onOutageEnd()
      return result
    }
  }
}
