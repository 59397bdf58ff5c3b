/** The embedded source: packets from one process into the processor, in micro-batches, with the position they reach. */
import type { Alert, ReceivedAlert } from '../alert/alert.ts'
import { CandelaError } from '../errors.ts'
import type { AlertOutcome, Processor } from '../state/processor.ts'

/** One packet with the position that the source has reached with it. */
export interface Packet {
  bytes: Uint8Array
  /** Where it came from, for dead letters. */
  origin: string
  position: unknown
}

export interface EmbeddedStreamOptions {
  /** Name under which the position is kept. */
  source: string
  packets: AsyncIterable<Packet>
  decode: (bytes: Uint8Array) => Promise<Alert>
  processor: Processor
  /** A batch closes at this many alerts … */
  batchSize?: number
  /** … or this long after its first [ms]. */
  lingerMs?: number
  onBatch?: (outcomes: readonly AlertOutcome[]) => void
  signal: AbortSignal
}

/** A decoded packet, or the error that makes it a dead letter. */
export async function receive (bytes: Uint8Array, origin: string, decode: (bytes: Uint8Array) => Promise<Alert>): Promise<ReceivedAlert> {
  try {
    return { alert: await decode(bytes), origin }
  } catch (error) {
    if (error instanceof CandelaError) return { error, bytes, origin }
    throw error
  }
}

/**
 * Runs until the packets end or the signal aborts; what was taken from the source is then committed or, where its
 * batch had not begun, left for the next start.
 * @throws what the processor throws: nothing of that batch is committed
 */
export async function runEmbeddedStream (options: EmbeddedStreamOptions): Promise<void> {
  const { source, decode, processor, batchSize = 256, lingerMs = 5, onBatch, signal } = options
  const iterator = options.packets[Symbol.asyncIterator]()
  const aborted = new Promise<'aborted'>(resolve => {
    if (signal.aborted) resolve('aborted')
    signal.addEventListener('abort', () => resolve('aborted'), { once: true })
  })
  let next = iterator.next()
  try {
    while (!signal.aborted) {
      const first = await Promise.race([next, aborted])
      if (first === 'aborted' || first.done) return
      const packets = [first.value]
      next = iterator.next()
      let linger: NodeJS.Timeout | undefined
      const closed = new Promise<'closed'>(resolve => { linger = setTimeout(resolve, lingerMs, 'closed') })
      while (packets.length < batchSize) {
        const more = await Promise.race([next, closed, aborted])
        if (more === 'closed' || more === 'aborted' || more.done) break
        packets.push(more.value)
        next = iterator.next()
      }
      clearTimeout(linger)
      const received = await Promise.all(packets.map(({ bytes, origin }) => receive(bytes, origin, decode)))
      const outcomes = await processor.process(received, { [source]: packets.at(-1)!.position })
      onBatch?.(outcomes)
    }
  } finally {
    next.catch(() => {})
    await iterator.return?.()
  }
}
