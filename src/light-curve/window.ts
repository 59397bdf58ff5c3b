/** The part of a light curve that the network sees. */
import { DETECTION_SNR, HISTORY_BEFORE_DETECTION, type Band } from '../alert/alert.ts'
import type { FeaturePoint } from './features/features.ts'

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

/** Why the network does not step through a point. */
export const PASSED_OVER_REASONS = ['no-detection', 'band-not-used', 'outside-window'] as const
export type PassedOverReason = typeof PASSED_OVER_REASONS[number]

/** @returns null where the network steps through the point: it is inside the window and in the model's bands */
export function whyPassedOver (point: FeaturePoint, firstDetectionMjdTai: number | null, bands: readonly Band[]): PassedOverReason | null {
  if (firstDetectionMjdTai === null) return 'no-detection'
  if (!bands.includes(point.band)) return 'band-not-used'
  return point.midpointMjdTai < windowStart(firstDetectionMjdTai) ? 'outside-window' : null
}

/** Whether the network steps through a point. */
export const isStepped = (point: FeaturePoint, firstDetectionMjdTai: number, bands: readonly Band[]): boolean =>
  whyPassedOver(point, firstDetectionMjdTai, bands) === null

/** The points that the network steps through, in order. */
export function steppedPoints<P extends FeaturePoint> (points: readonly P[], bands: readonly Band[]): P[] {
  const detection = firstDetection(points)
  return detection === null ? [] : points.filter(point => isStepped(point, detection, bands))
}
