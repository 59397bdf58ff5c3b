/**
 * What parts of this process wait for, and the log of it: an outage is one line when it begins and one when it ends,
 * however many parts wait, however often each tries again, and whatever changes in the words of their errors.
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
  /** Tells it from others: a cluster of brokers, a registry, a topic. */
  key: string
  /** Said when it is over: 'Kafka at localhost:9092 answers again'. */
  over: string
}

export interface IncidentsOptions {
  log: IncidentLog
  measures?: Pick<Measures, 'incident' | 'waits'> | undefined
  /** An incident that nothing waits for is over after this: what comes back by halves is not another one [ms]. */
  settleMs?: number
  /** Milliseconds that only grow. */
  now?: () => number
}

interface Incident {
  readonly over: string
  readonly since: number
  /** When the last word of it was said, or the last part went on. */
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

  /** Whether there is an incident of a subject, or one has just been. */
  has ({ key }: Pick<Subject, 'key'>): boolean {
    return this.#open.has(key)
  }

  /**
   * A part waits, told as often as it has tried in vain. One that already waits stays with what it waited for first, as
   * long as the new error passes by itself as well.
   * @param part in words for an operator, each once in a process: 'partition 3', 'source main'
   */
  begin (part: string, subject: Subject, error: CandelaError): void {
    this.#options.measures?.waits(part, { code: error.code, message: error.message })
    this.#holds(part, subject, error, `waiting (${part}): ${describeError(error)}`)
  }

  /** A part does without something that is away: as `begin`, but nothing waits. @param line for the log */
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

  /** A part does not wait any more, or has nobody who does. */
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

  /** A client library says something that belongs to an outage: no news where a part waits, and none that one has got over by itself. */
  symptom ({ key }: Pick<Subject, 'key'>): void {
    const incident = this.#open.get(key)
    if (incident) incident.last = this.#options.now()
  }

  /** Ends what nothing waits for, and says nothing from now on. */
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

  /** Says that it is over as soon as it is. One that is waited for is looked at again when a part ends. */
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
