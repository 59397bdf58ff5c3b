/** Below which score a source is left out. */
import type { Given } from '../given.ts'

/**
 * LSST: real packets (v10.0) have none below, in their histories above all: the least of the 1741 sources of seven alerts
 * is 0.101. A source below it would count in the one alert that it triggers and in none after. ZTF: none. Every public alert has passed the
 * survey's own cuts, the scores of a trigger (drb) and of previous sources (rb) are two scales, and the first, faint
 * detections of supernovae have low ones.
 */
export const LEAST_RELIABILITY = { LSST: 0.1, ZTF: 0 } as const

/** What PointList takes, for the sources of a survey. */
export const leastReliability = (survey: keyof typeof LEAST_RELIABILITY, { minReliability }: Given): number => minReliability ?? LEAST_RELIABILITY[survey]
