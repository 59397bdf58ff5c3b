/** /v1/objects: the objects that have a classification, and one object as it stands. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CandelaError } from '../../errors.ts'
import type { ObjectReader, ObjectView } from '../../state/views.ts'
import { anyProblem, badRequest, notFound } from '../problems/problems.ts'
import { etaggedJson, JSON_TYPE } from '../etagged-json.ts'
import { withClasses, type ModelsInUse } from './class-columns.ts'
import { candidateQuery, listOf } from './candidate-query.ts'
import { conditionalHeaders, notModified } from '../conditional-requests.ts'
import { cursorOf, positionOf } from './cursor.ts'
import { answer, diaObjectId, foundSchema, objectSchema, query } from '../schemas.ts'
import { columnsOf } from '../table/columns.ts'
import { fieldsOf, LIST_FORMS, listAnswer, sendList, withFields, wholeOrPart } from '../table/lists.ts'

const LIST = `An object is listed once, with its newest classification. Filters combine: an object has to pass all of them.
Pages stay stable while the stream runs: an object that changes after the first page was read is not seen twice, and
none that stayed as it was is missed. With a rare filter a page can be short, or empty, while nextCursor leads on.
Candidates of tonight, best first: \`?minProbability=0.9&minEpochs=5&since=2026-05-01T00:00:00Z&sort=probability\`.
Before their peak, of those that have a phase: \`?minProbability=0.5&minPhase=-10&maxPhase=0\`.
Young ones that rise: \`?minFirstDetectionMjdTai=61170&minRise=0.1&sort=rise\`.
Around a place, nearest first: \`?ra=53.1&dec=-27.8&radius=0.5\`; as a table: \`&format=votable\`.`

export function objectNotFound (id: string): CandelaError {
  return new CandelaError('object-not-found', `No object ${id} has been seen.`, {
    value: id, action: 'GET /v1/objects lists the objects that have a classification.'
  })
}

const columns = columnsOf(foundSchema)
const placeless = columns.filter(({ name }) => name !== 'separation')

const jsonOf = etaggedJson<ObjectView>(objectSchema)

export const objects: FastifyPluginAsyncZod<{ reader: ObjectReader, models: ModelsInUse }> = async (app, { reader, models }) => {
  app.get('/objects', {
    config: LIST_FORMS,
    schema: {
      summary: 'Candidates: filters, a cone on the sky, four orders',
      description: LIST,
      tags: ['objects'],
      querystring: candidateQuery,
      headers: conditionalHeaders,
      response: {
        ...listAnswer('A page', z.object({ objects: z.array(wholeOrPart(foundSchema)), nextCursor: z.string().nullable().describe('Null at the end') })),
        ...notModified,
        ...badRequest,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { cursor, fields, format, limit } = request.query
    const list = listOf(request.query)
    const numbering = reader.numbering()
    const after = cursor === undefined ? undefined : positionOf(cursor, numbering, reader.sequence(), list)
    const { candidates, next } = reader.candidates({ ...list, after, limit })
    const nextCursor = next && cursorOf(next, numbering, list)
    return sendList(request, reply, {
      name: 'candela-objects',
      description: 'Objects with their newest classification',
      columns: withClasses(list.cone ? columns : placeless, models, candidates),
      rows: candidates,
      fields,
      format,
      nextCursor,
      json: objects => ({ objects, nextCursor })
    }) as never
  })

  app.get('/objects/:diaObjectId', {
    schema: {
      summary: 'One object as it stands',
      tags: ['objects'],
      params: z.object({ diaObjectId }),
      querystring: query({ fields: fieldsOf(objectSchema) }),
      headers: conditionalHeaders,
      response: { ...answer('The object', wholeOrPart(objectSchema)), ...notModified, ...badRequest, ...notFound, ...anyProblem }
    }
  }, (request, reply) => {
    const { params: { diaObjectId }, query: { fields } } = request
    const object = reader.object(diaObjectId)
    if (!object) throw objectNotFound(diaObjectId)
    if (fields) return reply.send(withFields({ ...object }, fields))
    const { text, etag } = jsonOf(object)
    return reply.type(JSON_TYPE).header('etag', etag).send(text as never)
  })
}
