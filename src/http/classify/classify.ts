/** POST /v1/classify: light curves in hand, P(Ia) after each of their points; nothing is kept. */
import { Readable } from 'node:stream'
import type { FastifyRequest, FastifySchemaCompiler } from 'fastify'
import type { IncomingMessage } from 'node:http'
import { validatorCompiler, type FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { parseExact } from '../../alert/json/exact-json.ts'
import { PointReport } from '../../alert/points/point-report.ts'
import type { SchemaSource } from '../../alert/schemas/source.ts'
import { CandelaError } from '../../errors.ts'
import type { Carried, Forecast, ForecastAsked } from '../../state/processor/forecasts.ts'
import type { PlayedPoint, PlayedTip, Replays } from '../../state/processor/replays.ts'
import { bodySchema, classifiedSchema, LARGEST_BODY, MOST_OBJECTS, MOST_POINTS, MOST_POINTS_IN_ALL, MOST_VALUES, type ClassifiedObject } from './schemas.ts'
import { whileConnected } from '../while-connected.ts'
import { FILE_TYPES, givenFields, readFiles } from '../bodies/files.ts'
import { GivenFiles, objectsIn } from './given-files.ts'
import { readObject, type ReadObject, type RightObject, type WrongObject } from './given-object.ts'
import { answeredForecast, askedOf, forecastParameters } from '../objects/forecast-schemas.ts'
import { answeredPoint, classesParameter } from '../objects/light-curve.ts'
import { anyProblem, badRequest, bodyTooLarge, unavailable, unsupportedMediaType, wrongParameters, wrongValues } from '../problems/problems.ts'
import { isProblemName } from '../problems/types.ts'
import { answer, query } from '../schemas.ts'

const description = `The points go through the same merge, window and features as those of alerts: P(Ia) after the last one is what
an alert with these points gives, and after each one what a stream would have said when it had come to there. Fluxes are
those of a difference image, where there is one, in nJy (\`psfFlux\`), as SNANA's FLUXCAL (\`fluxcal\`) or as AB magnitudes
(\`magnitude\`), each with its error; a negative flux is one. An upper limit has no flux and cannot be used: send the forced
photometry instead, or leave it out. Include what comes before the first detection, as far as 30 days: the network sees it.

200 says that each object has its answer, in the order of the request: an object that is wrong has a \`problem\`, whose
\`errors\` name each value by its path in the body, and costs its neighbours nothing. Fields that nothing reads
are named in \`ignored\`; one that is a slip of the pen away from a field that is missing is wrong. As in alerts, NaN and Infinity,
which Python writes, are no value. At most ${MOST_OBJECTS} objects, ${MOST_POINTS.toLocaleString('en')} points
an object, ${MOST_POINTS_IN_ALL.toLocaleString('en')} points in all and ${LARGEST_BODY / 2 ** 20} MiB. Few requests are worked on at a time; where too many wait, 503 with Retry-After.

A body that is not application/json is a file with light curves, or multipart/form-data with several: whatever POST /v1/alerts
takes. Each object is one of the answer, and \`index\` counts its points in the order of the file, those that are left out last.`

const forecastParameter = z.enum(['true', 'false'], { error: 'true or false' }).optional()
  .describe('Whether each object has its forecast, as GET /v1/objects/{diaObjectId}/forecast gives it; false where not given')

/** Files are looked at where they are decoded. */
const exceptFiles: FastifySchemaCompiler<z.ZodType> = route => {
  const validate = validatorCompiler(route)
  return data => data instanceof GivenFiles ? { value: data } : validate(data)
}

const pointsOf = (object: unknown): number => {
  const points: unknown = typeof object === 'object' && object !== null && 'points' in object ? object.points : undefined
  return Array.isArray(points) ? Math.min(points.length, MOST_POINTS + 1) : 0
}

function refuseTooMany (objects: readonly unknown[]): void {
  const points = objects.reduce<number>((sum, object) => sum + pointsOf(object), 0)
  if (points <= MOST_POINTS_IN_ALL) return
  throw new CandelaError('too-many-points', `The objects have more than ${MOST_POINTS_IN_ALL} points, the most that is taken in a request.`, { action: 'Send it in several parts.' })
}

/** As alerts are read: NaN, which Python writes, is no value; an integer beyond 2^53 keeps its digits. */
async function readBody (_request: FastifyRequest, body: Buffer): Promise<unknown> {
  return await parsedBody(body)
}

async function parsedBody (body: Buffer): Promise<unknown> {
  try {
    return await parseExact(body, MOST_VALUES)
  } catch (error) {
    if (!(error instanceof CandelaError) || isProblemName(error.code)) throw error
    throw new CandelaError('bad-request', `The body is ${error.message}.`, { cause: error, action: 'Send one JSON document {"objects": […]}.' })
  }
}

export const classify: FastifyPluginAsyncZod<{ replays: Replays, schemas: SchemaSource }> = async (app, { replays, schemas }) => {
  app.setValidatorCompiler(exceptFiles)
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, readBody)
  app.addContentTypeParser('*', async (request: FastifyRequest, payload: IncomingMessage) => new GivenFiles(await readFiles(request, payload)))

  app.post('/classify', {
    bodyLimit: LARGEST_BODY,
    config: { scope: 'read' },
    schema: {
      summary: 'Classify light curves in hand',
      description,
      tags: ['objects'],
      consumes: ['application/json', ...FILE_TYPES],
      body: bodySchema,
      querystring: query({ ...givenFields, classes: classesParameter, forecast: forecastParameter, ...forecastParameters }),
      response: { ...answer('An answer for each object', classifiedSchema), ...badRequest, ...bodyTooLarge, ...unsupportedMediaType, ...unavailable, ...anyProblem }
    }
  }, async (request, reply) => {
    const body = request.body as typeof request.body | GivenFiles
    const asked = forecastAsked(replays, request.query)
    const warnings: string[] = []
    const report = new PointReport(warning => warnings.push(warning))
    const read = body instanceof GivenFiles ? await objectsIn(body.files, { given: request.query, schemas, report, warn: warning => warnings.push(warning) }) : await objectsOf(body.objects, report)
    report.end()
    const curves = read.flatMap(object => 'curve' in object ? [{ diaObjectId: object.diaObjectId ?? undefined, host: object.host, context: object.context, points: object.curve.points }] : [])
    const tips: PlayedTip[] = []
    const played = curves.length === 0 ? [] : await whileConnected(reply, signal => replays.play(curves, signal, tips))
    const forecasts = asked && forecastsOf(replays, curves.map(({ diaObjectId }, k) => ({ diaObjectId, tip: tips[k] ?? null })), asked)
    reply.type('application/json; charset=utf-8')
    return reply.send(Readable.from(answerText(replays, { read, played, warnings, classes: request.query.classes === 'true', forecasts }, request)) as never)
  })
}

