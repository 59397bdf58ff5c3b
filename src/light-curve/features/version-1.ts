/**
 * Version 1 of the features: those of the models spcc/1.x. They know supernovae alone: no negative fluxes, no nights, no
 * context.
 */
import { DETECTION_SNR, NJY_PER_FLUXCAL, type Band } from '../../alert/alert.ts'
import type { FeaturePoint, FeatureSet } from './features.ts'
import { HOST_FEATURES, hostFeatures } from './host.ts'

/** The flux at which asinh turns from linear to logarithmic: 10 FLUXCAL [nJy]. */
const FLUX_SCALE = 10 * NJY_PER_FLUXCAL
/** The error that maps to 0: 5 FLUXCAL [nJy]. */
const ERROR_SCALE = 5 * NJY_PER_FLUXCAL
const SIGNIFICANT_SNR = 4
const RUNNING_MAXIMUM_SNR = 3

const SHARED = 5
const PER_BAND = 5
const shared = { start: 0, last: 1, detected: 2, significant: 3, maximumSnr: 4 } as const
const ofBand = { flux: 0, error: 1, last: 2, maximum: 3, maximumTime: 4 } as const

/** Number of float64 running values that the features carry from step to step. */
const accumulatorLength = (bands: readonly Band[]): number => SHARED + PER_BAND * bands.length

/** Number of float32 features of a step. */
const featureLength = (bands: readonly Band[]): number => 3 + 4 * bands.length + 3 * bands.length + 4 + HOST_FEATURES

/** Running values before the first step; NaN stands for "not yet". */
function newAccumulator (bands: readonly Band[]): Float64Array {
  const accumulator = new Float64Array(accumulatorLength(bands)).fill(Number.NaN)
  accumulator[shared.significant] = 0
  accumulator[shared.maximumSnr] = 0
  return accumulator
}

/**
 * Advances the running values by one point and writes its features.
 * @param accumulator from newAccumulator or an earlier step; changed in place
 * @param host from fixed
 * @param out float32, featureLength(bands) values are written from `offset` on
 */
function stepFeatures (
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

const detectedAt = (accumulator: Float64Array): number => accumulator[shared.significant]!

export const VERSION_1: FeatureSet = {
  version: 1,
  length: featureLength,
  accumulatorLength,
  newAccumulator,
  fixed: ({ host }) => hostFeatures(host),
  step: stepFeatures,
  outlookLength: () => 0,
  outlook: () => new Float32Array(0),
  detections: detectedAt
}
