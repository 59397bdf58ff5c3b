/** Messages between pages and the hub of the shared stream, the same on every way. */

/** The part of the stream that a page wants. */
export interface Wanted {
  /** The newest sequence that the page knows. */
  after: number
  /** Events of this object alone; null for all. */
  diaObjectId: string | null
}

/** Each page has an id of its own. */
export type ToHub = { from: string } & (
  | { kind: 'follow', wanted: Wanted }
  | { kind: 'leave' }
  /** Sent regularly: a page that was killed falls silent. */
  | { kind: 'here' })

export type ToPage =
  /** Events come from now on. */
  | { kind: 'live' }
  | { kind: 'event', name: string, data: string, sequence: number }
  /** The service has not answered yet; events come once it has. */
  | { kind: 'waits', why: string }
  /** The page has to read anew and to follow again: now, or after `wait` [ms] where the connection is lost. */
  | { kind: 'anew' }
  | { kind: 'lost', why: string, wait: number }
  /** There is a new hub: the page has to tell it again what it wants. */
  | { kind: 'new-hub' }

/** Interval at which a page says that it is open [ms]. */
export const HERE = 20_000
