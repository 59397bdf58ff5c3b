/** One processor for several sources: their batches go one after the other. */
import { CandelaError } from '../errors.ts'
import type { Processor } from './processor.ts'

export interface SerializedProcessor extends Processor {
  /** Refuses what comes from now on; resolves when all that came before is committed or has failed. */
  close (): Promise<void>
}

/** @returns a processor that may be called at any time: calls are answered in the order in which they came */
export function serialized (processor: Processor): SerializedProcessor {
  let last: Promise<unknown> = Promise.resolve()
  let closed = false
  return {
    model: processor.model,
    async process (alerts, positions) {
      if (closed) throw new CandelaError('shutting-down', 'Candela is shutting down', { canRetry: true, action: 'Send the alerts again when it is back: what is known already is no harm.' })
      const mine = last.then(async () => await processor.process(alerts, positions))
      // A failure is its caller's; the batches behind it have their turn.
      last = mine.catch(() => {})
      return await mine
    },
    async close () {
      closed = true
      await last
    }
  }
}
