/** /v1/objects/{diaObjectId}/light-curve: the photometric points, with P(Ia) after each. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { BANDS } from '../../alert/alert.ts'
import type { PlayedPoint, Replays } from '../../state/processor/replays.ts'
import { PASSED_OVER_REASONS } from '../../state/views.ts'
import { conditionalHeaders, notModified } from '../conditional-requests.ts'
import { whileConnected } from '../while-connected.ts'
import { shortestFloat32 } from './float32.ts'
import { objectNotFound } from './objects.ts'
import { anyProblem, badRequest, notFound, unavailable } from '../problems/problems.ts'
import { withClasses, type ModelsInUse } from './class-columns.ts'
import { answeredId, classificationSchema, classProbabilities, classShares, diaObjectId, phaseFields, probabilityIaErr, query, time } from '../schemas.ts'
import { columnsOf, field } from '../table/columns.ts'
import { LIST_FORMS, listAnswer, sendList, listParameters, wholeOrPart } from '../table/lists.ts'

const { phase, phaseLow, phaseHigh } = phaseFields('null where the point was passed over and where the object more likely varies than has a peak, absent where the model has no decoder')

export const playedPointSchema = z.object({
  midpointMjdTai: z.number().meta(field('Effective time of the observation [d, MJD TAI]', { unit: 'd', ucd: 'time.epoch;obs', system: 'TAI' })),
  band: z.enum(BANDS).meta(field('LSST\'s band', { ucd: 'meta.id;instr.bandpass' })),
  psfFlux: z.number().meta(field('Difference-image PSF flux [nJy, AB]; a float32', { unit: 'nJy', ucd: 'phot.flux.density' })),
  psfFluxErr: z.number().meta(field('Its 1σ error [nJy]; a float32', { unit: 'nJy', ucd: 'stat.error;phot.flux.density' })),
  kind: z.enum(['detection', 'forced']).meta(field('detection: found in the difference image, a diaSource; forced: measured at the object\'s position, a diaForcedSource', { ucd: 'meta.code' })),
  visit: z.int().nullable().meta(field('The survey\'s number of the exposure, where its alerts give one', { ucd: 'meta.id;obs' })),
  epoch: z.int().min(1).nullable().meta(field('Which step of the network the point was; null where it was passed over', { ucd: 'meta.number' })),
  probabilityIa: z.number().min(0).max(1).nullable().meta(field('Calibrated P(Ia) after the point; null where it was passed over', { ucd: 'stat.probability' })),
  probabilityIaErr: probabilityIaErr.nullable().exactOptional(),
  phase: phase.nullable().exactOptional(),
  phaseLow: phaseLow.nullable().exactOptional(),
  phaseHigh: phaseHigh.nullable().exactOptional(),
  weight: z.number().min(0).max(1).nullable().exactOptional().meta(field('Share of the epoch in the decision after the last point, as the network\'s attention weighs it: the sum over the epochs is 1; null where the point was passed over, absent where the model has no attention', { ucd: 'stat.weight' })),
  classProbabilities: classProbabilities.nullable().exactOptional(),
  reason: z.enum(PASSED_OVER_REASONS).nullable().meta(field('Why it was passed over: no point of the object has S/N > 5; the model does not use the band; it lies more than 30 days before the first detection', { ucd: 'meta.note' }))
})

const columns = columnsOf(playedPointSchema)

const WEIGHT_DECIMALS = 6

/** They make an answer three times as long, so that they have to be asked for. */
export const classesParameter = z.enum(['true', 'false'], { error: 'true or false' }).optional()
  .describe('Whether each point has the probabilities of all classes after it (`classProbabilities`); false where not given. A model without classes has none')

