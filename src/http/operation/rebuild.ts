/** POST /v1/rebuild: replays records whose hidden states belong to another model with the model in use, page by page. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { Rebuild } from '../../state/processor/rebuild.ts'
import { refuseOtherSites } from '../access/other-sites.ts'
import { anyProblem, badRequest, forbidden, unavailable, unsupportedMediaType } from '../problems/problems.ts'
import { answer, answeredId, diaObjectId } from '../schemas.ts'

const limitExpected = 'a whole number from 1 to 1000'

const selection = z.strictObject({
  diaObjectIds: z.array(diaObjectId, { error: 'a list of ids' }).min(1, 'at least one id').max(1000, 'at most 1000 ids').optional()
    .describe('These objects; without it, all whose hidden states belong to another model'),
  force: z.boolean({ error: 'true or false' }).default(false).describe('Replay also those that belong to the model in use, to replace their hidden states'),
  cursor: z.string({ error: 'the nextCursor of an earlier page' }).regex(/^[A-Za-z0-9_-]{1,64}$/, 'the nextCursor of an earlier page').optional()
    .describe('nextCursor of the page before; treat it as opaque'),
  limit: z.int({ error: limitExpected }).min(1, limitExpected).max(1000, limitExpected).default(250).describe('Most objects to replay in this call, where none are named')
}, { error: issue => issue.code === 'unrecognized_keys' ? 'one of diaObjectIds, force, cursor, limit' : 'a JSON object, {} for all' })
  .refine(({ diaObjectIds, cursor }) => diaObjectIds === undefined || cursor === undefined, { path: ['cursor'], error: 'either diaObjectIds or a cursor' })
  .meta({ not: { required: ['diaObjectIds', 'cursor'] } })

const count = z.int().min(0)

const pageSchema = z.object({
  classifierName: z.string().describe('The model in use'),
  classifierVersion: z.string(),
  objects: count.describe('Objects in the store'),
  lookedAt: count.describe('= revised + unchanged + declined + the number of failed'),
  revised: count.describe('A new classification was published'),
  unchanged: count.describe('What was published stands'),
  declined: count.describe('Without a classification, by this model too'),
  failed: z.array(z.object({ diaObjectId: answeredId, code: z.string(), message: z.string(), action: z.string().nullable().describe('What to do') })),
  nextCursor: z.string().nullable().describe('Null at the end')
}).meta({ id: 'RebuildPage' })

export const rebuild: FastifyPluginAsyncZod<{ rebuild: Rebuild }> = async (app, { rebuild }) => {
  app.post('/rebuild', {
    onRequest: refuseOtherSites,
    schema: {
      summary: 'Brings records of another model to the one in use',
      description: 'A record whose hidden states belong to another model is replayed from its light curve; the history keeps which version said what. The alert stream goes on meanwhile. Go on with nextCursor until it is null. A page of many records that need no replay, or of none, can be short or empty while nextCursor still leads on. Begun anew, it passes over what was done before.',
      tags: ['operation'],
      body: selection,
      response: { ...answer('What became of the objects of this page', pageSchema), ...badRequest, ...forbidden, ...unsupportedMediaType, ...unavailable, ...anyProblem }
    }
  }, async request => {
    const { cursor, ...query } = request.body
    const { next, ...page } = await rebuild.rebuild({ ...query, after: cursor })
    return { ...page, nextCursor: next }
  })
}
