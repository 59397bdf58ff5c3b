/** Candela's own plain JSON alert → the normal form. */
import { NJY_PER_FLUXCAL, nJyOfMagnitude, type Alert } from '../alert.ts'
import { incomplete } from '../dialect.ts'
import { PointList } from '../points.ts'
import { checked } from './checked.ts'
import { alertSchema, type PlainAlert, type PlainPoint } from './plain-schema.ts'

export const isPlain = (document: object): boolean => 'points' in document || 'diaObjectId' in document

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

const scaled = (value: number | null | undefined, factor: number): number | null => value === null || value === undefined ? null : value * factor

const kindOf = ({ kind = 'detection' }: PlainPoint): 'detection' | 'forced' => kind

/** Of the newest detection; of the newest point where there is none. */
function triggerTime ({ midpointMjdTai, points }: PlainAlert): number {
  if (midpointMjdTai !== null && midpointMjdTai !== undefined) return midpointMjdTai
  const detections = points.filter(point => kindOf(point) === 'detection')
  const newest = [detections, points].map(list => list.reduce((time, point) => Math.max(time, point.midpointMjdTai ?? -Infinity), -Infinity)).find(Number.isFinite)
  if (newest === undefined) throw incomplete('Candela\'s JSON', 'midpointMjdTai, nor a point with one')
  return newest
}

/** @throws CandelaError 'alert-invalid' where a field is wrong, 'alert-incomplete' where no time is known */
export function plainAlert (document: object): Alert {
  const alert = checked(alertSchema, document)
  const midpointMjdTai = triggerTime(alert)
  const list = new PointList()
  for (const point of alert.points) {
    const kind = kindOf(point)
    const isTrigger = kind === 'detection' && point.midpointMjdTai === midpointMjdTai
    list.add({
      diaSourceId: point.diaSourceId ?? (isTrigger ? alert.diaSourceId : null),
      midpointMjdTai: point.midpointMjdTai,
      band: point.band,
      ...fluxOf(point),
      visit: point.visit ?? null,
      timeProcessedMjdTai: point.timeProcessedMjdTai ?? null,
      timeWithdrawnMjdTai: point.timeWithdrawnMjdTai ?? (point.withdrawn ? point.midpointMjdTai : null),
      flagged: point.flagged ?? false
    }, kind)
  }
  const { host } = alert
  return {
    diaObjectId: alert.diaObjectId,
    diaSourceId: alert.diaSourceId,
    midpointMjdTai,
    ra: alert.ra,
    dec: alert.dec,
    points: list.points,
    omitted: list.omitted,
    host: { redshift: host?.redshift ?? null, redshiftErr: host?.redshiftErr ?? null, mwebv: host?.mwebv ?? null },
    solarSystem: alert.solarSystem ?? false
  }
}
