/** The embedded source: packets of this process go to the processor in small batches, with the position that each reaches. */
import type { Alert, ReceivedAlert } from '../alert/alert.ts'
import { isOutage } from '../alert/schemas/outage.ts'
import { CandelaError, reasonIn } from '../errors.ts'
import type { AlertOutcome, Processor } from '../state/processor/processor.ts'
import { measureCommit } from './measured-commit.ts'
import type { Measures } from './measures.ts'
import { isCommitFailure, Outage, type OutageOptions } from './outage.ts'
import { untilAborted } from './until-aborted.ts'

/** A packet and the position of the source behind it. */
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
  measures?: Measures | undefined
  /** Alerts begin to wait for a schema registry, or for a disk that cannot be written (`commit-failed`). */
  onOutage?: (error: CandelaError) => void
  /** Alerts no longer wait. */
  onOutageEnd?: (waitedMs: number) => void
  signal: AbortSignal
}

/** A decoded packet, or the error that makes it a dead letter. */
export async function receive (bytes: Uint8Array, origin: string, decode: (bytes: Uint8Array) => Promise<Alert>): Promise<ReceivedAlert> {
  try {
    return { alert: await decode(bytes), original: () => bytes, origin }
  } catch (cause) {
    return { error: decodingError(cause), bytes, origin }
  }
}

/** Why bytes gave no alert; whatever is no CandelaError is a fault of Candela's own. */
export const decodingError = (cause: unknown): CandelaError =>
  cause instanceof CandelaError ? cause : new CandelaError('internal-error', `decoding failed: ${reasonIn(cause)}`, { cause })

type Process = Processor['process']

export interface WaitingProcessOptions extends Pick<OutageOptions, 'onOutage' | 'onOutageEnd' | 'firstWaitMs' | 'longestWaitMs'> {
  processor: Processor
  signal: AbortSignal
}

/**
 * Processes batches; a commit that fails and may succeed later is tried again until it does.
 * @returns undefined where the signal aborts while a batch waits: nothing of the batch is stored
 * @throws what the processor throws otherwise, also a failed commit that has not waited when the signal aborts
 */
export function waitingProcess ({ processor, signal, ...options }: WaitingProcessOptions): (...batch: Parameters<Process>) => Promise<Awaited<ReturnType<Process>> | undefined> {
  const commits: Outage = new Outage({ ...options, isWaitedFor: error => isCommitFailure(error) && (commits.trouble !== null || !signal.aborted) })
  return async (...batch) => {
    try {
      return await commits.over(() => processor.process(...batch), signal)
    } catch (error) {
      if (error === signal.reason) return undefined
      throw error
    }
  }
}

/**
 * Gives packets one at a time, and lets the caller stop waiting. Racing each packet against one promise that lives as
 * long as the stream would keep all packets in memory.
 */
class PacketQueue {
  readonly #iterator: AsyncIterator<Packet>
  readonly #signal: AbortSignal
  #next: Promise<IteratorResult<Packet>>
  #giveUp = (): void => {}
  readonly #onAbort = (): void => this.#giveUp()

  constructor (packets: AsyncIterable<Packet>, signal: AbortSignal) {
    this.#iterator = packets[Symbol.asyncIterator]()
    this.#signal = signal
    this.#next = this.#ask()
    signal.addEventListener('abort', this.#onAbort)
  }

  #ask (): Promise<IteratorResult<Packet>> {
    const next = this.#iterator.next()
    // The next take() reports its failure; until then it must not count as unhandled.
    next.catch(() => {})
    return next
  }

  /**
   * @param patience how long to wait [ms]; without it, until there is a packet
   * @returns undefined at the end of the packets, after the signal, and after `patience`
   */
  async take (patience?: number): Promise<Packet | undefined> {
    if (this.#signal.aborted) return undefined
    const result = await new Promise<IteratorResult<Packet> | undefined>((resolve, reject) => {
      const timer = patience === undefined ? undefined : setTimeout(() => this.#giveUp(), patience)
      this.#giveUp = () => {
        clearTimeout(timer)
        resolve(undefined)
      }
      this.#next.then(resolve, reject).finally(() => clearTimeout(timer))
    })
    if (result === undefined || result.done === true) return undefined
    this.#next = this.#ask()
    return result.value
  }

  /** Leaves the source without waiting for its next packet. */
  close (): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
    this.#iterator.return?.().catch(() => {})
  }
}

/**
 * Runs until the packets end or the signal aborts. The last batch is committed, or left to the next start where it was
 * not decoded yet. Alerts wait while a schema registry is away (isOutage), and while commits fail that may succeed later.
 * @throws what the source or the processor throws: nothing of that batch is committed
 */
export async function runEmbeddedStream (options: EmbeddedStreamOptions): Promise<void> {
  const { source, processor, batchSize = 256, lingerMs = 5, onBatch, measures, onOutage, onOutageEnd, signal } = options
  const registry = new Outage({ isWaitedFor: isOutage, onOutage, onOutageEnd, endsWithoutSuccess: true })
  const decode = (bytes: Uint8Array): Promise<Alert> => registry.over(() => options.decode(bytes), signal)
  const process = waitingProcess({ processor, signal, onOutage, onOutageEnd })
  const queue = new PacketQueue(options.packets, signal)
  try {
    for (let first = await queue.take(); first !== undefined; first = await queue.take()) {
      const packets = [first]
      const arrived = [Date.now()]
      const closes = performance.now() + lingerMs
      while (packets.length < batchSize) {
        const more = await queue.take(Math.max(0, closes - performance.now()))
        if (more === undefined) break
        packets.push(more)
        arrived.push(Date.now())
      }
      const decoding = performance.now()
      const received = await untilAborted(Promise.all(packets.map(({ bytes, origin }) => receive(bytes, origin, decode))), signal)
      if (received === undefined) break
      const processing = performance.now()
      const outcomes = await process(received, { [source]: packets.at(-1)!.position })
      if (outcomes === undefined) break
      if (measures) {
        measures.batchTime('decode', processing - decoding)
        measureCommit(measures, outcomes, { arrived, processing })
      }
      onBatch?.(outcomes)
    }
  } finally {
    queue.close()
  }
}
