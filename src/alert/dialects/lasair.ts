/**
 * Lasair's JSON of an object of LSST: LSST's sources as lists of their own, positions as ra and decl, E(B−V) as ebv. Its
 * object API gives that alone; its filter streams put it under `alert`, beside the columns that the filter selects and
 * `UTC`, when the filter ran. One object gives one alert, triggered by its newest source.
 *
 * The lite form has neither ids nor visits: object and position are those of the columns, and the source's id is made
 * of the object's, the band and the time, so that a message that comes twice has it twice.
 */
import { z } from 'zod'
import type { Alert, ReadAs } from '../alert.ts'
import { CandelaError } from '../../errors.ts'
import { incomplete, type JsonDialect } from '../dialect.ts'
import { isFlagged, LSST_FLAGS } from './lsst-flags.ts'
import { isPosition, PointList } from '../points.ts'
import { checked } from '../json/checked.ts'

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

/** A column of a filter, which may come as text; what is no number says nothing. */
const numberAsText = z.unknown().optional().transform(value => {
  const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof read === 'number' && Number.isFinite(read) ? read : null
})

const listOf = <Item extends z.ZodType>(item: Item) => z.array(item, { error: 'a list' }).nullish().transform(list => list ?? [])
const object = <Shape extends z.ZodRawShape>(shape: Shape) => z.object(shape, { error: 'an object' })

const lasairSchema = object({
  diaObject: object({ diaObjectId: id, ...position }).nullish(),
  diaSourcesList: listOf(object({ diaSourceId: id, diaObjectId: id, ssObjectId: id, ...position, ...photometry, ...flags })),
  diaForcedSourcesList: listOf(object(photometry)),
  ebv: numberAsText,
  // Columns of a filter.
  diaObjectId: id,
  ra: numberAsText,
  dec: numberAsText,
  decl: numberAsText
})
type Source = z.output<typeof lasairSchema>['diaSourcesList'][number]

const lightCurveIn = (document: object): object | undefined => {
  if ('diaSourcesList' in document) return document
  const alert: unknown = 'alert' in document ? document.alert : undefined
  return typeof alert === 'object' && alert !== null && 'diaSourcesList' in alert ? alert : undefined
}

/** A filter's message without a light curve: columns alone. */
const isPlainStream = (document: object): boolean => 'UTC' in document && !('points' in document)

const isLasair = (document: object): boolean => lightCurveIn(document) !== undefined || isPlainStream(document)

const READ_AS: ReadAs = { dialect: 'lasair', fluxUnit: 'nJy', survey: 'LSST' }

const MILLISECONDS_A_DAY = 86_400_000
const isLite = (sources: unknown): boolean => Array.isArray(sources) && sources.every(source => typeof source === 'object' && source !== null && !('diaSourceId' in source))

/** 64 characters at most: 20 digits of the object, a band, and the millisecond of the time. */
const madeId = (diaObjectId: bigint, { band, midpointMjdTai }: Source): string =>
  `${diaObjectId}-${band?.slice(0, 8) ?? ''}-${Math.round((midpointMjdTai ?? 0) * MILLISECONDS_A_DAY)}`

const incompleteStream = (what: string, action: string): CandelaError => new CandelaError('alert-incomplete', `an alert of Lasair has no ${what}`, { value: what, action })

const newer = (a: Source, b: Source): Source => (b.midpointMjdTai ?? -Infinity) > (a.midpointMjdTai ?? -Infinity) ? b : a

/** @throws CandelaError 'alert-invalid', 'alert-incomplete' */
async function lasairAlert (document: object): Promise<Alert> {
  const lightCurve = lightCurveIn(document)
  if (lightCurve === undefined) throw incompleteStream('light curve: it has columns alone', 'Let the filter send the full alert, or the lite one, and select the columns diaObjectId, ra and decl.')
  const lite = 'diaSourcesList' in lightCurve && isLite(lightCurve.diaSourcesList)
  const { diaObject, diaSourcesList: sources, diaForcedSourcesList: forced, ebv, ...columns } = await checked(lasairSchema, { ...document, ...lightCurve })
  const [first, ...others] = sources
  if (first === undefined) throw incomplete('Lasair', 'diaSourcesList with a source')
  const trigger = others.reduce(newer, first)
  const { diaSourceId, midpointMjdTai } = trigger
  if (midpointMjdTai === null) throw incomplete('Lasair', 'midpointMjdTai in its sources')
  const diaObjectId = diaObject?.diaObjectId ?? trigger.diaObjectId ?? columns.diaObjectId
  const triggerId = diaSourceId?.toString() ?? (lite && diaObjectId !== null ? madeId(diaObjectId, trigger) : null)
  if (triggerId === null) throw incomplete('Lasair', 'diaSourceId in its newest source')
  const place = [diaObject, trigger, columns].map(facts => ({ ra: facts?.ra ?? null, dec: facts?.dec ?? facts?.decl ?? null })).find(({ ra, dec }) => isPosition(ra, dec))
  if (!place) throw incompleteStream('ra and decl', 'Select the columns ra and decl in the filter, or let it send the full alert.')
  const list = new PointList()
  for (const source of [trigger, ...sources.filter(source => source !== trigger)]) {
    list.add({ ...source, diaSourceId: source === trigger ? triggerId : source.diaSourceId, flagged: isFlagged(source) }, 'detection')
  }
  for (const source of forced) list.add({ ...source, diaSourceId: null }, 'forced')
  return {
    diaObjectId: diaObjectId?.toString() ?? null,
    diaSourceId: triggerId,
    midpointMjdTai,
    ra: place.ra!,
    dec: place.dec!,
    points: list.points,
    omitted: list.omitted,
    host: { redshift: null, redshiftErr: null, mwebv: ebv !== null && ebv >= 0 ? ebv : null },
    solarSystem: diaObjectId === null && trigger.ssObjectId !== null,
    readAs: READ_AS
  }
}

export const lasair: JsonDialect = { name: 'lasair', matches: isLasair, alerts: lasairAlert }