async function objectsOf (objects: readonly unknown[], report: PointReport): Promise<ReadObject[]> {
  refuseTooMany(objects)
  const read: ReadObject[] = []
  for (const [k, object] of objects.entries()) read.push(await readObject(object, `objects.${k}`, report))
  return read
}

/** @returns undefined where no forecast is asked for */
function forecastAsked ({ forecasts }: Replays, given: Parameters<typeof askedOf>[1] & { forecast?: 'true' | 'false' | undefined }): ForecastAsked | undefined {
  if (given.forecast === 'true') {
    if (forecasts.horizon === null) throw wrongParameters([{ parameter: 'forecast', value: 'true', expected: 'false, or nothing: the model in use has no decoder, and forecasts nothing' }])
    return askedOf(forecasts, given)
  }
  const { days, step, bands } = given
  const errors = Object.entries({ days, step, bands: bands?.join(',') }).flatMap(([parameter, value]) => value === undefined ? [] : [{ parameter, value, expected: 'forecast=true beside it' }])
  if (errors.length > 0) throw wrongParameters(errors)
  return undefined
}

/** @returns of each light curve; null where none of its points was stepped */
function forecastsOf ({ forecasts }: Replays, curves: ReadonlyArray<Omit<Carried, 'tip'> & { tip: PlayedTip }>, asked: ForecastAsked): Array<AnsweredForecast | null> {
  const stepped = curves.flatMap(({ diaObjectId, tip }) => tip === null ? [] : [{ diaObjectId, tip }])
  const made = forecasts.of(stepped, asked)[Symbol.iterator]() as Iterator<Forecast>
  return curves.map(({ tip }) => {
    if (tip === null) return null
    // The phase is there with or without a forecast.
    const { phase: _phase, phaseLow: _low, phaseHigh: _high, ...forecast } = answeredForecast(made.next().value!, asked)
    return forecast
  })
}

