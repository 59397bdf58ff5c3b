/** What of a source waits: its reading, its topics, its decoding, its writing. */
import { withCode, type CandelaError } from '../../../errors.ts'
import type { Incidents, Subject } from '../../incidents.ts'
import { Outage, toIncidents, type OutageOptions } from '../../outage.ts'
import type { RoleReadiness } from '../role.ts'

/** @param what of the source waits: 'decoding', 'topic alerts'; '' for all of it */
export type OutageOf = (what: string, subjectOf: (error: CandelaError) => Subject, options?: Omit<OutageOptions, 'report' | 'onOutage'>) => Outage

export interface SourceOutages {
  of: OutageOf
  /** In words for an operator, see Incidents.begin. */
  part (what: string): string
  readiness (): RoleReadiness
}

/** @param onOutage called when something of the source begins to wait */
export function outagesOf (source: string, incidents: Incidents, onOutage: () => void): SourceOutages {
  const outages = new Map<string, Outage>()
  const part = (what: string): string => `source ${source}${what === '' ? '' : `, ${what}`}`
  return {
    of (what, subjectOf, options) {
      const outage = new Outage({ ...options, report: toIncidents(incidents, part(what), subjectOf), onOutage })
      outages.set(part(what), outage)
      return outage
    },
    part,
    readiness () {
      const reasons = Array.from(outages, ([part, { trouble }]) => trouble === null ? [] : [`${part}: ${withCode(trouble)}`]).flat()
      return reasons.length === 0 ? { ready: true } : { ready: false, reason: reasons.join('; ') }
    }
  }
}
