/**
 * Lasair's JSON of an object of LSST (its object API): LSST's sources as lists of their own, positions as ra and decl,
 * E(B−V) as ebv. One object gives one alert, triggered by its newest source.
 */
import { z } from 'zod'
import type { Alert } from '../alert.ts'
import { incomplete } from '../dialect.ts'
import { isFlagged, LSST_FLAGS } from '../lsst-flags.ts'
import { isPosition, PointList } from '../points.ts'
import { checked } from './checked.ts'

const number = z.number({ error: 'a number or null' }).nullish().transform(value => value ?? null)
const text = z.string({ error: 'a text or null' }).nullish().transform(value => value ?? null)
const flag = z.boolean({ error: 'true, false or null' }).nullish().transform(value => value ?? null)
const idExpected = 'a whole number or its digits'
/** 0 stands for "none". */
const id = z.union([z.int(idExpected).min(0, idExpected), z.string().regex(/^\d{1,20}$/, idExpected)], { error: idExpected }).nullish()
  .transform(value => value === null || value === undefined || BigInt(value) === 0n ? null : BigInt(value))

const photometry = {
  midpointMjdTai: number,
  band: text,
  psfFlux: number,
  psfFluxErr: number,
  visit: number,
  timeProcessedMjdTai: number,
  timeWithdrawnMjdTai: number
}
const position = { ra: number, dec: number, decl: number }

/** What of LSST's flags says that a flux does not measure its source. */
const flags = Object.fromEntries(LSST_FLAGS.map(name => [name, flag])) as Record<typeof LSST_FLAGS[number], typeof flag>

const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, { error: 'a list' }).nullish().transform(list => list ?? [])
const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, { error: 'an object' })

const lasairSchema = object({
  diaObject: object({ diaObjectId: id, ...position }).nullish(),
  diaSourcesList: listOf(object({ diaSourceId: id, diaObjectId: id, ssObjectId: id, ...position, ...photometry, ...flags })),
  diaForcedSourcesList: listOf(object(photometry)),
  ebv: number
})
type Source = z.output<typeof lasairSchema>['diaSourcesList'][number]

export const isLasair = (document: object): boolean => 'diaSourcesList' in document

const newer = (a: Source, b: Source): Source => (b.midpointMjdTai ?? -Infinity) > (a.midpointMjdTai ?? -Infinity) ? b : a

/** @throws CandelaError 'alert-invalid', 'alert-incomplete' */
export async function lasairAlert (document: object): Promise<Alert> {
  const { diaObject, diaSourcesList: sources, diaForcedSourcesList: forced, ebv } = await checked(lasairSchema, document)
  const [first, ...others] = sources
  if (first === undefined) throw incomplete('Lasair', 'diaSourcesList with a source')
  const trigger = others.reduce(newer, first)
  const { diaSourceId, midpointMjdTai } = trigger
  if (diaSourceId === null) throw incomplete('Lasair', 'diaSourceId in its newest source')
  if (midpointMjdTai === null) throw incomplete('Lasair', 'midpointMjdTai in its sources')
  const place = [diaObject, trigger].map(facts => ({ ra: facts?.ra ?? null, dec: facts?.dec ?? facts?.decl ?? null })).find(({ ra, dec }) => isPosition(ra, dec))
  if (!place) throw incomplete('Lasair', 'ra and decl')
  const list = new PointList()
  for (const source of [trigger, ...sources.filter(source => source !== trigger)]) {
    list.add({ ...source, flagged: isFlagged(source) }, 'detection')
  }
  for (const source of forced) list.add({ ...source, diaSourceId: null }, 'forced')
  const diaObjectId = diaObject?.diaObjectId ?? trigger.diaObjectId
  return {
    diaObjectId: diaObjectId?.toString() ?? null,
    diaSourceId: diaSourceId.toString(),
    midpointMjdTai,
    ra: place.ra!,
    dec: place.dec!,
    points: list.points,
    omitted: list.omitted,
    host: { redshift: null, redshiftErr: null, mwebv: ebv !== null && ebv >= 0 ? ebv : null },
    solarSystem: diaObjectId === null && trigger.ssObjectId !== null
  }
}
