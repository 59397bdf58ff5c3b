/** Why a light curve could not be had, and whether that is the object's own trouble or the service's. */
import { CandelaError } from '../../../../errors.ts'

export type FollowUpCode = 'follow-up-failed' | 'follow-up-empty' | 'follow-up-timeout'

/**
 * 'service': it is away, and answers for no object. 'object': it works, and has nothing to use of this one. 'unclear': one
 * such answer may be the object's own trouble, many in a row are the service's.
 */
export type FollowUpScope = 'service' | 'object' | 'unclear'

const ANSWERED = 'Look at what the address answers. When it has the light curve, post the answer to POST /v1/alerts; the dead letter itself asks nobody when it is replayed (docs/kafka-ingest.md).'

export class FollowUpError extends CandelaError {
  readonly scope: FollowUpScope
  /** The service asks to be left alone for so long [ms]. */
  readonly retryAfterMs: number | undefined

  constructor (code: FollowUpCode, scope: FollowUpScope, message: string, { address, cause, action = ANSWERED, retryAfterMs }: { address: string, cause?: unknown, action?: string, retryAfterMs?: number | undefined }) {
    super(code, message, { value: address, cause, action, canRetry: scope !== 'object' })
    this.scope = scope
    this.retryAfterMs = retryAfterMs
  }
}

const AWAY = 'Check that the service runs and that this host may reach it: followUp.url in the file of sources names it. Alerts of this source wait for it.'

export const unreachable = (address: string, why: string, cause: unknown): FollowUpError =>
  new FollowUpError('follow-up-failed', 'service', `${address} cannot be reached: ${why}`, { address, cause, action: AWAY })

export const timedOut = (address: string, seconds: number): FollowUpError =>
  new FollowUpError('follow-up-timeout', 'unclear', `${address} gives no whole answer within ${seconds} s`, { address, action: `Raise followUp.timeoutSeconds where the service is only slow. ${ANSWERED}` })

export const unusable = (address: string, what: string, cause?: unknown): FollowUpError =>
  new FollowUpError('follow-up-failed', 'unclear', `${address} ${what}`, { address, cause })

export const empty = (address: string, what: string, cause?: unknown): FollowUpError =>
  new FollowUpError('follow-up-empty', 'object', `${address} answers without a light curve: ${what}`, { address, cause })

/** Gateways and limits of rate say so of the whole service. */
const AWAY_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504])
const REFUSED_STATUS: ReadonlySet<number> = new Set([401, 403, 407])

/** @param retryAfter the header */
export function ofStatus (address: string, status: number, retryAfter: string | null, beginning: string): FollowUpError {
  const scope = AWAY_STATUS.has(status) ? 'service' : status >= 500 || status === 408 || REFUSED_STATUS.has(status) ? 'unclear' : 'object'
  const action = REFUSED_STATUS.has(status) ? 'Check the token of the source: followUp.token or followUp.tokenFile.' : scope === 'service' ? AWAY : ANSWERED
  const shown = beginning.trim() === '' ? '' : `: ${JSON.stringify(beginning.trim().slice(0, 80))}`
  return new FollowUpError('follow-up-failed', scope, `${address} answers with status ${status}${shown}`, { address, action, retryAfterMs: waitOf(retryAfter) })
}

/** @param header seconds, or a date (RFC 9110, 10.2.3) */
function waitOf (header: string | null): number | undefined {
  if (header === null) return undefined
  const milliseconds = /^\s*\d+\s*$/.test(header) ? 1000 * Number(header) : Date.parse(header) - Date.now()
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : undefined
}
