/** What the parts of Candela that work on Kafka have in common: one process runs one of them, or all. */

export interface RoleReadiness {
  ready: boolean
  /** Why not, in words for an operator; where it is ready, what all the same is not as it should be. */
  reason?: string
}

/** One line of the log for an operator; `about` are its fields. */
export interface RoleLog {
  info (about: object, line: string): void
  warn (about: object, line: string): void
  error (about: object, line: string): void
}

export interface RunningRole {
  /** Rejects where the role cannot go on: what no retry mends. Resolves after stop(). */
  readonly finished: Promise<void>
  readiness (): RoleReadiness
  /** Finishes the batch in hand, commits it, leaves the group. */
  stop (): Promise<void>
}

/** Candela's own topics. */
export interface OwnTopics {
  /** Alerts, keyed by diaObjectId. */
  photometry: string
  /** Candela's own record of every alert. */
  classifications: string
  /** The changelog of the state store. */
  objectRecords: string
  deadLetters: string
}

export const ownTopics = (prefix: string): OwnTopics => ({
  photometry: `${prefix}photometry`,
  classifications: `${prefix}classifications`,
  objectRecords: `${prefix}object-records`,
  deadLetters: `${prefix}dead-letters`
})
