/** What keeps a source from being read at the moment, and will pass: told to the incidents of the process, and shown to whoever asks. */
import { withCode, type CandelaError } from '../../../errors.ts'
import type { Incidents, Subject } from '../../incidents.ts'
import type { RoleReadiness } from '../role.ts'

export interface TroublesOptions {
  /** Name of the source. */
  source: string
  incidents: Incidents
  /** Told of each trouble, as often as it is met. */
  onBegin: () => void
}

export class Troubles {
  readonly #options: TroublesOptions
  readonly #current = new Map<string, string>()

  constructor (options: TroublesOptions) {
    this.#options = options
  }

  /** @param what of the source waits: a topic, its writing; '' for all of it */
  begin (what: string, subject: Subject, error: CandelaError): void {
    const { incidents, onBegin } = this.#options
    const part = this.part(what)
    this.#current.set(part, withCode(error))
    incidents.begin(part, subject, error)
    onBegin()
  }

  end (what: string): void {
    const part = this.part(what)
    if (this.#current.delete(part)) this.#options.incidents.end(part)
  }

  /** In words for an operator, see Incidents.begin. */
  part (what: string): string {
    return `source ${this.#options.source}${what === '' ? '' : `, ${what}`}`
  }

  readiness (): RoleReadiness {
    const reasons = Array.from(this.#current, ([part, reason]) => `${part}: ${reason}`)
    return reasons.length === 0 ? { ready: true } : { ready: false, reason: reasons.join('; ') }
  }
}