/** @param classes whether to tell the class probabilities */
export function answeredPoint ({ point, epoch, reason, classProbabilities, ...played }: PlayedPoint, classes: boolean): z.output<typeof playedPointSchema> {
  const { midpointMjdTai, band, psfFlux, psfFluxErr, kind, visit } = point
  const { probabilityIa, probabilityIaErr, phase, phaseLow, phaseHigh, weight } = played
  return {
    midpointMjdTai,
    band,
    psfFlux: shortestFloat32(psfFlux),
    psfFluxErr: shortestFloat32(psfFluxErr),
    kind,
    visit,
    epoch,
    probabilityIa,
    ...probabilityIaErr !== undefined && { probabilityIaErr },
    ...phase !== undefined && { phase },
    ...phaseLow !== undefined && { phaseLow },
    ...phaseHigh !== undefined && { phaseHigh },
    ...weight !== undefined && { weight: weight === null ? null : Number(weight.toFixed(WEIGHT_DECIMALS)) },
    ...classes && classProbabilities !== undefined && { classProbabilities },
    reason
  }
}

const description = `\`points\` is the light curve as it is kept now, and P(Ia) after each point comes from playing it
now, in order of time, with the model in use: what the model says of these points, as if each had come on its day. What was
published on the day is another thing, since forced photometry came later, points were processed anew or withdrawn, a host
redshift was given, or another model was in use: GET …/classifications has it. Where nothing is on its way, the last epoch's
P(Ia) is the newest published one. Withdrawn points are left out. The ids of sources (diaSourceId) are not kept; band, visit
and time tell points apart.

When a point came is not kept, so that a light curve of the past cannot be shown exactly. With \`asOf\`, \`classification\` is
the published one that stood at that time, which is exact, and \`points\` ends with the newest point that it rested on. Points
before it that came later, or in another version, are among them as they are now: where \`classification.epochs\` is not
the last epoch, so it was. Where nothing had been published by then, \`points\` is empty.`

export const lightCurve: FastifyPluginAsyncZod<{ replays: Replays, models: ModelsInUse }> = async (app, { replays, models }) => {
  app.get('/objects/:diaObjectId/light-curve', {
    config: LIST_FORMS,
    schema: {
      summary: 'The light curve of an object, with P(Ia) after each point',
      description,
      tags: ['objects'],
      params: z.object({ diaObjectId }),
      querystring: query({ asOf: time().optional().describe('ISO 8601'), classes: classesParameter, ...listParameters(playedPointSchema) }),
      headers: conditionalHeaders,
      response: {
        ...listAnswer('The light curve', z.object({
          diaObjectId: answeredId,
          asOf: z.string().nullable().describe('As asked for'),
          classifierName: z.string().describe('Of the model that played it'),
          classifierVersion: z.string(),
          classShares: classShares.exactOptional(),
          classification: classificationSchema.nullable().describe('The published one: the newest, or that of `asOf`; null where there was none'),
          points: z.array(wholeOrPart(playedPointSchema)).describe('In order of time')
        }).meta({ id: 'LightCurve' })),
        ...notModified,
        ...badRequest,
        ...notFound,
        ...unavailable,
        ...anyProblem
      }
    }
  }, async (request, reply) => {
    const { diaObjectId } = request.params
    const { asOf, fields, format } = request.query
    const classes = request.query.classes === 'true' || (fields?.includes('classProbabilities') ?? false)
    const replayed = await whileConnected(reply, signal => replays.object(diaObjectId, { asOf: asOf === undefined ? undefined : Date.parse(asOf), signal }))
    if (!replayed) throw objectNotFound(diaObjectId)
    const { name: classifierName, version: classifierVersion } = replays.model
    const { classification } = replayed
    const rows = replayed.points.map(point => answeredPoint(point, classes))
    const sharesName = replays.classShares(diaObjectId)
    const shares = sharesName === null ? {} : { classShares: sharesName }
    return sendList(request, reply, {
      name: `candela-${diaObjectId}-light-curve`,
      description: `Light curve of object ${diaObjectId}, with P(Ia) after each point by ${classifierName} ${classifierVersion}`,
      columns: withClasses(columns, models, rows).filter(({ of }) => classes || of === undefined),
      rows,
      fields,
      format,
      facts: { diaObjectId, classifierName, classifierVersion, ...shares, ...asOf !== undefined && { asOf } },
      json: points => ({ diaObjectId, asOf: asOf ?? null, classifierName, classifierVersion, ...shares, classification, points })
    }) as never
  })
}
