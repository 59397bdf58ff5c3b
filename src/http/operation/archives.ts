/** /v1/archives: lists archives, archives objects that were not seen for long, restores archives. */
import { basename } from 'node:path'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ArchiveFolder } from '../../state/archive/folder.ts'
import { refuseOtherSites } from '../access/other-sites.ts'
import { anyProblem, archiveUnusable, badRequest, forbidden, notFound } from '../problems/problems.ts'
import { answer, answeredId } from '../schemas.ts'

const count = z.int().min(0)
const name = z.string().describe('Name of the file in the service\'s folder of archives')
const objects = count.describe('Objects in it')
const bytes = count.describe('Length of the file')
const nextCursor = z.string().nullable().describe('Null at the end')

const archivedSchema = z.object({ name, objects, stayed: count.describe('Those of them that changed while the file was written, and stay in the store'), bytes }).meta({ id: 'WrittenArchive' })

const listedSchema = z.object({ name, objects, bytes, archivedAt: z.iso.datetime().nullable().describe('ISO 8601, UTC') }).meta({ id: 'Archive' })

const restorationSchema = z.object({
  objects,
  restored: count.describe('Came back as they had left'),
  merged: count.describe('Were in the store again, and are one with what was archived: their light curves were replayed'),
  unchanged: count.describe('The store had all of it already'),
  failed: z.array(z.object({ diaObjectId: answeredId, code: z.string(), message: z.string() })).describe('Their records in the store cannot be read, and stand as they are')
}).meta({ id: 'Restoration' })

const namesOf = (names: string) => ({ error: (issue: { code?: string | undefined }) => issue.code === 'unrecognized_keys' ? `one of ${names}` : undefined })
const daysExpected = 'a number of days, more than 0 and at most 1000000'

const selection = z.strictObject({
  notSeenDays: z.number({ error: daysExpected }).positive(daysExpected).max(1e6, daysExpected)
    .describe('Objects whose newest point and alert are older than this leave [d], counted from the newest time that the store has seen, not from now'),
  cursor: z.string().regex(/^-?\d{1,15}(\.\d{1,20})?\/[A-Za-z0-9_-]{1,64}$/, 'the nextCursor of an earlier page').optional().describe('nextCursor of the page before; treat it as opaque')
}, namesOf('notSeenDays, cursor'))

export const archives: FastifyPluginAsyncZod<{ archives: ArchiveFolder }> = async (app, { archives }) => {
  app.get('/archives', {
    schema: {
      summary: 'The archives in the service\'s folder, oldest first',
      tags: ['operation'],
      response: { ...answer('All of them', z.object({ archives: z.array(listedSchema) })), ...anyProblem }
    }
  }, async () => ({ archives: await archives.list() }))

  app.post('/archives', {
    onRequest: refuseOtherSites,
    schema: {
      summary: 'Archives objects that were not seen for long',
      description: 'Writes one file at most, then takes its objects from the store. Go on with nextCursor until it is null; a page can come without a file.',
      tags: ['operation'],
      body: selection,
      response: {
        ...answer('What was written', z.object({ archive: archivedSchema.nullable(), damaged: z.array(answeredId).describe('Objects whose records cannot be read: they stay'), nextCursor })),
        ...badRequest,
        ...forbidden,
        ...archiveUnusable,
        ...anyProblem
      }
    }
  }, async request => {
    const { archive, damaged, next } = await archives.archive(request.body)
    return { archive: archive && { ...archive, name: basename(archive.path) }, damaged, nextCursor: next }
  })

  app.post('/archives/restore', {
    onRequest: refuseOtherSites,
    schema: {
      summary: 'Brings the objects of an archive back',
      description: 'One that got new alerts since is merged, as if it had never left. Restoring again is no harm. Where the service archives by itself, what is still not seen leaves again.',
      tags: ['operation'],
      body: z.strictObject({ name }, namesOf('name')),
      response: { ...answer('What became of its objects', restorationSchema), ...badRequest, ...forbidden, ...notFound, ...archiveUnusable, ...anyProblem }
    }
  }, async request => {
    const { failed, ...counts } = await archives.restore(request.body.name)
    return { ...counts, failed: failed.map(({ diaObjectId, error: { code, message } }) => ({ diaObjectId, code, message })) }
  })
}
