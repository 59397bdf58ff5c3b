/** /health: whether the process lives, and whether it can serve. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CandelaError } from '../../errors.ts'
import { anyProblem, unavailable } from '../problems/problems.ts'
import { answer } from '../schemas.ts'

export interface Readiness {
  ready: boolean
  /** Why not, in words for an operator; where it is ready, what all the same is not as it should be. */
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
      description: 'On Kafka, every role of this process can work. ingest: it is in the consumer groups of its sources, and every topic of theirs is there. classify: it is in its group, and has restored the partitions that it was given from the changelog. query: its replica has read the changelog up to the end that it had when the process started. Where the brokers or a schema registry cannot be reached, or what was done cannot be committed, as for a full disk, the answer is 503, and `detail` says why, with the error\'s code. Lag does not make it so: see /metrics.',
      tags: ['operation'],
      response: { ...answer('It can serve', z.object({ status: z.literal('ready'), detail: z.string().optional().describe('What is not as it should be though the process can serve: on a query process, partitions that no classify process has') })), ...unavailable, ...anyProblem }
    }
  }, async () => {
    const { ready, reason } = options.ready()
    if (!ready) throw new CandelaError('not-ready', reason ?? 'Candela is starting.', { canRetry: true })
    return { status: 'ready' as const, ...reason !== undefined && { detail: reason } }
  })
}
