/** Candela's own plain JSON alert, for everybody who has no Avro; schemas/alert.schema.json is made from this. */
import { z } from 'zod'
import { BANDS, OBJECT_ID } from '../alert.ts'
import { SKY } from '../points/points.ts'
import { refuseSlips } from '../json/misspelt-fields.ts'

const number = (expected: string) => z.number({ error: expected })
/** null is "no value": the point is then left out with a reason. */
const measured = (what: string, unit: string) => number(`a number or null [${unit}]`).nullable().optional().describe(`${what} [${unit}]`)
const time = (what: string) => number('a number or null [d, MJD TAI]').nullable().optional().describe(`${what} [d, MJD TAI]`)
const flag = (what: string) => z.boolean({ error: 'true or false' }).optional().describe(what)

/** Integers that a number does not hold come as strings of their digits, see parseExact: the limit is not the sender's. */
const idOf = (text: RegExp, expected: string) => z.union([
  z.string().regex(text, expected),
  z.number().refine(value => Number.isSafeInteger(value) && value >= 0, expected).meta({ type: 'integer', minimum: 0 })
], { error: expected }).transform(String)
const diaObjectId = idOf(OBJECT_ID, '1 to 64 of A-Z a-z 0-9 _ -, or a whole number, or null').nullable()
const diaSourceId = idOf(/^[!-~]{1,64}$/, '1 to 64 characters without blanks, or a whole number')

const FLUXES = { psfFlux: 'psfFluxErr', fluxcal: 'fluxcalErr', magnitude: 'magnitudeErr' } as const
type FluxName = keyof typeof FLUXES
const fluxNames = Object.keys(FLUXES) as FluxName[]

const pointFields = {
  midpointMjdTai: number('a number or null [d, MJD TAI]').nullable().describe('Effective time of the observation [d, MJD TAI]'),
  band: z.string({ error: `one of ${BANDS.join(' ')}` }).nullable().describe(`One of ${BANDS.join(' ')}; a point in another band is left out`),
  psfFlux: measured('Flux, of a difference image where there is one', 'nJy, AB'),
  psfFluxErr: measured('Its 1σ error', 'nJy'),
  fluxcal: measured('Flux as SNANA gives it', 'zero point 27.5 mag'),
  fluxcalErr: measured('Its 1σ error', 'zero point 27.5 mag'),
  magnitude: measured('Magnitude', 'mag, AB'),
  magnitudeErr: measured('Its 1σ error', 'mag'),
  isPositive: flag('Of a magnitude in a difference image: false where the source is fainter than in the template. Default true'),
  kind: z.enum(['detection', 'forced'], { error: 'detection or forced' }).optional()
    .describe('Found in the image, or measured at the object\'s position; where one visit gave both, the detection\'s flux stands. Default detection'),
  diaSourceId: diaSourceId.nullable().optional().describe('The survey\'s id of the source'),
  visit: z.int({ error: 'a whole number below 2^53, or null' }).min(0, 'a whole number, 0 or more').nullable().optional()
    .describe('The survey\'s number of the exposure; points of one band and visit are versions of one point'),
  timeProcessedMjdTai: time('When it was measured; a newer version of a point replaces an older one'),
  timeWithdrawnMjdTai: time('When the survey took it back; null where it stands'),
  withdrawn: flag('The same, where its time is not known. Default false'),
  flagged: flag('The survey\'s flags say that the flux does not measure the source. Default false')
}

const hasFlux = fluxNames.map(flux => ({ required: [flux, FLUXES[flux]] }))

export const pointSchema = z.looseObject(pointFields, { error: 'an object' }).check(refuseSlips(Object.keys(pointFields)), ({ value, issues }) => {
  const given = fluxNames.filter(flux => value[flux] !== undefined)
  if (given.length === 0) {
    issues.push({ code: 'custom', input: value, path: ['psfFlux'], message: 'a flux: psfFlux and psfFluxErr, or fluxcal and fluxcalErr, or magnitude and magnitudeErr' })
  }
  for (const flux of given) {
    if (value[FLUXES[flux]] === undefined) issues.push({ code: 'custom', input: value, path: [FLUXES[flux]], message: `the error of ${flux}` })
  }
}).meta({ anyOf: hasFlux })

function angle ({ least, most }: { least: number, most: number }) {
  const expected = `a number from ${least} to ${most}`
  return number(expected).min(least, expected).max(most, expected)
}

const positive = (unit = '') => number(`a number, 0 or more, or null${unit}`).min(0, `a number, 0 or more, or null${unit}`)
const hostFields = {
  redshift: positive().nullable().optional().describe('Photometric or spectroscopic redshift'),
  redshiftErr: positive().nullable().optional().describe('Its 1σ error'),
  mwebv: positive(' [mag]').nullable().optional().describe('Milky Way E(B−V) [mag]')
}

export const hostSchema = z.looseObject(hostFields, { error: 'an object' }).check(refuseSlips(Object.keys(hostFields)))

const alertFields = {
  diaObjectId: diaObjectId.describe('The object; integers may exceed 2^53 and stay exact. Null where there is none: the alert is then declined'),
  diaSourceId: diaSourceId.describe('The source that made the alert'),
  midpointMjdTai: time('Time of that source. Default: the newest detection\'s'),
  ra: angle(SKY.ra).nullable().describe('Right ascension [deg, ICRS]; ra and dec are both null where the position is not known'),
  dec: angle(SKY.dec).nullable().describe('Declination [deg, ICRS]'),
  points: z.array(pointSchema, { error: 'a list of points' }).describe('The light curve as far as the sender has it; what is known already is no harm'),
  host: hostSchema.nullable().optional()
    .describe('What is known of the host galaxy'),
  solarSystem: flag('A known body of the solar system: the alert is declined. Default false')
}

export const alertSchema = z.looseObject(alertFields, { error: 'an object' }).check(refuseSlips(Object.keys(alertFields)), ({ value: { ra, dec }, issues }) => {
  if ((ra === null) !== (dec === null)) issues.push({ code: 'custom', input: null, path: [ra === null ? 'ra' : 'dec'], message: 'a number: ra and dec are both null, or neither' })
}).meta({
  title: 'Candela alert',
  description: 'One alert in Candela\'s own plain JSON. Further fields are ignored, but one that is a slip of the pen away from a field that is missing is refused.'
})
export type PlainAlert = z.output<typeof alertSchema>
export type PlainHost = z.output<typeof hostSchema>
export type PlainPoint = z.output<typeof pointSchema>

/** What stands in schemas/alert.schema.json. */
export const alertJsonSchema = (): object => z.toJSONSchema(alertSchema, { io: 'input' })
