/** The zod schemas that several resources share: the one source of validation, types and OpenAPI. */
import { z } from 'zod'
import { LEFT_OUT_OF_ALERT } from '../alert/points/left-out.ts'
import { DECLINE_REASONS, LARGEST_PHASE, OUTCOMES } from '../state/views.ts'
import { contextSchema, redshiftKind } from './objects/context.ts'
import { field } from './table/columns.ts'

/** By zod's names of types. */
const TYPES: Readonly<Record<string, string>> = { string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'a JSON object', record: 'a JSON object' }

// Where a schema has no words of its own, zod's are of its inside: "expected string, received undefined".
z.config({ customError: issue => issue.code === 'invalid_type' ? TYPES[issue.expected] : undefined })

function parse (text: unknown): unknown {
  return typeof text === 'string' && /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : text
}

/** A number in a query string; `expected` is what a wrong value is answered with. */
export function numberBetween (lowest: number, highest: number, expected: string) {
  return z.preprocess(parse, z.number({ error: expected }).min(lowest, expected).max(highest, expected))
}

/** A whole number in a query string. */
export function integerBetween (lowest: number, highest: number, expected: string) {
  return z.preprocess(parse, z.int({ error: expected }).min(lowest, expected).max(highest, expected))
}

/** A time in a query string, as it came: ISO 8601 with a zone. */
export function time () {
  return z.iso.datetime({ offset: true, error: 'an ISO 8601 time with its zone, such as 2026-05-01T00:00:00Z' })
}

/** The query string of a route; a name that is not one of its parameters is refused, so that a typo cannot pass as "no filter". */
export function query<Shape extends z.ZodRawShape> (shape: Shape) {
  const names = Object.keys(shape).join(', ') || 'no parameter at all'
  return z.strictObject(shape, { error: issue => issue.code === 'unrecognized_keys' ? `one of ${names}` : undefined })
}

const idExpected = '1 to 64 characters of A-Z, a-z, 0-9, _ and -'
/** An object's id in a request. */
export const diaObjectId = z.string({ error: idExpected }).regex(/^[A-Za-z0-9_-]{1,64}$/, idExpected)
  .describe('The survey\'s id of the object')
/** An object's id in an answer: what the survey sent, so that one odd id cannot spoil a list. */
export const answeredId = z.string().meta(field('The survey\'s id of the object. A string: ids exceed 2^53.', { ucd: 'meta.id;meta.main' }))

export const probability = numberBetween(0, 1, 'a number from 0 to 1')
export const sequence = integerBetween(0, Number.MAX_SAFE_INTEGER, 'a whole number, 0 or more: the id of an event of this stream')

const NO_CLASSES = 'absent where the model has no classes'
export const probabilityIaErr = z.number().min(0).meta(field(`1σ error of P(Ia), from the spread of the model's heads; ${NO_CLASSES}`, { ucd: 'stat.error;stat.probability' }))
export const classProbabilities = z.record(z.string(), z.number().min(0).max(1))
  .describe(`Probability of each class by its name, to four decimals, their sum 1; ${NO_CLASSES}. GET /v1/models has the names. A table has a column for each class, such as p_AGN`)
export const classShares = z.string().meta(field(`The class shares that the probabilities are calibrated for, such as lsst; ${NO_CLASSES}`, { ucd: 'meta.id' }))

/** The fields of a phase. @param absence where there is none */
export function phaseFields (absence: string) {
  const days = (description: string, ucd: string) => z.number().min(-LARGEST_PHASE).max(LARGEST_PHASE).meta(field(`${description}; ${absence}`, { unit: 'd', ucd }))
  return {
    phase: days('Days from the peak at the time of the newest point, negative before it: the median, to 0.1 d [d]', 'time.interval'),
    phaseLow: days('Phase that lies at 16 % [d]', 'stat.min;time.interval'),
    phaseHigh: days('Phase that lies at 84 % [d]', 'stat.max;time.interval')
  }
}
const { phase, phaseLow, phaseHigh } = phaseFields('absent where the model has no decoder, and where the object more likely varies than has a peak')

/** A bound of the phase in a query string. */
export const boundOfPhase = numberBetween(-LARGEST_PHASE, LARGEST_PHASE, `a number of days from ${-LARGEST_PHASE} to ${LARGEST_PHASE}`)

/** What a model with classes says beside P(Ia), and one with a decoder behind it. */
export const besideProbability = {
  probabilityIaErr: probabilityIaErr.exactOptional(),
  classProbabilities: classProbabilities.exactOptional(),
  classShares: classShares.exactOptional(),
  phase: phase.exactOptional(),
  phaseLow: phaseLow.exactOptional(),
  phaseHigh: phaseHigh.exactOptional()
}

export const classificationSchema = z.object({
  diaObjectId: answeredId,
  probabilityIa: z.number().min(0).max(1).meta(field('Calibrated P(Ia); of a model with classes the sum over those that count as Ia', { ucd: 'stat.probability' })),
  ...besideProbability,
  epochs: z.int().min(0).meta(field('Number of network steps that it rests on', { ucd: 'meta.number' })),
  midpointMjdTai: z.number().meta(field('Time of the newest point that it rests on [d, MJD TAI]', { unit: 'd', ucd: 'time.epoch', system: 'TAI' })),
  revision: z.int().min(0).meta(field('Rises when late points, a host redshift that was given or another model changed a probability that had been published before', { ucd: 'meta.version' })),
  classifierName: z.string().meta(field('Name of the model', { ucd: 'meta.id;meta.software' })),
  classifierVersion: z.string().meta(field('Version of the model', { ucd: 'meta.version;meta.software' })),
  publishedAt: z.iso.datetime().meta(field('ISO 8601, UTC', { ucd: 'time.release' }))
}).meta({ id: 'Classification' })

