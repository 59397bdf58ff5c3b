/** Batches that wait while they cannot be written, as where the disk is full, rather than end their stream. */
import { CandelaError } from '../errors.ts'
import type { Processor } from '../state/processor/processor.ts'
import { retried } from './retry.ts'

export interface WaitingCommitOptions {
  processor: Processor
  signal: AbortSignal
  /** Told once, when a batch begins to wait. */
  onOutage?: (error: CandelaError) => void
  /** Told once, when it is committed. */
  onOutageEnd?: (waitedMs: number) => void
  /** Before a batch is tried again; doubled each time [ms]. */
  firstWaitMs?: number
  longestWaitMs?: number
}

/** A commit that failed and may succeed later: nothing of its batch is stored, so that it can be processed again. */
const isWaitedFor = (error: unknown): error is CandelaError => error instanceof CandelaError && error.code === 'commit-failed' && error.canRetry

type Process = Processor['process']

/**
 * Processes; a commit that fails is tried again until it succeeds.
 * @returns undefined where the signal aborts meanwhile: nothing of the batch is stored
 * @throws what the processor throws otherwise
 */
export function waitingProcess (options: WaitingCommitOptions): (...batch: Parameters<Process>) => Promise<Awaited<ReturnType<Process>> | undefined> {
  const { processor, signal, onOutage, onOutageEnd, firstWaitMs = 1000, longestWaitMs = 30_000 } = options
  return async (...batch) => {
    try {
      return await processor.process(...batch)
    } catch (failure) {
      if (!isWaitedFor(failure) || signal.aborted) throw failure
      const since = performance.now()
      onOutage?.(failure)
      try {
        const outcomes = await retried(failure, () => processor.process(...batch), { signal, firstWaitMs, longestWaitMs, isWaitedFor })
        onOutageEnd?.(performance.now() - since)
        return outcomes
      } catch (error) {
        if (error === signal.reason) return undefined
        throw error
      }
    }
  }
}
