/** What pages and the hub of the shared stream say to each other, through whichever way there is. */

/** What a page wants of the stream. */
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
  /** Said now and then: a page that was closed by force says nothing any more. */
  | { kind: 'here' })

export type ToPage =
  /** Events come from now on. */
  | { kind: 'live' }
  | { kind: 'event', name: string, data: string, sequence: number }
  /** There is no answer yet; events come once there is. */
  | { kind: 'waits', why: string }
  /** The page has to read anew what it shows, and to follow again: now; or after `wait` [ms], as the connection is lost. */
  | { kind: 'anew' }
  | { kind: 'lost', why: string, wait: number }
  /** There is a new hub: it has to be told again what is wanted. */
  | { kind: 'new-hub' }

/** A page says that it is there once in this time [ms]. */
export const HERE = 20_000
