/** /v1/statistics: what became of every alert. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { DECLINE_REASONS, type ObjectReader } from '../state/views.ts'
import { anyProblem } from './problems.ts'
import { answer } from './schemas.ts'

const count = z.int().min(0)

export const accountingSchema = z.object({
  received: count,
  classified: count,
  declined: count,
  duplicate: count,
  deadLettered: count,
  declinedByReason: z.partialRecord(z.enum(DECLINE_REASONS), count)
})

const statisticsSchema = z.object({
  objects: count.describe('Objects kept'),
  accounting: accountingSchema.describe('received = classified + declined + duplicate + deadLettered, at every moment and across restarts')
}).meta({ id: 'Statistics' })

export const statistics: FastifyPluginAsyncZod<{ reader: ObjectReader }> = async (app, { reader }) => {
  app.get('/statistics', {
    schema: {
      summary: 'What became of every alert',
      tags: ['operation'],
      response: { ...answer('Counts since the store was made', statisticsSchema), ...anyProblem }
    }
  }, async () => reader.statistics())
}
