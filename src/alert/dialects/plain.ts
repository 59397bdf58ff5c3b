/** Candela's own plain JSON alert → the normal form. */
import { NJY_PER_FLUXCAL, nJyOfMagnitude, type Alert, type HostFacts, type ReadAs } from '../alert.ts'
import { incomplete, type JsonDialect } from '../dialect.ts'
import { PointList, type SourceFields } from '../points/points.ts'
import { checked } from '../json/checked.ts'
import { alertSchema, type PlainAlert, type PlainHost, type PlainPoint } from './plain-schema.ts'

const isPlain = (document: object): boolean => 'points' in document || 'diaObjectId' in document

interface Flux { psfFlux: number | null, psfFluxErr: number | null }

/** The first of psfFlux, fluxcal and magnitude that has a value [nJy]. */
function fluxOf ({ psfFlux, psfFluxErr, fluxcal, fluxcalErr, magnitude, magnitudeErr, isPositive = true }: PlainPoint): Flux {
  if (psfFlux !== null && psfFlux !== undefined) return { psfFlux, psfFluxErr: psfFluxErr ?? null }
  if (fluxcal !== null && fluxcal !== undefined) return { psfFlux: fluxcal * NJY_PER_FLUXCAL, psfFluxErr: scaled(fluxcalErr, NJY_PER_FLUXCAL) }
  if (magnitude !== null && magnitude !== undefined) {
    const flux = nJyOfMagnitude(magnitude)
    return { psfFlux: isPositive ? flux : -flux, psfFluxErr: scaled(magnitudeErr, flux * 0.4 * Math.LN10) }
  }
  return { psfFlux: null, psfFluxErr: null }
}

const UNITS = [['psfFlux', 'nJy'], ['fluxcal', 'FLUXCAL'], ['magnitude', 'AB magnitudes']] as const
const READ_AS = new Map<string, ReadAs>()

/** Points may differ in their units. */
function readAs (points: readonly PlainPoint[]): ReadAs {
  const fluxUnit = UNITS.filter(([field]) => points.some(point => unitField(point) === field)).map(([, unit]) => unit).join(' and ') || 'nJy'
  let known = READ_AS.get(fluxUnit)
  if (known === undefined) READ_AS.set(fluxUnit, known = { dialect: 'json', fluxUnit })
  return known
}

const unitField = (point: PlainPoint) => UNITS.map(([field]) => field).find(field => point[field] !== null && point[field] !== undefined)

const scaled = (value: number | null | undefined, factor: number): number | null => value === null || value === undefined ? null : value * factor

export const kindOf = ({ kind = 'detection' }: PlainPoint): 'detection' | 'forced' => kind

/** A point as PointList takes it. @param diaSourceId where the point has none of its own */
export const sourceFields = (point: PlainPoint, diaSourceId: string | null = null): SourceFields => ({
  diaSourceId: point.diaSourceId ?? diaSourceId,
  midpointMjdTai: point.midpointMjdTai,
  band: point.band,
  ...fluxOf(point),
  visit: point.visit ?? null,
  timeProcessedMjdTai: point.timeProcessedMjdTai ?? null,
  timeWithdrawnMjdTai: point.timeWithdrawnMjdTai ?? (point.withdrawn ? point.midpointMjdTai : null),
  flagged: point.flagged ?? false
})

export const hostFacts = (host: PlainHost | null | undefined): HostFacts =>
  ({ redshift: host?.redshift ?? null, redshiftErr: host?.redshiftErr ?? null, mwebv: host?.mwebv ?? null })

/** Of the newest detection; of the newest point where there is none. */
function triggerTime ({ midpointMjdTai, points }: PlainAlert): number {
  if (midpointMjdTai !== null && midpointMjdTai !== undefined) return midpointMjdTai
  const detections = points.filter(point => kindOf(point) === 'detection')
  const newest = [detections, points].map(list => list.reduce((time, point) => Math.max(time, point.midpointMjdTai ?? -Infinity), -Infinity)).find(Number.isFinite)
  if (newest === undefined) throw incomplete('Candela\'s JSON', 'midpointMjdTai, nor a point with one')
  return newest
}

/** @throws CandelaError 'alert-invalid' where a field is wrong, 'alert-incomplete' where no time is known */
async function plainAlert (document: object): Promise<Alert> {
  const alert = await checked(alertSchema, document)
  const midpointMjdTai = triggerTime(alert)
  const list = new PointList()
  for (const point of alert.points) {
    const kind = kindOf(point)
    const isTrigger = kind === 'detection' && point.midpointMjdTai === midpointMjdTai
    list.add(sourceFields(point, isTrigger ? alert.diaSourceId : null), kind)
  }
  return {
    diaObjectId: alert.diaObjectId,
    diaSourceId: alert.diaSourceId,
    midpointMjdTai,
    ra: alert.ra ?? Number.NaN,
    dec: alert.dec ?? Number.NaN,
    points: list.points,
    omitted: list.omitted,
    host: hostFacts(alert.host),
    solarSystem: alert.solarSystem ?? false,
    readAs: readAs(alert.points)
  }
}

export const plain: JsonDialect = { name: 'json', matches: isPlain, alerts: plainAlert }
