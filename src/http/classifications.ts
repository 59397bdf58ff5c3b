/** /v1/objects/{diaObjectId}/classifications: the published history, which is never rewritten. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ObjectReader } from '../state/views.ts'
import { objectNotFound } from './objects.ts'
import { anyProblem, badRequest, notFound } from './problems.ts'
import { answer, answeredId, classificationSchema, diaObjectId, query, time } from './schemas.ts'

export const classifications: FastifyPluginAsyncZod<{ reader: ObjectReader }> = async (app, { reader }) => {
  app.get('/objects/:diaObjectId/classifications', {
    schema: {
      summary: 'The published history of an object, oldest first',
      description: 'With `asOf`, what had been published by then: the last of the list is what stood at that time, whatever later points revised.',
      tags: ['objects'],
      params: z.object({ diaObjectId }),
      querystring: query({ asOf: time().optional().describe('ISO 8601') }),
      response: {
        ...answer('The history', z.object({
          diaObjectId: answeredId,
          asOf: z.string().nullable().describe('As asked for'),
          classifications: z.array(classificationSchema)
        })),
        ...badRequest,
        ...notFound,
        ...anyProblem
      }
    }
  }, async request => {
    const { diaObjectId } = request.params
    const { asOf } = request.query
    const history = reader.classifications(diaObjectId, asOf === undefined ? undefined : Date.parse(asOf))
    if (!history) throw objectNotFound(diaObjectId)
    return { diaObjectId, asOf: asOf ?? null, classifications: history }
  })
}
