/** The newest classifications in order of publication, so that a client that reconnects misses none. */
import { isWithdrawal, type Change } from '../../state/views.ts'

/** A classification, or its withdrawal, as an event; its sequence is the id that Last-Event-ID resumes from. */
export function formatEvent (change: Change): string {
  return `event: ${isWithdrawal(change) ? 'withdrawn' : 'classification'}\nid: ${change.sequence}\ndata: ${JSON.stringify(change)}\n\n`
}

/** A change and its event, whose text is made once for all clients. */
export class LoggedChange {
  readonly change: Change
  #text: string | undefined

  constructor (change: Change) {
    this.change = change
  }

  get text (): string {
    this.#text ??= formatEvent(this.change)
    return this.#text
  }
}

export class ClassificationLog {
  readonly #length: number
  /** In order of sequence; up to twice the length, so that the oldest are dropped a whole length at a time. */
  #entries: LoggedChange[] = []
  #since: number
  /** The events of the newest request, joined. */
  #joined: { first: LoggedChange, count: number, bytes: Buffer } | undefined

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

  /** @param changes of a commit, in order */
  add (changes: readonly Change[]): void {
    for (const change of changes) this.#entries.push(new LoggedChange(change))
    if (this.#entries.length < 2 * this.#length) return
    const kept = this.#entries.slice(-this.#length)
    this.#since = this.#entries[this.#entries.length - kept.length - 1]?.change.sequence ?? this.#since
    this.#entries = kept
  }

  /** @returns at most `limit` classifications behind a sequence that is not below `since`, oldest first */
  after (sequence: number, limit: number): LoggedChange[] {
    const entries = this.#entries
    let low = 0
    let high = entries.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (entries[middle]!.change.sequence > sequence) high = middle
      else low = middle + 1
    }
    return entries.slice(low, low + limit)
  }

  /** The events of classifications that `after` gave. Most clients are at the same position; their events are joined once. */
  joined (page: readonly LoggedChange[]): Buffer {
    const [first] = page
    if (!first) return Buffer.alloc(0)
    if (this.#joined?.first !== first || this.#joined.count !== page.length) {
      this.#joined = { first, count: page.length, bytes: Buffer.from(page.map(({ text }) => text).join('')) }
    }
    return this.#joined.bytes
  }
}