type AnsweredForecast = Omit<ReturnType<typeof answeredForecast>, 'phase' | 'phaseLow' | 'phaseHigh'>

interface Answered {
  read: readonly ReadObject[]
  played: readonly PlayedPoint[][]
  warnings: readonly string[]
  /** Whether each point tells its class probabilities. */
  classes: boolean
  /** Of each light curve that was played; undefined where none are asked for. */
  forecasts: ReadonlyArray<AnsweredForecast | null> | undefined
}

/** An object at a time, so that a long answer holds up nobody. */
function * answerText (replays: Replays, { read, played, warnings, classes, forecasts }: Answered, request: FastifyRequest): Generator<string> {
  const { name, version } = replays.model
  let curve = 0
  yield `{"classifierName":${JSON.stringify(name)},"classifierVersion":${JSON.stringify(version)},"objects":[`
  for (const [k, object] of read.entries()) {
    const answered = 'errors' in object ? refused(object, request) : classified(object, played[curve] ?? [], replays, { classes, forecast: forecasts?.[curve] ?? null })
    if ('curve' in object) curve++
    yield `${k > 0 ? ',' : ''}${JSON.stringify(answered)}`
  }
  yield `]${warnings.length > 0 ? `,"warnings":${JSON.stringify(warnings)}` : ''}}`
}

const refused = ({ diaObjectId, errors }: WrongObject, request: FastifyRequest): ClassifiedObject =>
  ({ diaObjectId, probabilityIa: null, epochs: 0, reason: null, points: [], leftOut: [], ignored: [], problem: wrongValues(errors, request) })

function classified ({ diaObjectId, curve: { indexOf, leftOut }, contextLeftOut, ignored }: RightObject, points: readonly PlayedPoint[], replays: Replays, { classes, forecast }: { classes: boolean, forecast: AnsweredForecast | null }): ClassifiedObject {
  const newest = points.findLast(({ epoch }) => epoch !== null)
  const classShares = newest ? replays.classShares(diaObjectId ?? '') : null
  const reason = newest ? null : points.length === 0 ? 'no-usable-point' : points[0]!.reason === 'no-detection' ? 'no-detection' : 'band-not-used'
  return {
    diaObjectId,
    probabilityIa: newest?.probabilityIa ?? null,
    ...newest?.probabilityIaErr != null && { probabilityIaErr: newest.probabilityIaErr },
    ...newest?.classProbabilities && { classProbabilities: newest.classProbabilities },
    ...classShares !== null && { classShares },
    ...newest?.phase != null && { phase: newest.phase },
    ...newest?.phaseLow != null && { phaseLow: newest.phaseLow },
    ...newest?.phaseHigh != null && { phaseHigh: newest.phaseHigh },
    epochs: newest?.epoch ?? 0,
    ...forecast,
    reason,
    points: points.map(played => ({ ...answeredPoint(played, classes), index: indexOf.get(played.point)! })),
    leftOut: [...leftOut],
    ...contextLeftOut.length > 0 && { contextLeftOut },
    ignored,
    problem: null
  }
}
