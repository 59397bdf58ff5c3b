/** The newest classifications as they were published, so that a client that was away for a while misses none. */
import type { Candidate } from '../state/views.ts'

/** A classification as an event: its sequence is the id that Last-Event-ID resumes from. */
export function formatEvent (candidate: Candidate): string {
  return `event: classification\nid: ${candidate.sequence}\ndata: ${JSON.stringify(candidate)}\n\n`
}

/** A classification and its event, which is written once for all clients. */
export class LoggedClassification {
  readonly candidate: Candidate
  #text: string | undefined

  constructor (candidate: Candidate) {
    this.candidate = candidate
  }

  get text (): string {
    this.#text ??= formatEvent(this.candidate)
    return this.#text
  }
}

export class ClassificationLog {
  readonly #length: number
  /** In order of sequence; up to twice the length, so that the oldest are dropped a whole length at a time. */
  #entries: LoggedClassification[] = []
  #since: number
  /** The events that were asked for last, joined. */
  #joined: { first: LoggedClassification, count: number, bytes: Buffer } | undefined

  /**
   * @param since number of the newest change: what came before is not in the log
   * @param length classifications that it keeps at least
   */
  constructor (since: number, length: number) {
    this.#since = since
    this.#length = length
  }

  /** Every classification that was published with a sequence above this one is in the log. */
  get since (): number {
    return this.#since
  }

  /** @param candidates of a commit, in order */
  add (candidates: readonly Candidate[]): void {
    for (const candidate of candidates) this.#entries.push(new LoggedClassification(candidate))
    if (this.#entries.length < 2 * this.#length) return
    const kept = this.#entries.slice(-this.#length)
    this.#since = this.#entries[this.#entries.length - kept.length - 1]?.candidate.sequence ?? this.#since
    this.#entries = kept
  }

  /** @returns at most `limit` classifications behind a sequence that is not below `since`, oldest first */
  after (sequence: number, limit: number): LoggedClassification[] {
    const entries = this.#entries
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (entries[middle]!.candidate.sequence > sequence) high = middle
      else low = middle + 1
    }
    return entries.slice(low, low + limit)
  }

  /** The events of classifications that `after` gave. Many clients stand at one place: for them this is done once. */
  joined (page: readonly LoggedClassification[]): Buffer {
    const [first] = page
    if (!first) return Buffer.alloc(0)
    if (this.#joined?.first !== first || this.#joined.count !== page.length) {
      this.#joined = { first, count: page.length, bytes: Buffer.from(page.map(({ text }) => text).join('')) }
    }
    return this.#joined.bytes
  }
}
