/**
 * The causal features of one step: what the network sees when a new photometric point arrives.
 * No feature depends on a later point, so that live alerts, replays and training get the same numbers.
 */
import { DETECTION_SNR, NJY_PER_FLUXCAL, type Band, type HostFacts, type PhotometricPoint } from '../alert/alert.ts'

/** Raised whenever a feature changes its meaning; a model names the version that it was trained with. */
export const FEATURE_VERSION = 1

/** The flux at which asinh turns from linear to logarithmic: 10 FLUXCAL [nJy]. */
const FLUX_SCALE = 10 * NJY_PER_FLUXCAL
/** The error that maps to 0: 5 FLUXCAL [nJy]. */
const ERROR_SCALE = 5 * NJY_PER_FLUXCAL
const SIGNIFICANT_SNR = 4
const RUNNING_MAXIMUM_SNR = 3

/** What a feature needs of a photometric point. */
export type FeaturePoint = Pick<PhotometricPoint, 'midpointMjdTai' | 'band' | 'psfFlux' | 'psfFluxErr'>

const SHARED = 5
const PER_BAND = 5
const HOST_FEATURES = 7
const shared = { start: 0, last: 1, detected: 2, significant: 3, maximumSnr: 4 } as const
const ofBand = { flux: 0, error: 1, last: 2, maximum: 3, maximumTime: 4 } as const

/** Number of float64 running values that the features carry from step to step. */
export const accumulatorLength = (bands: readonly Band[]): number => SHARED + PER_BAND * bands.length

/** Number of float32 features of a step. */
export const featureLength = (bands: readonly Band[]): number => 3 + 4 * bands.length + 3 * bands.length + 4 + HOST_FEATURES

/** Running values before the first step; NaN stands for "not yet". */
export function newAccumulator (bands: readonly Band[]): Float64Array {
  const accumulator = new Float64Array(accumulatorLength(bands)).fill(Number.NaN)
  accumulator[shared.significant] = 0
  accumulator[shared.maximumSnr] = 0
  return accumulator
}

/**
 * Luminosity distance in a flat universe with Ωm = 0.3, in units of the Hubble distance c/H0
 * (Hogg 1999, astro-ph/9905116, eqs. 14-16, 21), by Simpson's rule.
 */
export function luminosityDistance (redshift: number): number {
  const intervals = 32
  const width = redshift / intervals
  let sum = 0
  for (let k = 0; k <= intervals; k++) {
    const weight = k === 0 || k === intervals ? 1 : k % 2 === 1 ? 4 : 2
    sum += weight / Math.sqrt(0.3 * (1 + k * width) ** 3 + 0.7)
  }
  return (1 + redshift) * sum * width / 3
}

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most)

/** The features that do not change with time: extinction and host redshift, each with a flag for "known". */
export function hostFeatures (host: HostFacts): Float32Array {
  const features = new Float32Array(HOST_FEATURES)
  if (host.mwebv !== null && Number.isFinite(host.mwebv)) {
    features[0] = 10 * clamp(host.mwebv, 0, 5)
    features[1] = 1
  }
  if (host.redshift !== null && Number.isFinite(host.redshift)) {
    const redshift = clamp(host.redshift, 0.005, 10)
    features[2] = redshift
    features[4] = Math.log(luminosityDistance(redshift))
    features[5] = 1
    if (host.redshiftErr !== null && Number.isFinite(host.redshiftErr)) {
      features[3] = 5 * clamp(host.redshiftErr, 0, 2)
      features[6] = 1
    }
  }
  return features
}

/**
 * Advances the running values by one point and writes its features.
 * @param accumulator from newAccumulator or an earlier step; changed in place
 * @param host from hostFeatures
 * @param out float32, featureLength(bands) values are written from `offset` on
 */
export function stepFeatures (
  bands: readonly Band[], accumulator: Float64Array, point: FeaturePoint, host: Float32Array, out: Float32Array, offset: number
): void {
  const newBand = bands.indexOf(point.band)
  if (newBand < 0) throw new RangeError(`band ${point.band} is not one of the model's ${bands.join('')}`)
  const time = point.midpointMjdTai
  const snr = point.psfFlux / point.psfFluxErr
  const flux = Math.asinh(point.psfFlux / FLUX_SCALE)
  if (Number.isNaN(accumulator[shared.start])) accumulator[shared.start] = time
  const sinceLast = Number.isNaN(accumulator[shared.last]) ? 0 : time - accumulator[shared.last]!
  accumulator[shared.last] = time
  if (Number.isNaN(accumulator[shared.detected]) && snr > DETECTION_SNR) accumulator[shared.detected] = time
  if (snr > SIGNIFICANT_SNR) accumulator[shared.significant]! += 1
  if (snr > accumulator[shared.maximumSnr]!) accumulator[shared.maximumSnr] = snr
  const base = SHARED + PER_BAND * newBand
  accumulator[base + ofBand.flux] = flux
  accumulator[base + ofBand.error] = Math.log(point.psfFluxErr / ERROR_SCALE)
  accumulator[base + ofBand.last] = time
  if (snr > RUNNING_MAXIMUM_SNR && !(flux <= accumulator[base + ofBand.maximum]!)) {
    accumulator[base + ofBand.maximum] = flux
    accumulator[base + ofBand.maximumTime] = time
  }

  let k = offset
  out[k++] = (time - accumulator[shared.start]!) / 50
  out[k++] = sinceLast / 10
  out[k++] = flux
  for (let b = 0; b < bands.length; b++) {
    const at = SHARED + PER_BAND * b
    const seen = !Number.isNaN(accumulator[at + ofBand.last])
    out[k++] = b === newBand ? 1 : 0
    out[k++] = seen ? accumulator[at + ofBand.flux]! : 0
    out[k++] = seen ? accumulator[at + ofBand.error]! : 0
    out[k++] = seen ? 1 : 0
    out[k++] = seen ? (time - accumulator[at + ofBand.last]!) / 10 : 0
    const peaked = !Number.isNaN(accumulator[at + ofBand.maximum])
    out[k++] = peaked ? accumulator[at + ofBand.maximum]! : 0
    out[k++] = peaked ? (time - accumulator[at + ofBand.maximumTime]!) / 30 : 0
  }
  const detected = !Number.isNaN(accumulator[shared.detected])
  out[k++] = Math.asinh(snr / 3)
  out[k++] = Math.asinh(accumulator[shared.maximumSnr]! / 3)
  out[k++] = detected ? 1 + (time - accumulator[shared.detected]!) / 50 : 0
  out[k++] = Math.log1p(accumulator[shared.significant]!)
  out.set(host, k)
}
