/** Refuses writes of pages of other sites. */
import type { FastifyRequest } from 'fastify'
import { CandelaError } from '../../errors.ts'

/** Otherwise a page of another site could write from its reader's browser to a Candela on the same machine. */
export async function refuseOtherSites ({ headers: { origin }, host }: FastifyRequest): Promise<void> {
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return
  throw new CandelaError('other-site', `A page of ${origin} may not write here.`, { value: origin, action: 'Send it from a program, or from a page that this Candela serves.' })
}