const rightAscension = z.number().nullable().meta(field('Right ascension [deg, ICRS]; null where no alert told the position', { unit: 'deg', ucd: 'pos.eq.ra;meta.main', system: 'ICRS' }))
const declination = z.number().nullable().meta(field('Declination [deg, ICRS]; null where no alert told the position', { unit: 'deg', ucd: 'pos.eq.dec;meta.main', system: 'ICRS' }))

export const candidateSchema = classificationSchema.extend({
  ra: rightAscension,
  dec: declination,
  firstDetectionMjdTai: z.number().nullable().meta(field('First time with S/N > 5 [d, MJD TAI]', { unit: 'd', ucd: 'time.start', system: 'TAI' })),
  rise: z.number().min(-1).max(1).nullable().meta(field('P(Ia) minus the one that stood a day before the newest point, that is of the last classification whose newest point is at least a day older; null where there is none among the newest hundred', { ucd: 'stat.probability;arith.diff' })),
  sequence: z.int().min(0).meta(field('Store-wide number of the change that made this state; rises with every commit of an object', { ucd: 'meta.record' }))
})

/** A candidate in a list that was asked for. */
export const foundSchema = candidateSchema.extend({
  separation: z.number().min(0).max(180).optional().meta(field('From the centre of the cone that was asked for [deg]; absent where none was', { unit: 'deg', ucd: 'pos.angDistance' }))
}).meta({ id: 'Candidate' })

export const objectSchema = z.object({
  diaObjectId: answeredId,
  ra: rightAscension,
  dec: declination,
  host: z.object({
    redshift: z.number().nullable().describe('Redshift of the host galaxy, as given by PUT …/host, or else of the newest alert; null where not known'),
    redshiftErr: z.number().nullable().describe('Its 1σ error'),
    mwebv: z.number().nullable().describe('Milky Way E(B−V) [mag]'),
    givenAt: z.iso.datetime().nullable().describe('When the redshift was given by PUT …/host, ISO 8601, UTC; null where it is an alert\'s or there is none'),
    kind: redshiftKind.exactOptional().describe('What an alert\'s redshift was made of; absent, as catalogue and separation, where it was given or the alert does not say'),
    catalogue: z.string().exactOptional().describe('Where it comes from, such as NED, Legacy Surveys DR8'),
    separation: z.number().min(0).exactOptional().describe('Of the catalogued galaxy from the object [arcsec]')
  }),
  context: contextSchema.exactOptional(),
  points: z.int().min(0).describe('Photometric points kept, in all bands'),
  firstDetectionMjdTai: z.number().nullable().describe('First time with S/N > 5 [d, MJD TAI]'),
  lastPointMjdTai: z.number().nullable().describe('Time of the newest point [d, MJD TAI]'),
  classification: classificationSchema.nullable().describe('The newest one; null where there is none yet'),
  declined: z.enum(DECLINE_REASONS).nullable().describe('Why there is no classification')
}).meta({ id: 'Object' })

/** Points by the reason why they were left out. */
export const leftOutSchema = z.partialRecord(z.enum(LEFT_OUT_OF_ALERT), z.int().min(1)).describe('Number of points that were left out, by reason; absent where none were')

/** What a sender should hear of the points. */
export const warningsSchema = z.array(z.string()).describe('Where most points were left out, with the names of filters that are no known bands, or where errors do not fit the unit that fluxes were read in; absent where there is nothing to say')

/** What became of one alert. */
export const alertOutcomeSchema = z.object({
  diaObjectId: answeredId.nullable(),
  diaSourceId: z.string().nullable().describe('The source that made the alert'),
  midpointMjdTai: z.number().nullable().describe('Its time [d, MJD TAI]'),
  outcome: z.enum(OUTCOMES),
  reason: z.string().optional().describe('Why it was declined, or the error code of a dead letter'),
  message: z.string().optional().describe('What was wrong with a dead letter, and in which line or element'),
  action: z.string().optional().describe('What to do about it'),
  probabilityIa: z.number().min(0).max(1).optional().describe('Calibrated P(Ia)'),
  probabilityIaErr: probabilityIaErr.optional(),
  classProbabilities: classProbabilities.optional(),
  classShares: classShares.optional(),
  phase: phase.optional(),
  phaseLow: phaseLow.optional(),
  phaseHigh: phaseHigh.optional(),
  epochs: z.int().min(0).optional().describe('Number of network steps that it rests on'),
  revision: z.int().min(0).optional(),
  leftOut: leftOutSchema.optional(),
  fluxUnit: z.string().optional().describe('How its fluxes were read: nJy, FLUXCAL (zero point 27.5 mag), FLUXCAL with another zero point, AB magnitudes'),
  classifierName: z.string(),
  classifierVersion: z.string()
}).meta({ id: 'AlertOutcome' })

/** The 200 of a route that answers with JSON. */
export function answer<Schema extends z.ZodType> (description: string, schema: Schema) {
  return { 200: { description, content: { 'application/json': { schema } } } }
}
