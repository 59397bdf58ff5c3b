/**
 * Lasair's JSON of an object of LSST: LSST's sources as lists of their own, positions as ra and decl, E(B−V) as ebv. Its
 * object API gives that alone; its filter streams put it under `alert`, beside the columns that the filter selects and
 * `UTC`, when the filter ran. Records that Lasair writes when a filter is saved have no `UTC`. One object gives one alert,
 * triggered by its newest source. https://github.com/lsst-uk/lasair-lsst (pipeline/filter/util.py, lasairapi/serializers.py)
 *
 * The lite form has neither ids nor visits nor an object: object and position are those of the columns, and the source's
 * id is made of the object's, the band and the time, so that a message that comes twice has it twice. A filter that joins
 * tables sends one record a row of the same alert.
 */
import type { z } from 'zod'
import type { Alert, ReadAs } from '../../alert.ts'
import { AnnouncementError } from '../../announcement.ts'
import { CandelaError } from '../../../errors.ts'
import { incomplete, type JsonDialect } from '../../dialect.ts'
import type { Given } from '../../given.ts'
import { hostFactsOf } from '../../context/host-redshift.ts'
import { checked } from '../../json/checked.ts'
import { flag, id, listOf, number, numberAsText, object, text } from '../../json/fields.ts'
import { contextOf } from '../../context/known-context.ts'
import { madeId } from '../../points/made-id.ts'
import { isPosition, PointList } from '../../points/points.ts'
import { leastReliability } from '../../points/reliability.ts'
import { isLasairZtf, lasairZtfAlert } from './ztf-object.ts'
import { associationColumns, associationIn, associationOf, lasairData } from './context.ts'
import { lsstContext } from '../lsst-context.ts'
import { isFlagged, LSST_FLAGS } from '../lsst-flags.ts'

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
const counted = { nDiaSources: numberAsText, firstDiaSourceMjdTai: numberAsText }

/** What of LSST's flags says that a flux does not measure the source. */
const flags = Object.fromEntries(LSST_FLAGS.map(name => [name, flag])) as Record<typeof LSST_FLAGS[number], typeof flag>

const sourceSchema = object({
  diaSourceId: id,
  diaObjectId: id,
  ssObjectId: id,
  reliability: number,
  templateFlux: number,
  extendedness: number,
  isDipole: flag,
  ...position,
  ...photometry,
  ...flags
})
type Source = z.output<typeof sourceSchema>

/** Columns of a filter, which may come as text. */
const columns = { diaObjectId: id, ra: numberAsText, dec: numberAsText, decl: numberAsText, ebv: numberAsText, ...counted, ...associationColumns }
const columnsSchema = object(columns)
const lasairSchema = object({
  diaObject: object({ diaObjectId: id, ...position, ...counted }).nullish(),
  diaSourcesList: listOf(sourceSchema),
  diaForcedSourcesList: listOf(object(photometry)),
  lasairData,
  ...columns
})

const lightCurveIn = (document: object): object | undefined => {
  if ('diaSourcesList' in document) return document
  const alert: unknown = 'alert' in document ? document.alert : undefined
  return typeof alert === 'object' && alert !== null && 'diaSourcesList' in alert ? alert : undefined
}

const OBJECT_COLUMNS = ['decl', 'nDiaSources', 'firstDiaSourceMjdTai', 'lastDiaSourceMjdTai', 'latestR']

/** Those of a row of photometry. */
const PHOTOMETRY_COLUMNS = ['points', 'psfFlux', 'flux', 'mag', 'magpsf', 'magnitude', 'midpointMjdTai', 'mjd']

/** A filter's message without a light curve: columns alone. When a filter is saved, without `UTC`. */
const isPlainStream = (document: object): boolean => 'UTC' in document
  ? !('points' in document)
  : 'diaObjectId' in document && OBJECT_COLUMNS.some(name => name in document) && !PHOTOMETRY_COLUMNS.some(name => name in document)

/** What the object API answers where it has nothing. */
const errorIn = (document: object): string | undefined =>
  'error' in document && typeof document.error === 'string' && Object.keys(document).length === 1 ? document.error : undefined

const isLasair = (document: object): boolean =>
  lightCurveIn(document) !== undefined || isPlainStream(document) || isLasairZtf(document) || errorIn(document) !== undefined

const READ_AS: ReadAs = { dialect: 'lasair', fluxUnit: 'nJy', survey: 'LSST' }

const isLite = (sources: unknown): boolean => Array.isArray(sources) && sources.every(source => typeof source === 'object' && source !== null && !('diaSourceId' in source))

const incompleteStream = (what: string, action: string): CandelaError => new CandelaError('alert-incomplete', `an alert of Lasair has no ${what}`, { value: what, action })

const newer = (a: Source, b: Source): Source => (b.midpointMjdTai ?? -Infinity) > (a.midpointMjdTai ?? -Infinity) ? b : a

interface Place { ra: number | null, dec?: number | null, decl?: number | null }

/**
 * The first of several positions that is one; NaN where the sender gives none.
 * @throws CandelaError 'alert-incomplete' where what it gives is none
 */
