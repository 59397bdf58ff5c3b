/** One processor for several sources: their batches are processed one after the other. */
import { CandelaError } from '../../errors.ts'
import type { Processor } from './processor.ts'

export interface SerializedProcessor extends Processor {
  /** Runs other work with the store, in turn with the batches. */
  inTurn<Result> (call: () => Promise<Result>): Promise<Result>
  /** Refuses new calls; resolves when all earlier ones are committed or have failed. */
  close (): Promise<void>
}

/** @returns a way to make calls one after the other, in the order in which they came; `last` resolves when all have ended */
export function oneAfterAnother (): { next: <Result>(call: () => Promise<Result>) => Promise<Result>, last: () => Promise<unknown> } {
  let last: Promise<unknown> = Promise.resolve()
  return {
    next (call) {
      const mine = last.then(call)
      // Only the caller gets the failure; the calls behind it go on.
      last = mine.catch(() => {})
      return mine
    },
    last: () => last
  }
}

/** @returns a processor that may be called at any time: calls are answered in the order in which they came */
export function serialized (processor: Processor): SerializedProcessor {
  const queue = oneAfterAnother()
  let closed = false
  async function inTurn<Result> (call: () => Promise<Result>): Promise<Result> {
    if (closed) throw new CandelaError('shutting-down', 'Candela is shutting down', { canRetry: true, action: 'Send it again when Candela is back: what is known already is no harm.' })
    return await queue.next(call)
  }
  return {
    model: processor.model,
    process: (alerts, positions) => inTurn(() => processor.process(alerts, positions)),
    revise: (revisions, positions) => inTurn(() => processor.revise(revisions, positions)),
    inTurn,
    async close () {
      closed = true
      await queue.last()
    }
  }
}
