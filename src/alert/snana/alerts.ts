/** A whole SNANA light curve played as the alerts that a survey would have sent. */
import { HISTORY_BEFORE_DETECTION, nightOf, type Alert, type PhotometricPoint } from '../alert.ts'
import type { AlertContext } from '../context/context.ts'
import { contextOf } from '../context/known-context.ts'
import { snanaHost, type SnanaLightCurve } from './snana.ts'

/** SNANA's files of the celestial equator count right ascension [deg] from -180 to 180; alerts have it from 0 to 360. */
const rightAscension = ({ ra }: SnanaLightCurve): number => ra < 0 && ra >= -180 ? ra + 360 : ra

const CATALOGUE = 'SNANA'

/** What the survey's alert for a source would have said beside its fluxes: the template in its band, the nearest source, its score. */
function contextFor (source: PhotometricPoint, { context, points, realBogus }: SnanaLightCurve): AlertContext | undefined {
  const score = realBogus?.[points.indexOf(source)] ?? null
  return contextOf({
    realBogus: { score, name: 'reliability' },
    templateFlux: context?.templateFlux[source.band] ?? null,
    nearest: context === undefined ? null : { catalogue: CATALOGUE, starScore: context.starScore, separation: context.separation }
  })
}

/**
 * One alert for each night with a detection, triggered by its last one. It brings the night's detections and, since
 * forced photometry comes a day late, all photometry of the nights before, from 30 days before the first detection.
 * An object that was never detected gives none.
 */
export function snanaAlerts (curve: SnanaLightCurve): Alert[] {
  const points = [...curve.points].sort((a, b) => a.midpointMjdTai - b.midpointMjdTai)
  const first = points.find(({ kind }) => kind === 'detection')
  if (!first) return []
  const since = first.midpointMjdTai - HISTORY_BEFORE_DETECTION
  const nights = new Set(points.filter(({ kind }) => kind === 'detection').map(({ midpointMjdTai }) => nightOf(midpointMjdTai)))
  return [...nights].map(night => {
    const trigger = points.findLastIndex(point => point.kind === 'detection' && nightOf(point.midpointMjdTai) === night)
    const source = points[trigger]!
    const context = contextFor(source, curve)
    return {
      diaObjectId: curve.snid,
      diaSourceId: `${curve.snid}${String(trigger + 1).padStart(4, '0')}`,
      midpointMjdTai: source.midpointMjdTai,
      ra: rightAscension(curve),
      dec: curve.dec,
      points: points.filter(point => point.midpointMjdTai >= since &&
        (nightOf(point.midpointMjdTai) < night || (nightOf(point.midpointMjdTai) === night && point.kind === 'detection'))),
      omitted: curve.omitted,
      host: snanaHost(curve),
      solarSystem: false,
      ...context && { context },
      readAs: curve.readAs
    }
  })
}
