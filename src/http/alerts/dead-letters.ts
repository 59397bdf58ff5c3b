/** /v1/dead-letters: the alerts that could not be used, as they came, and the way to put them through again. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { DeadLetterDiscard } from '../../state/dead-letters/discard.ts'
import type { DeadLetterReplay } from '../../state/dead-letters/replay.ts'
import type { DeadLetterReader } from '../../state/views.ts'
import { refuseOtherSites } from '../access/other-sites.ts'
import { anyProblem, badRequest, forbidden, notFound, unavailable } from '../problems/problems.ts'
import { alertOutcomeSchema, answer, integerBetween, query, time } from '../schemas.ts'

const numberExpected = 'a whole number, 1 or more: the number of a dead letter'
const number = z.int({ error: numberExpected }).min(1, numberExpected)
const params = z.object({ number: integerBetween(1, Number.MAX_SAFE_INTEGER, numberExpected) })
const code = z.string().regex(/^[a-z0-9-]{1,64}$/, 'an error code such as container-damaged').optional().describe('Only letters with this error code')
const cursor = z.string().regex(/^\d{1,15}$/, 'the nextCursor of an earlier page').optional().describe('nextCursor of the page before; treat it as opaque')
const nextCursor = z.string().nullable().describe('Null at the end')

const deadLetterSchema = z.object({
  number: number.describe('Rises with each new letter; never used again'),
  code: z.string().describe('Error code of the last attempt; docs/accounting.md lists them'),
  message: z.string().describe('What was wrong'),
  action: z.string().nullable().describe('What to do'),
  origin: z.string().describe('Where it came from: a file, a topic with partition and offset, a request'),
  receivedAt: z.iso.datetime().describe('When it first became a dead letter, ISO 8601, UTC'),
  failedAt: z.iso.datetime().describe('When it was last tried, ISO 8601, UTC'),
  attempts: z.int().min(1).describe('How often it was tried: 1, and once more with each replay'),
  bytes: z.int().min(0).describe('How many bytes are kept; 0 where there were none, as of a file that could not be read'),
  part: z.int().min(0).nullable().describe('Where the letter is one alert of several in the bytes: its place among them, from 0')
}).meta({ id: 'DeadLetter' })

const replayedSchema = alertOutcomeSchema.extend({
  deadLetter: number.describe('Number of the letter: it is gone unless one of its alerts is dead-lettered again'),
  origin: z.string()
}).meta({ id: 'ReplayedAlert' })

/** What a damaged alert claims may be no number of JSON. */
const finiteOrNull = (value: number | null): number | null => value !== null && Number.isFinite(value) ? value : null

const selection = z.strictObject({
  numbers: z.array(number).min(1).max(1000).optional().describe('These letters; all of them have to stand'),
  code,
  cursor,
  limit: z.int().min(1).max(1000).default(100).describe('Most letters to put through in this call')
}, { error: issue => issue.code === 'unrecognized_keys' ? 'one of numbers, code, cursor, limit' : undefined })
  .refine(({ numbers, code }) => numbers === undefined || code === undefined, { path: ['code'], error: 'either numbers or a code' })
  .meta({ not: { required: ['numbers', 'code'] } })

const discardedSchema = z.object({ discarded: z.array(number).describe('Numbers of the letters') })

const discardSelection = z.strictObject({
  numbers: z.array(number).min(1).max(1000).optional().describe('These letters; all of them have to stand'),
  code,
  receivedBefore: time().optional().describe('Only letters received before this time, ISO 8601'),
  all: z.literal(true).optional().describe('Every letter that stands'),
  cursor,
  limit: z.int().min(1).max(1000).default(100).describe('Most letters to discard in this call')
}, { error: issue => issue.code === 'unrecognized_keys' ? 'one of numbers, code, receivedBefore, all, cursor, limit' : undefined })
  .refine(({ numbers, code, receivedBefore, all }) => [numbers !== undefined, code !== undefined || receivedBefore !== undefined, all === true].filter(Boolean).length === 1, {
    path: ['numbers'], error: 'either numbers, or a code or a time or both, or all'
  })
  .meta({ oneOf: [{ required: ['numbers'] }, { anyOf: [{ required: ['code'] }, { required: ['receivedBefore'] }] }, { required: ['all'] }] })

export interface DeadLettersOptions {
  reader: DeadLetterReader
  /** Without it there is no POST /dead-letters/replay. */
  replay?: DeadLetterReplay | undefined
  /** Without it there is no POST /dead-letters/discard and no DELETE. */
  discard?: DeadLetterDiscard | undefined
}

export const deadLetters: FastifyPluginAsyncZod<DeadLettersOptions> = async (app, { reader, replay, discard }) => {
  readRoutes(app, reader)
  if (replay) replayRoute(app, replay)
  if (discard) discardRoutes(app, discard)
}

type App = Parameters<FastifyPluginAsyncZod>[0]

