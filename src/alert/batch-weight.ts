/** Weighs a batch of alerts by memory and work, so that a few large alerts make a batch as many small ones do. */
import type { ReceivedAlert } from './alert.ts'

/** What a batch may hold of its sources [bytes]. */
const MOST_BYTES = 32 * 2 ** 20
/** Points of a batch: a second or two of work where each is a step of the network. */
const MOST_POINTS = 50_000

export class BatchWeight {
  #bytes = 0
  #points = 0

  /** @returns whether the batch is to be processed before another alert comes */
  add (received: ReceivedAlert): boolean {
    this.#bytes += 'error' in received ? received.bytes.length : received.holds ?? 0
    this.#points += 'error' in received ? 0 : received.alert.points.length
    return this.#bytes >= MOST_BYTES || this.#points >= MOST_POINTS
  }

  clear (): void {
    this.#bytes = this.#points = 0
  }
}
