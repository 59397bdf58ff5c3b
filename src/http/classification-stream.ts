/** One client of /v1/stream: Server-Sent Events (WHATWG HTML, sec. 9.2) of the classifications after a position. */
import { Readable } from 'node:stream'
import type { Candidate, ObjectReader } from '../state/views.ts'

/** Changes read from the store at a time while a client catches up. */
const PAGE = 200
/** Bytes that wait for a client before it is taken off the live feed. */
const HIGHEST_BACKLOG = 256 * 1024
/** What a client waits before it comes back after a lost connection [ms]. */
const RETRY = 2000

/** A classification as an event: its sequence is the id that Last-Event-ID resumes from. */
export function formatEvent (candidate: Candidate): string {
  return `event: classification\nid: ${candidate.sequence}\ndata: ${JSON.stringify(candidate)}\n\n`
}

export interface ClassificationStreamOptions {
  reader: Pick<ObjectReader, 'changedSince'>
  /** Sequence of the last change that the client knows. */
  after: number
  wants: (candidate: Candidate) => boolean
}

/**
 * Catches up from the store, then follows the live feed. A client that reads more slowly than the feed is put
 * back to catching up, where it gets the newest classification of each object instead of every one, so what
 * waits for it in memory is bounded and nothing it still needs is lost.
 */
export class ClassificationStream extends Readable {
  readonly #reader: Pick<ObjectReader, 'changedSince'>
  readonly #wants: (candidate: Candidate) => boolean
  #position: number
  #live = false
  #scheduled = false
  #finished = false
  #pushes = 0
  #stalledAt: string | undefined

  constructor ({ reader, after, wants }: ClassificationStreamOptions) {
    super()
    this.#reader = reader
    this.#wants = wants
    this.#position = after
    this.push(`retry: ${RETRY}\n\n`)
  }

  override _read (): void {
    if (!this.#live) this.#catchUp()
  }

  #send (text: string): void {
    this.#pushes++
    this.push(text)
  }

  #catchUp (): void {
    if (this.destroyed || this.#finished || this.#scheduled) return
    let changes: Candidate[]
    try {
      changes = this.#reader.changedSince(this.#position, PAGE)
    } catch (error) {
      this.destroy(error as Error)
      return
    }
    if (changes.length === 0) {
      this.#live = true
      return
    }
    this.#position = changes.at(-1)!.sequence
    const wanted = changes.filter(this.#wants)
    if (wanted.length > 0) {
      this.#send(wanted.map(formatEvent).join(''))
    } else {
      // A page without a match: the next one in a later turn, so that a rare filter does not block other requests.
      this.#scheduled = true
      setImmediate(() => {
        this.#scheduled = false
        this.#catchUp()
      })
    }
  }

  /**
   * The classifications of a commit, in order.
   * @param format formatEvent, shared between the clients so that each event is written once
   */
  follow (candidates: readonly Candidate[], format: (candidate: Candidate) => string): void {
    if (!this.#live || this.#finished) return
    const news = candidates.filter(candidate => candidate.sequence > this.#position)
    if (news.length === 0) return
    this.#position = news.at(-1)!.sequence
    const wanted = news.filter(this.#wants)
    if (wanted.length > 0) this.#send(wanted.map(format).join(''))
    if (this.readableLength > HIGHEST_BACKLOG) this.#live = false
  }

  /**
   * A comment that keeps proxies from closing the connection, with the position so that a filtered client
   * resumes behind what it did not want. A client that has read nothing of its backlog since the last
   * heartbeat is cut off.
   */
  heartbeat (): void {
    if (this.#finished) return
    if (this.readableLength === 0) {
      this.#stalledAt = undefined
      this.push(`: heartbeat\nid: ${this.#position}\n\n`)
      return
    }
    const at = `${this.#pushes}/${this.readableLength}`
    if (at === this.#stalledAt) this.destroy()
    else this.#stalledAt = at
  }

  /** Ends the response after what is already waiting. */
  finish (): void {
    this.#finished = true
    this.push(null)
  }
}
