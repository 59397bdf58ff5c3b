/** What the roles on Kafka have in common. A process runs one role, or all of them. */
import type { Settings } from '../../config.ts'

export interface RoleReadiness {
  ready: boolean
  /** For an operator: why it is not ready, or what is wrong although it is ready. */
  reason?: string
}

/** One line of the log for an operator; `about` are its fields. */
export interface RoleLog {
  info (about: object, line: string): void
  warn (about: object, line: string): void
  error (about: object, line: string): void
}

export interface RunningRole {
  /** Rejects where the role cannot continue and no retry helps. Resolves after stop(). */
  readonly finished: Promise<void>
  readiness (): RoleReadiness
  /** Finishes and commits the current batch, then leaves the group. */
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

/** Whether Candela itself writes a topic, by its name: what it writes is no survey's. */
export function isOwnTopic ({ kafkaPrefix, kafkaOutputs }: Pick<Settings, 'kafkaPrefix' | 'kafkaOutputs'>): (topic: string) => boolean {
  const own = new Set([...Object.values(ownTopics(kafkaPrefix)), ...kafkaOutputs.map(({ format, topic }) => topic ?? `${kafkaPrefix}${format}`)])
  return topic => own.has(topic) || (kafkaPrefix !== '' && topic.startsWith(kafkaPrefix))
}
