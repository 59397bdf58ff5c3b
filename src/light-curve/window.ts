/** The part of a light curve that the network sees. */
import { DETECTION_SNR, HISTORY_BEFORE_DETECTION, type Band } from '../alert/alert.ts'
import type { FeaturePoint } from './features.ts'

/** A detection: positive flux with S/N > 5. */
export const isDetection = (point: FeaturePoint): boolean => point.psfFlux > DETECTION_SNR * point.psfFluxErr

/**
 * Time of the first detection, in whatever band [d, MJD TAI]; null where nothing was detected yet.
 * @param points in order of time
 */
export function firstDetection (points: Iterable<FeaturePoint>): number | null {
  for (const point of points) if (isDetection(point)) return point.midpointMjdTai
  return null
}

/** The time from which points are stepped: 30 days before the first detection [d, MJD TAI]. */
export const windowStart = (firstDetectionMjdTai: number): number => firstDetectionMjdTai - HISTORY_BEFORE_DETECTION

/** Whether the network steps through a point: it is inside the window and in the model's bands. */
export const isStepped = (point: FeaturePoint, firstDetectionMjdTai: number, bands: readonly Band[]): boolean =>
  point.midpointMjdTai >= windowStart(firstDetectionMjdTai) && bands.includes(point.band)

/** The points that the network steps through, in order. */
export function steppedPoints<P extends FeaturePoint> (points: readonly P[], bands: readonly Band[]): P[] {
  const detection = firstDetection(points)
  return detection === null ? [] : points.filter(point => isStepped(point, detection, bands))
}
