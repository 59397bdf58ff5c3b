/** POST /v1/alerts: alerts of any dialect go through the same processor as the stream; each gets its outcome. */
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { DIALECT_NAMES, type DialectName } from '../../alert/dialect-names.ts'
import { NOTHING_GIVEN, type Given } from '../../alert/given.ts'
import { PointReport } from '../../alert/point-report.ts'
import { CandelaError } from '../../errors.ts'
import { counted, emptyAccounting } from '../../state/accounting.ts'
import type { AlertOutcome } from '../../state/outcome.ts'
import { BodyTooLarge, wholeBody } from '../bodies/pieces.ts'
import { refuseOtherSites } from '../access/other-sites.ts'
import { anyProblem, badRequest, bodyTooLarge, forbidden, unavailable } from '../problems/problems.ts'
import { alertOutcomeSchema, answer, numberBetween, query, warningsSchema } from '../schemas.ts'
import { accountingSchema } from '../operation/statistics.ts'

/** What became of one alert, and which model says so. */
export type SubmittedOutcome = AlertOutcome & { classifierName: string, classifierVersion: string }

/**
 * Puts alerts through the processor as its batches are asked for; a batch is committed when it is given.
 * @param origin where they came from, for dead letters
 * @param dialect theirs; without it the bytes decide
 * @param report told of their points
 * @param given what is known of them beside the bytes
 */
export type Submit = (bytes: Uint8Array, origin: string, dialect?: DialectName, report?: PointReport, given?: Given) => AsyncIterable<SubmittedOutcome[]>

export interface AlertsOptions {
  submit: Submit
  /** Largest body [bytes]. */
  bodyLimit: number
}

const answeredSchema = z.object({
  outcomes: z.array(alertOutcomeSchema),
  accounting: accountingSchema.describe('Of this request'),
  warnings: warningsSchema.optional()
})

const example = {
  diaObjectId: '313637921267122191',
  diaSourceId: '313673107864813598',
  ra: 9.05705,
  dec: -44.11797,
  points: [
    { midpointMjdTai: 60975.1533, band: 'i', psfFlux: 28702.1, psfFluxErr: 450.1 },
    { midpointMjdTai: 60983.2069, band: 'i', magnitude: 20.44, magnitudeErr: 0.03 }
  ],
  host: { redshift: 0.12, redshiftErr: 0.02, mwebv: 0.007 }
}

/** The bytes decide what they are. Without this hook a Content-Type that cannot be parsed would be a 415. */
async function forgetContentType ({ raw }: FastifyRequest): Promise<void> {
  delete raw.headers['content-type']
}

export const alerts: FastifyPluginAsyncZod<AlertsOptions> = async (app, { submit, bodyLimit }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async ({ routeOptions, headers }: FastifyRequest, payload: IncomingMessage) => {
    if (Number(headers['content-length']) > routeOptions.bodyLimit) throw new BodyTooLarge(routeOptions.bodyLimit)
    return await wholeBody(payload, routeOptions.bodyLimit)
  })

  app.post('/alerts', {
    bodyLimit,
    // Outcomes are to arrive as they come.
    compress: false,
    config: { scope: 'write' },
    onRequest: [refuseOtherSites, forgetContentType],
    schema: {
      summary: 'Classify alerts: each gets its outcome',
      description: 'One alert, an Avro container file, a JSON list or one JSON alert a line, of any survey dialect (docs/alerts.md); which it is, the bytes decide, not the Content-Type. The alerts are processed and kept as those of the stream are. 200 says that each has its outcome, in their order, not that each was classified: what could not be read is dead-lettered, see `accounting`. The answer is sent as the alerts are processed; where it breaks off, send them again: what is known already is no harm.',
      tags: ['objects'],
      consumes: ['application/json', 'application/x-ndjson', 'application/avro', 'application/octet-stream'],
      body: z.unknown().meta({ description: 'Alerts; the example is one in Candela\'s own plain JSON (schemas/alert.schema.json)', examples: [example] }),
      querystring: query({
        dialect: z.enum(DIALECT_NAMES, { error: `one of ${DIALECT_NAMES.join(', ')}` }).optional().describe('Refuse alerts of another dialect'),
        minReliability: numberBetween(0, 1, 'a number from 0 to 1').optional().describe('Leave out sources with a lower real–bogus score; the survey\'s own bound where not given: 0.1 for LSST, 0 for ZTF')
      }),
      response: {
        ...answer('An outcome for each alert', answeredSchema),
        ...badRequest,
        ...forbidden,
        ...bodyTooLarge,
        ...unavailable,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { body } = request
    if (!Buffer.isBuffer(body) || body.length === 0) throw new CandelaError('body-empty', 'The body is empty.', { action: 'Send alerts as the body: curl --data-binary @FILE.' })
    const warnings: string[] = []
    const report = new PointReport(warning => warnings.push(warning))
    const { dialect, minReliability } = request.query
    const given: Given = minReliability === undefined ? NOTHING_GIVEN : { minReliability }
    const batches = submit(body, `POST /v1/alerts from ${request.ip}`, dialect, report, given)[Symbol.asyncIterator]()
    // Until the first batch is committed, a failure still has a status of its own.
    const first = await batches.next()
    reply.type('application/json; charset=utf-8')
    return reply.send(Readable.from(answerText(first, batches, () => {
      report.end()
      return warnings
    })) as never)
  })
}

async function * answerText (first: IteratorResult<SubmittedOutcome[]>, batches: AsyncIterator<SubmittedOutcome[]>, warningsOf: () => readonly string[]): AsyncGenerator<string> {
  let accounting = emptyAccounting()
  yield '{"outcomes":['
  for (let batch = first; batch.done !== true; batch = await batches.next()) {
    const texts = batch.value.map((outcome: z.output<typeof alertOutcomeSchema>) => JSON.stringify(outcome))
    if (texts.length > 0) yield (accounting.received > 0 ? ',' : '') + texts.join(',')
    accounting = counted(accounting, batch.value)
  }
  const warnings = warningsOf()
  yield `],"accounting":${JSON.stringify(accounting)}${warnings.length > 0 ? `,"warnings":${JSON.stringify(warnings)}` : ''}}`
}
