/** Serves the clients of /v1/stream in rounds, so that thousands of them take a part of the process's time, not all of it. */
import { setImmediate, setTimeout as delay } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import type { ClassificationStream } from './classification-stream.ts'

/** Time that a round takes before others have a turn [ms]. */
const SLICE = 5
/** A pause this many times as long follows a long round: rounds take at most a fifth of the time. This trades latency for other requests. */
const PAUSE = 4
/** Rounds shorter than this follow each other at once [ms]. */
const SHORT = 2

/** Streams at a time; 0 for any number. */
export interface MostStreams {
  /** Of one address. */
  address: number
  all: number
}

export class StreamFeed {
  readonly #clients = new Set<ClassificationStream>()
  readonly #most: MostStreams
  /** Streams by address. */
  readonly #addresses = new Map<string, number>()
  #news = false
  #running = false
  #closed = false

  constructor (most: MostStreams) {
    this.#most = most
  }

  get size (): number {
    return this.#clients.size
  }

  /** @throws CandelaError 'too-many-streams', 'overloaded' where the address, or all, may have no more */
  refuseTooMany (address: string): void {
    const { address: most, all } = this.#most
    const isFull = (count: number, most: number): boolean => most > 0 && count >= most
    if (isFull(this.#addresses.get(address) ?? 0, most)) {
      throw new CandelaError('too-many-streams', `${address} has ${most} live streams, the most of one address.`, { canRetry: true, action: 'Close one: a stream serves any number of readers behind one program.' })
    }
    if (isFull(this.#clients.size, all)) {
      throw new CandelaError('overloaded', `${all} live streams are open, the most that are served at a time.`, { canRetry: true, action: 'Come again later, or ask GET /v1/objects?since=.' })
    }
  }

  add (client: ClassificationStream, address: string): void {
    this.#clients.add(client)
    this.#addresses.set(address, (this.#addresses.get(address) ?? 0) + 1)
    client.once('close', () => {
      this.#clients.delete(client)
      const others = this.#addresses.get(address)! - 1
      if (others > 0) this.#addresses.set(address, others)
      else this.#addresses.delete(address)
    })
  }

  /** Tells that the log has new classifications; every client gets them soon. */
  announce (): void {
    this.#news = true
    if (this.#running || this.#clients.size === 0) return
    this.#running = true
    this.#deliver().finally(() => { this.#running = false })
  }

  async #deliver (): Promise<void> {
    while (this.#news && !this.#closed) {
      await setImmediate()
      this.#news = false
      const took = await this.#round(client => client.advance())
      if (took > SHORT) await delay(PAUSE * took, undefined, { ref: false })
    }
  }

  /** @returns the time that it took, without that of others [ms] */
  async #round (call: (client: ClassificationStream) => void): Promise<number> {
    let took = 0
    let began = performance.now()
    for (const client of [...this.#clients]) {
      call(client)
      const passed = performance.now() - began
      if (passed < SLICE) continue
      took += passed
      await setImmediate()
      if (this.#closed) return took
      began = performance.now()
    }
    return took + performance.now() - began
  }

  /** @throws never */
  async heartbeat (): Promise<void> {
    await this.#round(client => client.heartbeat())
  }

  /**
   * Ends every stream after what waits for its client.
   * @param patience how long clients may read [ms]
   */
  async close (patience: number): Promise<void> {
    this.#closed = true
    const clients = [...this.#clients]
    const closed = clients.map(client => new Promise(resolve => client.once('close', resolve)))
    for (const client of clients) client.finish()
    if (closed.length > 0) await Promise.race([Promise.all(closed), delay(patience, undefined, { ref: false })])
    for (const client of clients) client.destroy()
  }
}
