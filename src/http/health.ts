/** /health: whether the process lives, and whether it can serve. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CandelaError } from '../errors.ts'
import { anyProblem, unavailable } from './problems.ts'
import { answer } from './schemas.ts'

export interface Readiness {
  ready: boolean
  /** Why not, in words for an operator. */
  reason?: string
}

export const health: FastifyPluginAsyncZod<{ ready: () => Readiness }> = async (app, options) => {
  app.get('/live', {
    schema: {
      summary: 'The process answers',
      tags: ['operation'],
      response: { ...answer('It lives', z.object({ status: z.literal('live') })), ...anyProblem }
    }
  }, async () => ({ status: 'live' as const }))

  app.get('/ready', {
    schema: {
      summary: 'The store is open, the model is loaded and alerts are being read',
      tags: ['operation'],
      response: { ...answer('It can serve', z.object({ status: z.literal('ready') })), ...unavailable, ...anyProblem }
    }
  }, async () => {
    const { ready, reason } = options.ready()
    if (!ready) throw new CandelaError('not-ready', reason ?? 'Candela is starting.', { canRetry: true })
    return { status: 'ready' as const }
  })
}