function readRoutes (app: App, reader: DeadLetterReader): void {
  app.get('/dead-letters', {
    schema: {
      summary: 'The dead letters that stand, newest first',
      description: 'Without their bytes. With a rare filter a page can be short, or empty, while nextCursor still leads on.',
      tags: ['dead letters'],
      querystring: query({
        code,
        origin: z.string().min(1).max(1000).optional().describe('Only letters whose origin has this in it'),
        order: z.enum(['newest', 'oldest']).default('newest').describe('Which come first'),
        cursor,
        limit: integerBetween(1, 1000, 'a whole number from 1 to 1000').default(50).describe('Letters in a page; 50 where not given')
      }),
      response: { ...answer('A page', z.object({ deadLetters: z.array(deadLetterSchema), nextCursor })), ...badRequest, ...anyProblem }
    }
  }, async request => {
    const { cursor, order, ...filter } = request.query
    const page = reader.list({ ...filter, oldestFirst: order === 'oldest', after: cursor === undefined ? undefined : Number(cursor) })
    return { deadLetters: page.deadLetters, nextCursor: page.next === null ? null : String(page.next) }
  })

  app.get('/dead-letters/:number', {
    schema: {
      summary: 'One dead letter with its bytes',
      tags: ['dead letters'],
      params,
      response: {
        ...answer('The dead letter', deadLetterSchema.extend({ content: z.string().describe('The original bytes in base64') })),
        ...badRequest,
        ...notFound,
        ...anyProblem
      }
    }
  }, async request => {
    const { number } = request.params
    return { ...reader.get(number), content: Buffer.from(reader.bytes(number)).toString('base64') }
  })

  app.get('/dead-letters/:number/bytes', {
    schema: {
      summary: 'The original bytes of a dead letter',
      tags: ['dead letters'],
      params,
      response: {
        200: { description: 'As they came', content: { 'application/octet-stream': { schema: z.unknown().meta({ type: 'string', format: 'binary' }) } } },
        ...badRequest,
        ...notFound,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { number } = request.params
    const bytes = Buffer.from(reader.bytes(number))
    return reply.type('application/octet-stream').header('content-disposition', `attachment; filename="dead-letter-${number}"`).send(bytes)
  })
}

function replayRoute (app: App, replay: DeadLetterReplay): void {
  app.post('/dead-letters/replay', {
    onRequest: refuseOtherSites,
    schema: {
      summary: 'Puts dead letters through again, the oldest first',
      description: 'Without numbers and code, all of them. A letter is taken away in the same transaction that stores its new outcome; where it fails again it stands, with the new error and one attempt more. The accounting receives each of its alerts once more, so that every count only rises. Go on with nextCursor until it is null.',
      tags: ['dead letters'],
      body: selection,
      response: { ...answer('What became of each alert', z.object({ outcomes: z.array(replayedSchema), nextCursor })), ...badRequest, ...forbidden, ...notFound, ...unavailable, ...anyProblem }
    }
  }, async request => {
    const { cursor, ...query } = request.body
    const { outcomes, next } = await replay.replay({ ...query, after: cursor === undefined ? undefined : Number(cursor) })
    return {
      outcomes: outcomes.map(outcome => ({ ...outcome, midpointMjdTai: finiteOrNull(outcome.midpointMjdTai) })),
      nextCursor: next === null ? null : String(next)
    }
  })
}

function discardRoutes (app: App, discard: DeadLetterDiscard): void {
  app.post('/dead-letters/discard', {
    onRequest: refuseOtherSites,
    schema: {
      summary: 'Takes dead letters away for good, the oldest first',
      description: 'Those with these numbers, or all with a code, received before a time, or both; `all` says that every letter is meant. They stay counted as dead-lettered, and are counted as discarded. Go on with nextCursor until it is null.',
      tags: ['dead letters'],
      body: discardSelection,
      response: { ...answer('What is gone', discardedSchema.extend({ nextCursor })), ...badRequest, ...forbidden, ...notFound, ...anyProblem }
    }
  }, async request => {
    const { cursor, receivedBefore, all: _, ...query } = request.body
    const { discarded, next } = await discard.discard({
      ...query, receivedBefore: receivedBefore === undefined ? undefined : Date.parse(receivedBefore), after: cursor === undefined ? undefined : Number(cursor)
    })
    return { discarded, nextCursor: next === null ? null : String(next) }
  })

  app.delete('/dead-letters/:number', {
    onRequest: refuseOtherSites,
    schema: {
      summary: 'Takes one dead letter away for good',
      tags: ['dead letters'],
      params,
      response: { ...answer('It is gone', discardedSchema), ...badRequest, ...forbidden, ...notFound, ...anyProblem }
    }
  }, async request => {
    const { discarded } = await discard.discard({ numbers: [request.params.number], limit: 1 })
    return { discarded }
  })
}
