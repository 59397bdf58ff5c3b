/** The part of a light curve that the network sees. */
import { DETECTION_SNR, HISTORY_BEFORE_DETECTION, type Band } from '../alert/alert.ts'
import type { FeaturePoint } from './features.ts'

/** A detection: positive flux with S/N > 5. */
export const isDetection = (point: FeaturePoint): boolean => point.psfFlux > DETECTION_SNR * point.psfFluxErr

/**
 * The time from which points are stepped: 30 days before the first detection, in whatever band.
 * @param points in order of time
 * @returns [d, MJD TAI], or null where nothing was detected yet
 */
export function windowStart (points: Iterable<FeaturePoint>): number | null {
  for (const point of points) if (isDetection(point)) return point.midpointMjdTai - HISTORY_BEFORE_DETECTION
  return null
}

/** The points that the network steps through, in order: inside the window and in the model's bands. */
export function steppedPoints<P extends FeaturePoint> (points: readonly P[], bands: readonly Band[]): P[] {
  const start = windowStart(points)
  return start === null ? [] : points.filter(point => point.midpointMjdTai >= start && bands.includes(point.band))
}
