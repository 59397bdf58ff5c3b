/**
 * Serves all pages of an origin from one connection to /v1/stream: a browser keeps about six connections to one host,
 * and a stream each for six pages would leave none for anything else.
 */
import { openFeed, type FeedEvent } from './event-feed.ts'
import { HERE, type ToHub, type ToPage, type Wanted } from './messages.ts'

/** How long the hub waits for further pages before it opens the connection, so that pages that open together cost one [ms]. */
const SETTLE = 50
/** Above this number of objects the hub follows the stream of all: the length of an address is limited. */
const MOST_IDS = 100
/** A page that is silent for this long is taken for closed [ms]. */
const LONGEST_QUIET = 3.5 * HERE

interface Follower extends Wanted {
  /** performance.now() of its last message. */
  heard: number
}

export class StreamHub {
  readonly #send: (to: readonly string[], message: ToPage) => void
  readonly #followers = new Map<string, Follower>()
  #close: (() => void) | undefined
  /** Objects that the connection follows, null for all; undefined without a connection. */
  #ids: ReadonlySet<string> | null | undefined
  /** Newest sequence of the connection. */
  #position = 0
  #opened = false
  #settling: ReturnType<typeof setTimeout> | undefined
  #watching: ReturnType<typeof setInterval> | undefined

  /** @param send gives pages a message */
  constructor (send: (to: readonly string[], message: ToPage) => void) {
    this.#send = send
  }

  hear (message: ToHub): void {
    const { from } = message
    const follower = this.#followers.get(from)
    if (message.kind === 'follow') {
      this.#followers.set(from, { ...message.wanted, heard: performance.now() })
      this.#settleSoon()
    } else if (message.kind === 'leave') {
      if (this.#followers.delete(from)) this.#settleSoon()
    } else if (follower) {
      follower.heard = performance.now()
    } else {
      // The hub itself slept for longer than a page may be silent.
      this.#send([from], { kind: 'anew' })
    }
  }

  /** Closes the connection without a message to the pages. */
  close (): void {
    this.#followers.clear()
    this.#settle()
  }

  #settleSoon (): void {
    this.#settling ??= setTimeout(() => this.#settle(), SETTLE)
  }

  /** Opens, changes or closes the connection, as the following pages want it. */
  #settle (): void {
    clearTimeout(this.#settling)
    this.#settling = undefined
    clearInterval(this.#watching)
    this.#watching = undefined
    if (this.#followers.size === 0) {
      this.#end()
      return
    }
    this.#watching = setInterval(() => this.#forgetSilent(), HERE)
    const followers = [...this.#followers.values()]
    const ids = idsOf(followers)
    const start = Math.min(...followers.map(({ after }) => after))
    if (this.#ids !== undefined && sameIds(this.#ids, ids) && start >= this.#position) {
      if (this.#opened) this.#send([...this.#followers.keys()], { kind: 'live' })
      return
    }
    this.#open(ids, start)
  }

  #end (): void {
    this.#close?.()
    this.#close = undefined
    this.#ids = undefined
    this.#opened = false
  }

  #open (ids: ReadonlySet<string> | null, start: number): void {
    this.#end()
    this.#ids = ids
    this.#position = start
    const query = new URLSearchParams({ after: String(start) })
    for (const id of ids ?? []) query.append('diaObjectId', id)
    this.#close = openFeed(query, {
      opened: () => {
        this.#opened = true
        this.#send([...this.#followers.keys()], { kind: 'live' })
      },
      waits: () => this.#send([...this.#followers.keys()], { kind: 'waits', why: 'Candela has not answered yet: it may be away, or this browser has no connection to it left.' }),
      event: event => this.#event(event),
      reached: sequence => this.#reached(sequence),
      lost: (why, wait) => this.#dismiss({ kind: 'lost', why, wait })
    })
  }

  #event ({ name, data }: FeedEvent): void {
    // What the pages show can be of another store, or too old to be completed: they read anew.
    if (name === 'gap') {
      this.#dismiss({ kind: 'anew' })
      return
    }
    const { diaObjectId, sequence } = JSON.parse(data) as { diaObjectId?: unknown, sequence?: unknown }
    if (typeof sequence !== 'number') return
    const to = [...this.#followers].filter(([, follower]) => sequence > follower.after && (follower.diaObjectId === null || follower.diaObjectId === diaObjectId)).map(([id]) => id)
    if (to.length > 0) this.#send(to, { kind: 'event', name, sequence, data })
    this.#reached(sequence)
  }

  #reached (sequence: number): void {
    this.#position = Math.max(this.#position, sequence)
    for (const follower of this.#followers.values()) follower.after = Math.max(follower.after, sequence)
  }

  /** Closes the connection; all pages have to follow anew. */
  #dismiss (message: ToPage): void {
    const pages = [...this.#followers.keys()]
    this.close()
    this.#send(pages, message)
  }

  #forgetSilent (): void {
    const now = performance.now()
    for (const [id, { heard }] of this.#followers) if (now - heard > LONGEST_QUIET) this.#followers.delete(id)
    this.#settleSoon()
  }
}

function idsOf (followers: readonly Wanted[]): ReadonlySet<string> | null {
  const ids = new Set(followers.map(({ diaObjectId }) => diaObjectId))
  return ids.has(null) || ids.size > MOST_IDS ? null : ids as Set<string>
}

const sameIds = (a: ReadonlySet<string> | null, b: ReadonlySet<string> | null): boolean =>
  a === null || b === null ? a === b : a.size === b.size && [...a].every(id => b.has(id))
