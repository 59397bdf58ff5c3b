/** Keeps a page in step with the service: reads what it shows, then follows the stream, and again after a lost connection. */
import { addressOf, Problem, type Candidate } from './api.ts'
import { part } from './elements.ts'

export type Connection = 'connecting' | 'live' | 'reconnecting'

/** Before the page tries again where the server did not answer [ms]. */
export const RETRY = 3000

export interface LiveOptions {
  /**
   * Reads anew what the page shows.
   * @returns of GET /v1/stream: from where on to follow, and what
   */
  load: (signal: AbortSignal) => Promise<URLSearchParams>
  receive: (candidate: Candidate) => void
  /** Called with each change of the connection, and after each load. */
  changed: (connection: Connection) => void
}

export class Live {
  readonly #options: LiveOptions
  #source: EventSource | undefined
  #loading = new AbortController()
  #connection: Connection = 'connecting'
  #trouble: string | null = null

  constructor (options: LiveOptions) {
    this.#options = options
  }

  get connection (): Connection {
    return this.#connection
  }

  /** What the service said against the last load; null where it gave what was asked for, or nothing at all. */
  get trouble (): string | null {
    return this.#trouble
  }

  /** Reads and follows anew, in place of what went on. */
  async start (): Promise<void> {
    this.#loading.abort()
    this.#source?.close()
    const { signal } = this.#loading = new AbortController()
    try {
      const query = await this.#options.load(signal)
      if (signal.aborted) return
      this.#trouble = null
      this.#follow(query, signal)
    } catch (error) {
      if (signal.aborted) return
      this.#trouble = error instanceof Problem ? error.message : null
      this.#lost(signal)
    }
  }

  #show (connection: Connection): void {
    this.#connection = connection
    this.#options.changed(connection)
  }

  #follow (query: URLSearchParams, signal: AbortSignal): void {
    const source = this.#source = new EventSource(addressOf(`v1/stream?${query}`))
    let opened = false
    source.addEventListener('open', () => {
      this.#show('live')
      // After a lost connection the server may be another one, with another store: what is shown is read anew.
      if (opened) this.start()
      opened = true
    })
    source.addEventListener('error', () => {
      if (source.readyState === EventSource.CLOSED) this.#lost(signal)
      else this.#show('reconnecting')
    })
    source.addEventListener('classification', event => this.#options.receive(JSON.parse((event as MessageEvent<string>).data) as Candidate))
    this.#options.changed(this.#connection)
  }

  /** Tries again a little later, unless something else was begun meanwhile. */
  #lost (signal: AbortSignal): void {
    this.#show('reconnecting')
    setTimeout(() => { if (!signal.aborted) this.start() }, RETRY)
  }
}

/** Shows the connection in the page's header. */
export function showConnection (connection: Connection): void {
  const shown = part('connection')
  if (shown.dataset['state'] === connection) return
  shown.textContent = connection
  shown.dataset['state'] = connection
}
