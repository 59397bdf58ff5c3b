/**
 * The causal features of one step: what the network sees when a new photometric point arrives. No feature depends on a
 * later point, so that live alerts, replays and training get the same numbers. A model names the version that it was
 * trained with, and all versions are computed.
 */
import type { Band, HostFacts, PhotometricPoint } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import type { FirstContext } from './context.ts'
import { VERSION_1 } from './version-1.ts'
import { VERSION_2 } from './version-2.ts'

/** What a feature needs of a photometric point. */
export type FeaturePoint = Pick<PhotometricPoint, 'midpointMjdTai' | 'band' | 'psfFlux' | 'psfFluxErr'>

/** What the network is told of an object beside its fluxes. */
export interface FixedFacts {
  host: HostFacts
  context: FirstContext
}

/** One version of the features. */
export interface FeatureSet {
  readonly version: FeatureVersion
  /** Number of float32 features of a step. */
  length (bands: readonly Band[]): number
  /** Number of float64 running values that the features carry from step to step. */
  accumulatorLength (bands: readonly Band[]): number
  /** Running values before the first step; NaN stands for "not yet". */
  newAccumulator (bands: readonly Band[]): Float64Array
  /** The features that do not change with time, each with a flag for "known". */
  fixed (facts: FixedFacts): Float32Array
  /**
   * Advances the running values by one point and writes its features.
   * @param accumulator from newAccumulator or an earlier step; changed in place
   * @param fixed from `fixed`
   * @param out float32; `length` values are written from `offset` on
   * @throws RangeError where the point's band is not one of `bands`
   */
  step (bands: readonly Band[], accumulator: Float64Array, point: FeaturePoint, fixed: Float32Array, out: Float32Array, offset: number): void
  /** Number of float32 values of `outlook`; 0 where a version has none, and no decoder can start from it. */
  outlookLength (bands: readonly Band[]): number
  /**
   * What the running values say of the present, at the time of the newest point: in each band the flux that a forecast is
   * the change from, then in each the largest so far (both asinh flux on the scale of the features), then how well they are known.
   */
  outlook (bands: readonly Band[], accumulator: Float64Array): Float32Array
  /** Significant detections among the points so far (S/N > 4): what class shares depend on. */
  detections (accumulator: Float64Array): number
}

/** Raised whenever a feature changes its meaning. */
export const FEATURE_VERSIONS = [1, 2] as const
export type FeatureVersion = typeof FEATURE_VERSIONS[number]

const SETS: Readonly<Record<FeatureVersion, FeatureSet>> = { 1: VERSION_1, 2: VERSION_2 }

/** The features of a version that is known. */
export const featureSet = (version: FeatureVersion): FeatureSet => SETS[version]

/** @throws CandelaError `feature-version-unknown` */
export function knownFeatureVersion (version: number): FeatureVersion {
  const known = FEATURE_VERSIONS.find(one => one === version)
  if (known !== undefined) return known
  throw new CandelaError('feature-version-unknown', `features of version ${version}; this Candela computes ${FEATURE_VERSIONS.join(' and ')}`, {
    value: version, action: 'Use the version of Candela that the model was trained with, or newer.'
  })
}
