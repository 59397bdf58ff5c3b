/** What POST /v1/classify takes and gives. */
import { z } from 'zod'
import { hostSchema, pointSchema } from '../../alert/dialects/plain-schema.ts'
import { refuseSlips } from '../../alert/json/misspelt-fields.ts'
import { LEFT_OUT_REASONS } from '../../state/processor/given-light-curve.ts'
import { contextLeftOutSchema, givenContextSchema } from './given-context.ts'
import { forecastDaySchema, forecastFacts } from '../objects/forecast-schemas.ts'
import { playedPointSchema } from '../objects/light-curve.ts'
import { problemSchema } from '../problems/problems.ts'
import { besideProbability, warningsSchema } from '../schemas.ts'

/** Objects in a request. */
export const MOST_OBJECTS = 100
/** Points of an object: a year of LSST's busiest field, COSMOS, is 12,129 visits (baseline v3.0), each a detection and forced photometry. */
export const MOST_POINTS = 25_000
/** Points in a request. */
export const MOST_POINTS_IN_ALL = 30_000
/** Values in the JSON of a request: 30,000 points with all that one can have. */
export const MOST_VALUES = 750_000
/** Fields of an object, its host or a point, of which most would be unknown. */
export const MOST_FIELDS = 100
/** [bytes] */
export const LARGEST_BODY = 4 * 2 ** 20

const labelExpected = '1 to 64 characters, or null'
const tooMany = `at most ${MOST_POINTS} points`

const otherFields = {
  diaObjectId: z.string({ error: labelExpected }).min(1, labelExpected).max(64, labelExpected).nullable().optional().describe('A name, which comes back with the answer'),
  host: hostSchema.nullable().optional().describe('What is known of the host galaxy: redshift, redshiftErr, mwebv; what is not known is left out'),
  context: givenContextSchema.nullable().optional().describe('What its first alert said of it beside its fluxes. A fact that is out of range is left out and named in contextLeftOut')
}

const pointsOf = <Schema extends z.ZodType>(schema: Schema) => z.array(schema, { error: 'a list of points' }).min(1, 'at least one point').max(MOST_POINTS, tooMany)

/** An object as it is documented. */
const givenLightCurveSchema = z.looseObject({
  ...otherFields,
  points: pointsOf(pointSchema).describe('As those of an alert in Candela\'s plain JSON; in any order')
}).meta({ id: 'GivenLightCurve' })

/** The same without a look at the points, each of which is looked at by itself. */
export const givenObjectSchema = z.looseObject({ ...otherFields, points: pointsOf(z.unknown()) }, { error: 'an object with points' })
  .check(refuseSlips([...Object.keys(otherFields), 'points']))

const example = {
  objects: [{
    diaObjectId: 'SN-1',
    host: { redshift: 0.12, redshiftErr: 0.02, mwebv: 0.03 },
    context: { templateFlux: 310, starScore: 0.03, separation: 1.4, realBogus: 0.97 },
    points: [
      { midpointMjdTai: 60975.15, band: 'g', psfFlux: 20702.1, psfFluxErr: 450.1 },
      { midpointMjdTai: 60979.2, band: 'r', fluxcal: 790.5, fluxcalErr: 12.4 },
      { midpointMjdTai: 60983.21, band: 'i', magnitude: 20.44, magnitudeErr: 0.03 }
    ]
  }]
}

const documented = `#/components/schemas/${z.globalRegistry.get(givenLightCurveSchema)!.id}Input`
const givenObject = z.unknown().meta({ anyOf: [{ $ref: documented }, { description: 'Anything else is answered with a `problem` in its place' }] })

export const bodySchema = z.strictObject({
  objects: z.array(givenObject, { error: 'a list of objects' })
    .min(1, 'at least one object').max(MOST_OBJECTS, `at most ${MOST_OBJECTS} objects`)
}, { error: issue => issue.code === 'unrecognized_keys' ? 'objects alone' : 'a JSON object {"objects": […]}' }).meta({ examples: [example] })

const { phase: _phase, phaseLow: _low, phaseHigh: _high, ...aboutForecast } = forecastFacts
const answered = { ...aboutForecast, forecast: z.array(forecastDaySchema).describe('With `forecast=true`, as GET /v1/objects/{diaObjectId}/forecast gives it: day by day, in each the bands in the order of the model. Like the fields about it (asOf to peaks) absent without forecast=true, and where there is no epoch') }
/** What `forecast=true` adds to an object that has an epoch. */
const forecastOfObject = Object.fromEntries(Object.entries(answered).map(([name, schema]) => [name, schema.exactOptional()])) as { [Name in keyof typeof answered]: z.ZodExactOptional<typeof answered[Name]> }

const count = z.int().min(0)
const index = count.describe('Place in the `points` of the request, from 0')

export const classifiedObjectSchema = z.object({
  diaObjectId: z.string().nullable().describe('As given'),
  probabilityIa: z.number().min(0).max(1).nullable().describe('Calibrated P(Ia) after the last point; null where there is none'),
  ...besideProbability,
  epochs: count.describe('Number of network steps that it rests on'),
  ...forecastOfObject,
  reason: z.enum(['no-usable-point', 'no-detection', 'band-not-used']).nullable().describe('Why there is no P(Ia), as an alert would have been declined'),
  points: z.array(playedPointSchema.extend({ index })).describe('In order of time'),
  leftOut: z.array(z.object({
    index,
    reason: z.enum(LEFT_OUT_REASONS).describe('superseded: another version of the same point stands; the others as in docs/alerts.md')
  })).describe('Points that are not part of the light curve'),
  contextLeftOut: contextLeftOutSchema.exactOptional(),
  ignored: z.array(z.string()).describe('Fields that the object, its host or its points have and nothing reads, such as `points.seeing`; 50 at most, then how many more'),
  problem: problemSchema.nullable().describe('Where the object as it was given is wrong; all else is then empty')
}).meta({ id: 'ClassifiedObject' })
export type ClassifiedObject = z.output<typeof classifiedObjectSchema>

export const classifiedSchema = z.object({
  classifierName: z.string(),
  classifierVersion: z.string(),
  objects: z.array(classifiedObjectSchema).describe('One for each object of the request, in its order'),
  warnings: warningsSchema.optional()
}).meta({ id: 'Classified' })
