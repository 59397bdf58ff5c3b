/** /v1/objects: the objects that have a classification, and one object as it stands. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { CandelaError } from '../errors.ts'
import type { ObjectReader } from '../state/views.ts'
import { anyProblem, badRequest, notFound } from './problems.ts'
import { answer, candidateSchema, diaObjectId, integerBetween, objectSchema, probability, query, time } from './schemas.ts'
import { columnsOf } from './table/columns.ts'
import { fieldsOf, listAnswer, listed, listParameters, picked, wholeOrPart } from './table/lists.ts'

export function objectNotFound (id: string): CandelaError {
  return new CandelaError('object-not-found', `No object ${id} has been seen.`, {
    value: id, action: 'GET /v1/objects lists the objects that have a classification.'
  })
}

const listQuery = query({
  minProbability: probability.optional().describe('Lowest P(Ia)'),
  maxProbability: probability.optional().describe('Highest P(Ia)'),
  minEpochs: integerBetween(0, Number.MAX_SAFE_INTEGER, 'a whole number, 0 or more').optional().describe('Fewest epochs that the classification rests on'),
  since: time().optional().describe('Only objects whose newest classification was published after this time (ISO 8601)'),
  cursor: z.string().regex(/^\d{1,15}$/, 'the nextCursor of an earlier page').optional().describe('nextCursor of the page before; treat it as opaque'),
  limit: integerBetween(1, 1000, 'a whole number from 1 to 1000').default(50).describe('Objects in a page; 50 where not given'),
  ...listParameters(candidateSchema)
}).refine(({ minProbability = 0, maxProbability = 1 }) => minProbability <= maxProbability, {
  path: ['maxProbability'], error: 'a number that is not below minProbability'
})

const columns = columnsOf(candidateSchema)

export const objects: FastifyPluginAsyncZod<{ reader: ObjectReader }> = async (app, { reader }) => {
  app.get('/objects', {
    schema: {
      summary: 'Candidates, newest change first',
      description: 'An object is listed once, at its newest change. Pages stay stable while the stream runs: an object that changes meanwhile moves in front of the first page and is not seen twice. With a rare filter a page can be short, or empty, while nextCursor still leads on.',
      tags: ['objects'],
      querystring: listQuery,
      response: {
        ...listAnswer('A page', z.object({ objects: z.array(wholeOrPart(candidateSchema)), nextCursor: z.string().nullable().describe('Null at the end') })),
        ...badRequest,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { cursor, since, fields, format, ...filter } = request.query
    const page = reader.candidates({
      ...filter,
      since: since === undefined ? undefined : Date.parse(since),
      before: cursor === undefined ? undefined : Number(cursor)
    })
    const nextCursor = page.next === null ? null : String(page.next)
    return listed(request, reply, {
      name: 'candela-objects', description: 'Objects with their newest classification', columns, rows: page.candidates, fields, format, nextCursor, json: objects => ({ objects, nextCursor })
    }) as never
  })

  app.get('/objects/:diaObjectId', {
    schema: {
      summary: 'One object as it stands',
      tags: ['objects'],
      params: z.object({ diaObjectId }),
      querystring: query({ fields: fieldsOf(objectSchema) }),
      response: { ...answer('The object', wholeOrPart(objectSchema)), ...badRequest, ...notFound, ...anyProblem }
    }
  }, async request => {
    const object = reader.object(request.params.diaObjectId)
    if (!object) throw objectNotFound(request.params.diaObjectId)
    return picked({ ...object }, request.query.fields)
  })
}
