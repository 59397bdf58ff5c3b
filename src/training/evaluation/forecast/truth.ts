/** When an object had its peak: what a forecast's phase is held against. */
import { BANDS } from '../../../alert/alert.ts'
import type { FeaturePoint } from '../../../light-curve/features/features.ts'
import { isDetection } from '../../../light-curve/window.ts'
import { bracketed } from '../../data/band-peaks.ts'
import type { LabelledObject } from '../../data/labelled-object.ts'
import type { Group } from './groups.ts'

/** How far away the neighbours of a measured maximum may be [d]: farther than those of a simulated one, since a survey's cadence is what it is. */
const MEASURED_BRACKET = 10

/** Of a measured light curve: the brightest detection of the band with the most detections, where it has neighbours within 10 d. */
function measuredPeak (points: readonly FeaturePoint[]): number | null {
  const detections = points.filter(isDetection)
  const [fullest] = BANDS.map(band => detections.filter(point => point.band === band)).sort((a, b) => b.length - a.length)
  if (fullest === undefined) return null
  const around = bracketed(fullest.map(point => point.midpointMjdTai), fullest.map(point => point.psfFlux), MEASURED_BRACKET)
  return around && around[1].time
}

/** Time of the peak [d, MJD]: what the data name, or else what a measured light curve shows; null of what varies. */
export const peakOf = (object: Pick<LabelledObject, 'peakMjd' | 'points'>, group: Group): number | null =>
  group === 'varies' ? null : object.peakMjd ?? measuredPeak(object.points)
