/**
 * The log of outages. An incident is one line when it begins and one when it ends, however many parts of the process wait
 * for the same subject, however often each tries again, and however the messages of their errors change.
 */
import { describeError, type CandelaError } from '../errors.ts'
import type { Measures } from './measures.ts'

/** One line of the log for an operator; `about` are its fields. */
export interface IncidentLog {
  info (about: object, line: string): void
  error (about: object, line: string): void
}

/** What is waited for. */
export interface Subject {
  /** Identifies it: a cluster of brokers, a registry, a topic. */
  key: string
  /** Logged when the incident is over: 'Kafka at localhost:9092 answers again'. */
  over: string
}

export interface IncidentsOptions {
  log: IncidentLog
  measures?: Pick<Measures, 'incident' | 'waits'> | undefined
  /** An incident is over when nothing has waited for this long [ms]: a subject that flickers is one incident. */
  settleMs?: number
  /** Milliseconds that only grow. */
  now?: () => number
}

interface Incident {
  readonly over: string
  readonly since: number
  /** Time of the newest error, symptom or end. */
  last: number
  timer: NodeJS.Timeout | undefined
}

const SETTLE = 5000

export class Incidents {
  readonly #options: Required<Omit<IncidentsOptions, 'measures'>> & Pick<IncidentsOptions, 'measures'>
  /** By the subject's key. */
  readonly #open = new Map<string, Incident>()
  /** Part → the subject that it waits for. */
  readonly #parts = new Map<string, string>()
  #closed = false

  constructor ({ log, measures, settleMs = SETTLE, now = () => performance.now() }: IncidentsOptions) {
    this.#options = { log, measures, settleMs, now }
  }

  /** Whether a subject has an incident that is not over yet. */
  has ({ key }: Pick<Subject, 'key'>): boolean {
    return this.#open.has(key)
  }

  /**
   * A part waits. Called for each failed attempt. A part that already waits keeps its first subject as long as its new
   * error can be retried as well.
   * @param part for an operator, unique in the process: 'partition 3', 'source main'
   */
  begin (part: string, subject: Subject, error: CandelaError): void {
    this.#options.measures?.waits(part, { code: error.code, message: error.message })
    this.#holds(part, subject, error, `waiting (${part}): ${describeError(error)}`)
  }

  /** A part continues without something that is away. As `begin`, but nothing waits. @param line for the log */
  doWithout (part: string, subject: Subject, error: CandelaError, line: string): void {
    this.#holds(part, subject, error, line)
  }

  #holds (part: string, subject: Subject, error: CandelaError, line: string): void {
    const before = this.#parts.get(part)
    const key = before !== undefined && error.canRetry ? before : subject.key
    if (before !== undefined && before !== key) this.#letGo(part, before)
    this.#parts.set(part, key)
    this.#happened({ ...subject, key }, error, line, part)
  }

  /** A part no longer waits, or no longer exists. */
  end (part: string): void {
    const key = this.#parts.get(part)
    if (key === undefined) return
    this.#options.measures?.waits(part, null)
    this.#letGo(part, key)
  }

  #letGo (part: string, key: string): void {
    this.#parts.delete(part)
    const incident = this.#open.get(key)
    if (!incident) return
    incident.last = this.#options.now()
    this.#look(key, incident)
  }

  /** A client library logs something that belongs to an outage: it prolongs an incident, and never begins one. */
  symptom ({ key }: Pick<Subject, 'key'>): void {
    const incident = this.#open.get(key)
    if (incident) incident.last = this.#options.now()
  }

  /** Ends incidents that nothing waits for, and logs nothing afterwards. */
  close (): void {
    if (this.#closed) return
    this.#closed = true
    for (const [key, incident] of this.#open) {
      clearTimeout(incident.timer)
      if (!this.#isWaitedFor(key)) this.#over(incident)
    }
  }

  #isWaitedFor (key: string): boolean {
    return [...this.#parts.values()].includes(key)
  }

  #happened ({ key, over }: Subject, error: CandelaError, line: string, part: string): void {
    const { log, measures, now } = this.#options
    const time = now()
    const incident = this.#open.get(key)
    if (incident) {
      incident.last = time
      return
    }
    this.#open.set(key, { over, since: time, last: time, timer: undefined })
    measures?.incident(error.code)
    if (!this.#closed) log.error({ part, code: error.code }, line)
  }

  /** Ends an incident when nothing has waited for long enough. While a part waits, its end calls this again. */
  #look (key: string, incident: Incident): void {
    const { settleMs, now } = this.#options
    clearTimeout(incident.timer)
    if (this.#closed || this.#isWaitedFor(key)) return
    const left = incident.last + settleMs - now()
    if (left > 0) {
      incident.timer = setTimeout(() => this.#look(key, incident), left)
      incident.timer.unref()
      return
    }
    this.#open.delete(key)
    this.#over(incident)
  }

  #over ({ over, since, last }: Incident): void {
    this.#options.log.info({}, `${over}, after ${((last - since) / 1000).toFixed(1)} s`)
  }
}
