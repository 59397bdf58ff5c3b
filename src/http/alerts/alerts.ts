/** POST /v1/alerts: alerts of any dialect go through the same processor as the stream; each gets its outcome. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { DIALECT_NAMES, type DialectName } from '../../alert/dialect-names.ts'
import type { Given } from '../../alert/given.ts'
import { PointReport } from '../../alert/points/point-report.ts'
import { CandelaError } from '../../errors.ts'
import { counted, emptyAccounting } from '../../state/accounting.ts'
import type { AlertOutcome } from '../../state/outcome.ts'
import { filesOf, givenFields, givenOf, readFiles, type BodyFile, type BodyFiles, FILE_TYPES } from '../bodies/files.ts'
import { refuseOtherSites } from '../access/other-sites.ts'
import { anyProblem, badRequest, bodyTooLarge, forbidden, unavailable } from '../problems/problems.ts'
import { alertOutcomeSchema, answer, query, warningsSchema } from '../schemas.ts'
import { accountingSchema } from '../operation/statistics.ts'

/** What became of one alert, and which model says so. */
export type SubmittedOutcome = AlertOutcome & { classifierName: string, classifierVersion: string }

/**
 * Puts alerts through the processor as its batches are asked for; a batch is committed when it is given.
 * @param origin where they came from, for dead letters
 * @param dialect theirs; without it the bytes decide
 * @param report told of their points
 * @param given what the request says beside the bytes
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

export const alerts: FastifyPluginAsyncZod<AlertsOptions> = async (app, { submit, bodyLimit }) => {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', readFiles)

  app.post('/alerts', {
    bodyLimit,
    // Outcomes are to arrive as they come.
    compress: false,
    config: { scope: 'write' },
    onRequest: [refuseOtherSites, filesOf],
    schema: {
      summary: 'Classify alerts: each gets its outcome',
      description: 'One alert, an Avro container file, a JSON list or one JSON alert a line, or a table of light curves (CSV, ECSV, VOTable, FITS), of any survey dialect (docs/alerts.md); which it is, the bytes decide, not the Content-Type. Of multipart/form-data each part is such a file, and a part named `schema` the Avro schema of bare datums. The alerts are processed and kept as those of the stream are. 200 says that each has its outcome, in their order, not that each was classified: what could not be read is dead-lettered, see `accounting`. The answer is sent as the alerts are processed; where it breaks off, send them again: what is known already is no harm.',
      tags: ['objects'],
      consumes: ['application/json', 'application/x-ndjson', 'application/avro', 'application/octet-stream', ...FILE_TYPES],
      body: z.unknown().meta({ description: 'Alerts; the example is one in Candela\'s own plain JSON (schemas/alert.schema.json)', examples: [example] }),
      querystring: query({ dialect: z.enum(DIALECT_NAMES, { error: `one of ${DIALECT_NAMES.join(', ')}` }).optional().describe('Refuse alerts of another dialect'), ...givenFields }),
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
    const { files, writerSchema } = (request.body ?? NO_FILES) as BodyFiles
    if (files.every(({ bytes }) => bytes.length === 0)) throw new CandelaError('body-empty', 'The body is empty.', { action: 'Send alerts as the body: curl --data-binary @FILE.' })
    const warnings: string[] = []
    const report = new PointReport(warning => warnings.push(warning))
    const batches = ofAll(files, file => submit(file.bytes, `POST /v1/alerts from ${request.ip}${file.name === null ? '' : `: ${file.name}`}`, request.query.dialect, report, givenOf(request.query, file, writerSchema)))
    // Until the first batch is committed, a failure still has a status of its own.
    const first = await batches.next()
    reply.type('application/json; charset=utf-8')
    return reply.send(Readable.from(answerText(first, batches, () => {
      report.end()
      return warnings
    })) as never)
  })
}

/** A request without a body. */
const NO_FILES: BodyFiles = { files: [], writerSchema: null }

/** The outcomes of files one after the other. */
async function * ofAll (files: readonly BodyFile[], submit: (file: BodyFile) => AsyncIterable<SubmittedOutcome[]>): AsyncGenerator<SubmittedOutcome[]> {
  for (const file of files) yield * submit(file)
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
