/** One client of /v1/stream: Server-Sent Events (WHATWG HTML, sec. 9.2) of what was published after a position. */
import { Readable } from 'node:stream'
import type { Change, ObjectReader } from '../../state/views.ts'
import { formatEvent, type ClassificationLog } from './classification-log.ts'

/** Classifications sent at a time. */
const PAGE = 200
/** Backlog of a client, beside a page, above which it gets no more [bytes]. */
const HIGHEST_BACKLOG = 64 * 1024
/** How long a client waits before it reconnects [ms]. */
const RETRY = 2000

/** Why classifications are missing: the log does not reach back so far, or the position is of another store. */
export type GapReason = 'too-old' | 'unknown-position'

export interface ClassificationStreamOptions {
  log: ClassificationLog
  reader: Pick<ObjectReader, 'changedSince'>
  /** Sequence of the last change that the client knows. */
  after: number
  /** The client's own position means nothing here. */
  unknownPosition?: boolean
  /** Undefined for everything. */
  wants: ((change: Change) => boolean) | undefined
  /** Called where the client is cut off because it reads nothing. */
  onCutOff?: () => void
}

/**
 * Sends every classification from the log, as fast as the client reads. Where the log does not reach back to the client's
 * position, the client gets a `gap` event and, from the store, only the newest classification of each object. The same happens
 * to a client that reads so slowly that the log drops its position. The backlog in memory is bounded: this trades completeness
 * for memory.
 */
export class ClassificationStream extends Readable {
  readonly #log: ClassificationLog
  readonly #reader: Pick<ObjectReader, 'changedSince'>
  readonly #wants: ((change: Change) => boolean) | undefined
  readonly #onCutOff: () => void
  #position: number
  #unknownPosition: boolean
  /** Up to here classifications come from the store. */
  #gapUntil = -1
  /** More may be pushed. */
  #hungry = false
  #scheduled = false
  #finished = false
  #pushes = 0
  #stalledAt: string | undefined

  constructor ({ log, reader, after, unknownPosition = false, wants, onCutOff = () => {} }: ClassificationStreamOptions) {
    super({ highWaterMark: HIGHEST_BACKLOG })
    this.#log = log
    this.#reader = reader
    this.#wants = wants
    this.#onCutOff = onCutOff
    this.#position = after
    this.#unknownPosition = unknownPosition
    this.push(`retry: ${RETRY}\n\n`)
  }

  override _read (): void {
    this.#hungry = true
    this.advance()
  }

  /** Sends the client the next page, if it reads. */
  advance (): void {
    if (!this.#hungry || this.#scheduled || this.destroyed || this.#finished) return
    try {
      while (this.#hungry && this.#step());
    } catch (error) {
      this.destroy(error as Error)
    }
  }

  #send (text: string | Buffer): void {
    this.#pushes++
    this.#hungry = this.push(text)
  }

  /** @returns whether there may be more */
  #step (): boolean {
    if (this.#unknownPosition || this.#position < this.#log.since) return this.#fromStore()
    const page = this.#log.after(this.#position, PAGE)
    const last = page.at(-1)
    if (!last) return false
    this.#position = last.change.sequence
    if (!this.#wants) {
      this.#send(this.#log.joined(page))
      return true
    }
    return this.#wanted(page.filter(({ change }) => this.#wants!(change)).map(({ text }) => text))
  }

  #fromStore (): boolean {
    if (this.#unknownPosition || this.#position >= this.#gapUntil) {
      const reason: GapReason = this.#unknownPosition ? 'unknown-position' : 'too-old'
      this.#unknownPosition = false
      this.#gapUntil = this.#log.since
      this.#send(`event: gap\ndata: ${JSON.stringify({ reason, after: this.#position, until: this.#gapUntil })}\n\n`)
      return true
    }
    const changes = this.#reader.changedSince(this.#position, PAGE).filter(({ sequence }) => sequence <= this.#gapUntil)
    this.#position = changes.length < PAGE ? this.#gapUntil : changes.at(-1)!.sequence
    return this.#wanted((this.#wants ? changes.filter(this.#wants) : changes).map(formatEvent))
  }

  #wanted (texts: readonly string[]): boolean {
    if (texts.length > 0) {
      this.#send(texts.join(''))
      return true
    }
    // A page without a match: the next one in a later turn, so that a rare filter does not block other requests.
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.advance()
    })
    return false
  }

  /**
   * A comment that keeps proxies from closing the connection, with the position so that a filtered client
   * resumes behind what it did not want. A client that has read nothing of its backlog since the last
   * heartbeat is cut off.
   */
  heartbeat (): void {
    if (this.#finished || this.destroyed) return
    if (this.readableLength === 0) {
      this.#stalledAt = undefined
      this.push(`: heartbeat\nid: ${this.#position}\n\n`)
      return
    }
    const at = `${this.#pushes}/${this.readableLength}`
    if (at !== this.#stalledAt) {
      this.#stalledAt = at
      return
    }
    this.#onCutOff()
    this.destroy()
  }

  /** Ends the response after what is already waiting. */
  finish (): void {
    this.#finished = true
    this.push(null)
  }
}
