/** /v1/objects/{diaObjectId}/classifications: the published history, which is never rewritten. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ObjectReader } from '../../state/views.ts'
import { withClasses, type ModelsInUse } from './class-columns.ts'
import { conditionalHeaders, notModified } from '../conditional-requests.ts'
import { objectNotFound } from './objects.ts'
import { anyProblem, badRequest, notFound } from '../problems/problems.ts'
import { answeredId, classificationSchema, diaObjectId, query, time } from '../schemas.ts'
import { columnsOf } from '../table/columns.ts'
import { LIST_FORMS, listAnswer, sendList, listParameters, wholeOrPart } from '../table/lists.ts'

const columns = columnsOf(classificationSchema)

export const classifications: FastifyPluginAsyncZod<{ reader: ObjectReader, models: ModelsInUse }> = async (app, { reader, models }) => {
  app.get('/objects/:diaObjectId/classifications', {
    config: LIST_FORMS,
    schema: {
      summary: 'The published history of an object, oldest first',
      description: 'With `asOf`, what had been published by then: the last of the list is what stood at that time, whatever later points revised.',
      tags: ['objects'],
      params: z.object({ diaObjectId }),
      querystring: query({ asOf: time().optional().describe('ISO 8601'), ...listParameters(classificationSchema) }),
      headers: conditionalHeaders,
      response: {
        ...listAnswer('The history', z.object({
          diaObjectId: answeredId,
          asOf: z.string().nullable().describe('As asked for'),
          classifications: z.array(wholeOrPart(classificationSchema))
        })),
        ...notModified,
        ...badRequest,
        ...notFound,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { diaObjectId } = request.params
    const { asOf, fields, format } = request.query
    const history = reader.classifications(diaObjectId, asOf === undefined ? undefined : Date.parse(asOf))
    if (!history) throw objectNotFound(diaObjectId)
    return sendList(request, reply, {
      name: `candela-${diaObjectId}-classifications`,
      description: `Published classifications of object ${diaObjectId}, oldest first`,
      columns: withClasses(columns, models, history),
      rows: history,
      fields,
      format,
      facts: { diaObjectId, ...asOf !== undefined && { asOf } },
      json: classifications => ({ diaObjectId, asOf: asOf ?? null, classifications })
    }) as never
  })
}
