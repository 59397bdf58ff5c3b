/** Keeps a page up to date: reads what it shows, then follows the stream, and both again after a lost connection. */
import { Problem, whyOf, type Candidate } from './api.ts'
import type { Connection } from './connection.ts'
import { Follower, type Followed } from './stream/follower.ts'
import type { Wanted } from './stream/messages.ts'
import { onceVisible } from './while-visible.ts'

/** Pause before the page tries again after no answer [ms]. */
export const RETRY = 3000

/** An object lost its classification. */
export interface Withdrawal {
  diaObjectId: string
  reason: string
  sequence: number
}

export interface LiveOptions {
  /**
   * Reads anew what the page shows.
   * @returns from where on to follow, and what
   */
  load: (signal: AbortSignal) => Promise<Wanted>
  receive: (candidate: Candidate) => void
  withdrawn: (withdrawal: Withdrawal) => void
  /** Called with each change of the connection, and after each load. */
  changed: (connection: Connection, why: string | null) => void
}

export class Live {
  readonly #options: LiveOptions
  readonly #follower = new Follower(message => this.#hear(message))
  #loading = new AbortController()
  #connection: Connection = 'connecting'
  #why: string | null = null
  #trouble: string | null = null

  constructor (options: LiveOptions) {
    this.#options = options
  }

  get connection (): Connection {
    return this.#connection
  }

  /** The problem that answered the last load; null where the load succeeded, or got no answer at all. */
  get trouble (): string | null {
    return this.#trouble
  }

  /** Reads and follows anew, and stops what went on before. */
  async start (): Promise<void> {
    this.#loading.abort()
    this.#follower.leave()
    const { signal } = this.#loading = new AbortController()
    try {
      const wanted = await this.#options.load(signal)
      if (signal.aborted) return
      this.#trouble = null
      this.#options.changed(this.#connection, this.#why)
      this.#follower.follow(wanted)
    } catch (error) {
      if (signal.aborted) return
      this.#trouble = error instanceof Problem ? error.message : null
      this.#lost(whyOf(error))
    }
  }

  #show (connection: Connection, why: string | null = null): void {
    this.#connection = connection
    this.#why = why
    this.#options.changed(connection, why)
  }

  #hear (message: Followed): void {
    switch (message.kind) {
      case 'live': return this.#show('live')
      case 'waits': return this.#show('waiting', message.why)
      case 'paused': return this.#show('paused', 'A page that is not seen does not follow; it makes up for it.')
      case 'lost': return this.#lost(message.why, message.wait)
      case 'anew':
        this.start()
        return
      case 'event':
        if (message.name === 'classification') this.#options.receive(JSON.parse(message.data) as Candidate)
        else if (message.name === 'withdrawn') this.#options.withdrawn(JSON.parse(message.data) as Withdrawal)
    }
  }

  /** Tries again after a pause, once the page is visible, unless another load began meanwhile. */
  #lost (why: string, wait = 0): void {
    const { signal } = this.#loading
    this.#show('reconnecting', why)
    setTimeout(() => onceVisible(() => { if (!signal.aborted) this.start() }), Math.max(RETRY, wait))
  }
}
