/** A whole SNANA light curve played as the alerts that a survey would have sent. */
import { HISTORY_BEFORE_DETECTION, type Alert, type PhotometricPoint } from '../alert.ts'
import { snanaHost, type SnanaLightCurve } from './snana.ts'

/** The night of a time: UT days, which suit the telescopes of the Americas. */
const nightOf = (point: PhotometricPoint): number => Math.floor(point.midpointMjdTai)

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
  const nights = new Set(points.filter(({ kind }) => kind === 'detection').map(nightOf))
  return [...nights].map(night => {
    const trigger = points.findLastIndex(point => point.kind === 'detection' && nightOf(point) === night)
    return {
      diaObjectId: curve.snid,
      diaSourceId: `${curve.snid}${String(trigger + 1).padStart(4, '0')}`,
      midpointMjdTai: points[trigger]!.midpointMjdTai,
      ra: curve.ra,
      dec: curve.dec,
      points: points.filter(point => point.midpointMjdTai >= since &&
        (nightOf(point) < night || (nightOf(point) === night && point.kind === 'detection'))),
      omitted: curve.omitted,
      host: snanaHost(curve)
    }
  })
}