function placeOf (places: ReadonlyArray<Place | null | undefined>): { ra: number, dec: number } {
  const given = places.map(place => ({ ra: place?.ra ?? null, dec: place?.dec ?? place?.decl ?? null }))
  const place = given.find(({ ra, dec }) => isPosition(ra, dec))
  if (place) return { ra: place.ra!, dec: place.dec! }
  if (given.some(({ ra, dec }) => ra !== null || dec !== null)) throw incompleteStream('ra and decl that are a position', 'Select the columns ra and decl in the filter, or let it send the full alert.')
  return { ra: Number.NaN, dec: Number.NaN }
}

/** @throws AnnouncementError 'light-curve-elsewhere'; CandelaError 'alert-incomplete' where the columns do not name the object */
async function announce (document: object): Promise<never> {
  const { diaObjectId, ra, dec, decl } = await checked(columnsSchema, document)
  if (diaObjectId === null) {
    throw incompleteStream('light curve, and the column diaObjectId, which names its object', 'Select the column diaObjectId in the filter; let it send the full alert, or the lite one with the columns ra and decl, and no further request is needed.')
  }
  const declination = dec ?? decl
  const isPlaced = isPosition(ra, declination)
  const name = diaObjectId.toString()
  throw new AnnouncementError({
    service: 'lasair', id: name, survey: 'LSST', diaObjectIds: [name], diaSourceId: null, ra: isPlaced ? ra : null, dec: isPlaced ? declination : null, solarSystem: false
  }, 'Let the filter send the full alert, or the lite one; or let Candela ask Lasair for the light curve, see docs/alerts.md.')
}

/** @throws CandelaError 'alert-invalid', 'alert-incomplete' */
async function lsstAlert (document: object, lightCurve: object, given: Given): Promise<Alert> {
  const lite = 'diaSourcesList' in lightCurve && isLite(lightCurve.diaSourcesList)
  const named = 'ebv' in lightCurve && lightCurve.ebv !== null ? lightCurve : document
  const read = await checked(lasairSchema, { ...document, ...lightCurve, ebv: 'ebv' in named ? named.ebv : null })
  const { diaObject, diaSourcesList: sources, diaForcedSourcesList: forced, lasairData: data, ...columns } = read
  const [first, ...others] = sources
  if (first === undefined) throw incomplete('Lasair', 'diaSourcesList with a source')
  const trigger = others.reduce(newer, first)
  const { diaSourceId, midpointMjdTai, reliability, templateFlux, extendedness, isDipole } = trigger
  if (midpointMjdTai === null) throw incomplete('Lasair', 'midpointMjdTai in its sources')
  const diaObjectId = diaObject?.diaObjectId ?? trigger.diaObjectId ?? columns.diaObjectId
  const triggerId = diaSourceId?.toString() ?? (lite && diaObjectId !== null ? madeId(diaObjectId.toString(), trigger.band, midpointMjdTai) : null)
  if (triggerId === null) throw incomplete('Lasair', lite ? 'diaObjectId' : 'diaSourceId in its newest source')
  const { ra, dec } = placeOf([diaObject, trigger, columns])
  const list = new PointList(leastReliability('LSST', given))
  for (const source of [trigger, ...sources.filter(source => source !== trigger)]) {
    list.add({ ...source, diaSourceId: source === trigger ? triggerId : source.diaSourceId, flagged: isFlagged(source) }, 'detection')
  }
  for (const source of forced) list.add({ ...source, diaSourceId: null }, 'forced')
  const association = data ? associationOf(data) : associationIn(columns)
  const context = contextOf({
    ...lsstContext({
      reliability,
      templateFlux,
      extendedness,
      isDipole,
      nDiaSources: diaObject?.nDiaSources ?? data?.nDiaSources ?? columns.nDiaSources,
      firstDiaSourceMjdTai: diaObject?.firstDiaSourceMjdTai ?? columns.firstDiaSourceMjdTai
    }),
    ...association
  })
  return {
    diaObjectId: diaObjectId?.toString() ?? null,
    diaSourceId: triggerId,
    midpointMjdTai,
    ra,
    dec,
    points: list.points,
    omitted: list.omitted,
    host: hostFactsOf(association.hostRedshifts, columns.ebv ?? data?.ebv ?? null),
    solarSystem: diaObjectId === null && trigger.ssObjectId !== null,
    ...context && { context },
    readAs: READ_AS
  }
}

/** @throws CandelaError 'alert-invalid', 'alert-incomplete', 'answer-is-error'; AnnouncementError */
async function lasairAlert (document: object, given: Given): Promise<Alert> {
  const error = errorIn(document)
  if (error !== undefined) {
    throw new CandelaError('answer-is-error', `the answer of Lasair is an error: ${error.slice(0, 200)}`, {
      value: error.slice(0, 200), action: 'Ask again for an object that Lasair has, with a token that is valid. For objects with old sources, lasair_added=false may help.'
    })
  }
  const lightCurve = lightCurveIn(document)
  if (lightCurve !== undefined) return await lsstAlert(document, lightCurve, given)
  if (isLasairZtf(document)) return await lasairZtfAlert(document, given)
  return await announce(document)
}

export const lasair: JsonDialect = { name: 'lasair', matches: isLasair, alerts: (document, { given }) => lasairAlert(document, given) }
