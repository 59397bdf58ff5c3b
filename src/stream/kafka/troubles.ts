/** What keeps a role from its work at the moment, and will pass: said once in the log, and shown to whoever asks. */
import { withCode, type CandelaError } from '../../errors.ts'
import type { RoleLog, RoleReadiness } from './role.ts'

export class Troubles {
  readonly #log: RoleLog
  readonly #about: object
  readonly #onBegin: () => void
  readonly #incident: (code: string) => void
  readonly #current = new Map<string, { reason: string, since: number }>()

  /**
   * @param about fields of every line in the log
   * @param onBegin told of each trouble, as often as it is met
   * @param incident told of each once
   */
  constructor (log: RoleLog, about: object, onBegin: () => void, incident: (code: string) => void) {
    this.#log = log
    this.#about = about
    this.#onBegin = onBegin
    this.#incident = incident
  }

  /** @param part what is away: only its first error is said until it ends */
  begin (part: string, error: CandelaError): void {
    const since = this.#current.get(part)?.since ?? performance.now()
    if (!this.#current.has(part)) {
      this.#incident(error.code)
      this.#log.warn({ ...this.#about, code: error.code, action: error.action }, `waiting: ${withCode(error)}`)
    }
    this.#current.set(part, { reason: withCode(error), since })
    this.#onBegin()
  }

  end (part: string): void {
    const ended = this.#current.get(part)
    if (!ended) return
    this.#current.delete(part)
    this.#log.info(this.#about, `${part} is there again after ${((performance.now() - ended.since) / 1000).toFixed(1)} s`)
  }

  readiness (): RoleReadiness {
    const reasons = [...this.#current.values()].map(({ reason }) => reason)
    return reasons.length === 0 ? { ready: true } : { ready: false, reason: reasons.join('; ') }
  }
}
