/**
 * One connection to GET /v1/stream. EventSource would hide the heartbeats, and so whether the connection is alive, which
 * position the stream has reached, and why a connection was refused.
 */
import { addressOf, problemOf } from '../api.ts'

/** Three heartbeats of the service [ms]. */
const LONGEST_SILENCE = 45_000
/** After this time a connection without an answer is reported to wait: a browser keeps about six to one host, and queues others silently [ms]. */
const SLOW = 3000

export interface FeedEvent {
  name: string
  data: string
}

export interface FeedHandlers {
  opened: () => void
  /** There is no answer yet. */
  waits: () => void
  event: (event: FeedEvent) => void
  /** The stream has reached this sequence; called after the event that has it. */
  reached: (sequence: number) => void
  /** The connection has ended; not called after `close`. */
  lost: (why: string, wait: number) => void
}

/** @param query of GET /v1/stream @returns closes the connection */
export function openFeed (query: URLSearchParams, handlers: FeedHandlers): () => void {
  const abort = new AbortController()
  const feed = new Feed(handlers, abort)
  feed.run(query)
  return () => abort.abort()
}

class Feed {
  readonly #handlers: FeedHandlers
  readonly #abort: AbortController
  #silence: ReturnType<typeof setTimeout> | undefined
  #silent = false

  constructor (handlers: FeedHandlers, abort: AbortController) {
    this.#handlers = handlers
    this.#abort = abort
  }

  /** @throws never */
  async run (query: URLSearchParams): Promise<void> {
    const [why, wait] = await this.#read(query)
    clearTimeout(this.#silence)
    const closed = this.#abort.signal.aborted && !this.#silent
    if (!closed) this.#handlers.lost(this.#silent ? `Nothing has come from Candela for ${LONGEST_SILENCE / 1000} s.` : why, wait)
  }

  /** @returns why the connection ended, and how long to wait [ms] */
  async #read (query: URLSearchParams): Promise<[why: string, wait: number]> {
    const slow = setTimeout(() => this.#handlers.waits(), SLOW)
    try {
      const response = await fetch(addressOf(`v1/stream?${query}`), { headers: { accept: 'text/event-stream' }, cache: 'no-store', signal: this.#abort.signal })
      clearTimeout(slow)
      if (!response.ok || !response.body) return [(await problemOf(response)).message, 1000 * (Number(response.headers.get('retry-after')) || 0)]
      this.#heard()
      this.#handlers.opened()
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
      for (let rest = ''; ;) {
        const { value, done } = await reader.read()
        if (done) return ['Candela has ended the stream.', 0]
        this.#heard()
        const blocks = (rest + value).split('\n\n')
        rest = blocks.pop()!
        for (const block of blocks) if (!this.#abort.signal.aborted) this.#block(block)
      }
    } catch {
      return ['Candela does not answer.', 0]
    } finally {
      clearTimeout(slow)
    }
  }

  #heard (): void {
    clearTimeout(this.#silence)
    this.#silence = setTimeout(() => {
      this.#silent = true
      this.#abort.abort()
    }, LONGEST_SILENCE)
  }

  #block (block: string): void {
    const fields = new Map(block.split('\n').map(line => {
      const at = line.indexOf(':')
      return [line.slice(0, at), line.slice(at + 1).trimStart()]
    }))
    const data = fields.get('data')
    if (data !== undefined) this.#handlers.event({ name: fields.get('event') ?? 'message', data })
    const id = fields.get('id')
    if (id !== undefined) this.#handlers.reached(Number(id))
  }
}
