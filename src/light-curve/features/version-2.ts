/**
 * Version 2 of the features: what separates supernovae from stars, nuclei and artefacts as well. Times enter by their
 * logarithm, since what varies is followed for years; fluxes of both signs count; nights, gaps and turns tell a
 * transient from what comes back.
 */
import { DETECTION_SNR, NJY_PER_FLUXCAL, nightOf, type Band } from '../../alert/alert.ts'
import { CONTEXT_FEATURES, contextFeatures } from './context.ts'
import type { FeaturePoint, FeatureSet } from './features.ts'
import { HOST_FEATURES, hostFeatures } from './host.ts'

/** The flux at which asinh turns from linear to logarithmic: 10 FLUXCAL [nJy]. */
export const FLUX_SCALE = 10 * NJY_PER_FLUXCAL
/** The error that maps to 0: 5 FLUXCAL [nJy]. */
const ERROR_SCALE = 5 * NJY_PER_FLUXCAL
/** S/N of a point that says something of the sign of its flux. */
const SIGNIFICANT_SNR = 4
/** S/N of a point that may be a running maximum or minimum, and of the difference between two that makes a turn. */
const EXTREME_SNR = 3
/** Points of one band less than this apart are compared: a supernova hardly changes in it [d]. */
const PAIR_DAYS = 2.5
/** Part of the flux that two of them may differ by beside their errors. */
const PAIR_FLOOR = 0.03
const MOST_CHI_SQUARE = 100
/** Unit of time of a slope [d], and the largest one. */
const SLOPE_DAYS = 0.1
const STEEPEST = 3
/** No feature is beyond ± this. */
const LARGEST = 12

const shared = {
  start: 0,
  last: 1,
  firstDetection: 2,
  lastDetection: 3,
  lastNight: 4,
  lastDetectionNight: 5,
  maximum: 6,
  maximumTime: 7,
  maximumSnr: 8,
  minimumSnr: 9,
  positive: 10,
  negative: 11,
  nights: 12,
  detectionNights: 13,
  faintAfter: 14,
  lastSign: 15,
  signChanges: 16,
  pairs: 17,
  pairChiSquare: 18,
  turns: 19,
  longestGap: 20
} as const
const SHARED = 21
const FIRST_COUNT = shared.maximumSnr
/** Those of the shared values that begin as "not yet"; the others begin at 0. */
const NOT_YET = [shared.start, shared.last, shared.firstDetection, shared.lastDetection, shared.lastNight, shared.lastDetectionNight, shared.maximum, shared.maximumTime]

const ofBand = { flux: 0, error: 1, time: 2, maximum: 3, maximumTime: 4, minimum: 5, slope: 6, pivot: 7, pivotError: 8, direction: 9 } as const
const PER_BAND = 10

const SHARED_FEATURES = 20
const BAND_FEATURES = 10

const accumulatorLength = (bands: readonly Band[]): number => SHARED + PER_BAND * bands.length
const featureLength = (bands: readonly Band[]): number => SHARED_FEATURES + BAND_FEATURES * bands.length + HOST_FEATURES + CONTEXT_FEATURES

function newAccumulator (bands: readonly Band[]): Float64Array {
  const accumulator = new Float64Array(accumulatorLength(bands)).fill(Number.NaN)
  accumulator.fill(0, FIRST_COUNT, SHARED)
  for (const at of NOT_YET) accumulator[at] = Number.NaN
  bands.forEach((_, b) => {
    const base = SHARED + PER_BAND * b
    accumulator[base + ofBand.slope] = 0
    accumulator[base + ofBand.direction] = 0
  })
  return accumulator
}

/** Brightness on a scale that is linear where dark and logarithmic where bright. */
export const asinhFlux = (flux: number): number => Math.asinh(flux / FLUX_SCALE)

/** Nights, gaps and detections. */
function countPoint (a: Float64Array, time: number, snr: number): void {
  if (Number.isNaN(a[shared.start]!)) a[shared.start] = time
  const night = nightOf(time)
  if (!(night <= a[shared.lastNight]!)) {
    a[shared.lastNight] = night
    a[shared.nights]! += 1
  }
  if (snr > DETECTION_SNR) {
    if (Number.isNaN(a[shared.firstDetection]!)) a[shared.firstDetection] = time
    const gap = time - a[shared.lastDetection]!
    if (gap > a[shared.longestGap]!) a[shared.longestGap] = gap
    a[shared.lastDetection] = time
    if (!(night <= a[shared.lastDetectionNight]!)) {
      a[shared.lastDetectionNight] = night
      a[shared.detectionNights]! += 1
    }
  }
  if (snr < EXTREME_SNR && !Number.isNaN(a[shared.firstDetection]!)) a[shared.faintAfter]! += 1
  if (Math.abs(snr) > SIGNIFICANT_SNR) {
    a[snr > 0 ? shared.positive : shared.negative]! += 1
    if (a[shared.lastSign]! * snr < 0) a[shared.signChanges]! += 1
    a[shared.lastSign] = Math.sign(snr)
  }
  if (snr > a[shared.maximumSnr]!) a[shared.maximumSnr] = snr
  if (snr < a[shared.minimumSnr]!) a[shared.minimumSnr] = snr
  a[shared.last] = time
}

/** What the point before it in the same band tells: how much the flux changed, and how fast. */
function compareWithLast (a: Float64Array, base: number, { midpointMjdTai: time, psfFlux: flux, psfFluxErr: error }: FeaturePoint): void {
  const days = time - a[base + ofBand.time]!
  if (!(days >= 0)) return
  const last = a[base + ofBand.flux]!
  if (days < PAIR_DAYS) {
    const floor = PAIR_FLOOR * Math.max(Math.abs(flux), Math.abs(last))
    const variance = error * error + a[base + ofBand.error]! ** 2 + floor * floor
    a[shared.pairs]! += 1
    a[shared.pairChiSquare]! += Math.min(MOST_CHI_SQUARE, (flux - last) ** 2 / variance)
  }
  const change = asinhFlux(flux) - asinhFlux(last)
  a[base + ofBand.slope] = days > 0 ? Math.max(-STEEPEST, Math.min(STEEPEST, change / (days / SLOPE_DAYS))) : 0
}

/** A turn: the flux leaves the last extreme of its band by more than their errors, in the other direction than before. */
function countTurn (a: Float64Array, base: number, flux: number, error: number): void {
  const pivot = a[base + ofBand.pivot]!
  const direction = a[base + ofBand.direction]!
  const change = flux - pivot
  if (Number.isNaN(pivot)) {
    a[base + ofBand.pivot] = flux
    a[base + ofBand.pivotError] = error
  } else if (direction * change > 0 || Math.abs(change) > EXTREME_SNR * Math.sqrt(error * error + a[base + ofBand.pivotError]! ** 2)) {
    if (direction * change < 0) a[shared.turns]! += 1
    a[base + ofBand.direction] = Math.sign(change)
    a[base + ofBand.pivot] = flux
    a[base + ofBand.pivotError] = error
  }
}

function advance (a: Float64Array, base: number, point: FeaturePoint, snr: number): void {
  const { midpointMjdTai: time, psfFlux: flux, psfFluxErr: error } = point
  countPoint(a, time, snr)
  compareWithLast(a, base, point)
  countTurn(a, base, flux, error)
  const bright = asinhFlux(flux)
  a[base + ofBand.flux] = flux
  a[base + ofBand.error] = error
  a[base + ofBand.time] = time
  if (snr > EXTREME_SNR && !(bright <= a[base + ofBand.maximum]!)) {
    a[base + ofBand.maximum] = bright
    a[base + ofBand.maximumTime] = time
  }
  if (snr > EXTREME_SNR && !(bright <= a[shared.maximum]!)) {
    a[shared.maximum] = bright
    a[shared.maximumTime] = time
  }
  if (snr < -EXTREME_SNR && !(bright >= a[base + ofBand.minimum]!)) a[base + ofBand.minimum] = bright
}

/** ln(1 + days/unit) since a time that may not have been yet. */
const since = (time: number, then: number, unit: number): number => Number.isNaN(then) ? 0 : Math.log1p(Math.max(0, time - then) / unit)

/**
 * Shared features: ln(1 + t) of the times since the first point [10 d], the last point [d], the first detection [5 d], the
 * last detection [d] and the maximum [5 d]; asinh(flux/10 FLUXCAL)/2; asinh(S/N /3) of this point, the largest, the
 * smallest; whether it was detected; ln(1 + n) of points with S/N > 4, S/N < −4, nights, nights with a detection, points
 * with S/N < 3 since the first detection, changes of sign; ln(1 + mean χ²) of pairs within 2.5 d; asinh flux less its
 * maximum; ln(1 + n) of turns; ln(1 + longest gap between detections [5 d]). Of each band: whether this point is in it, asinh
 * flux/2, ln(error/5 FLUXCAL)/2, whether it was seen, ln(1 + age [2 d]), maximum, ln(1 + its age [5 d]), flux less maximum,
 * minimum, slope of asinh flux [per 0.1 d]. Then host and context.
 */
function step (bands: readonly Band[], a: Float64Array, point: FeaturePoint, fixed: Float32Array, out: Float32Array, offset: number): void {
  const newBand = bands.indexOf(point.band)
  if (newBand < 0) throw new RangeError(`band ${point.band} is not one of the model's ${bands.join('')}`)
  const time = point.midpointMjdTai
  const snr = point.psfFlux / point.psfFluxErr
  const sinceLast = since(time, a[shared.last]!, 1)
  const sinceDetection = since(time, a[shared.lastDetection]!, 1)
  advance(a, SHARED + PER_BAND * newBand, point, snr)

  let k = offset
  const put = (value: number): void => { out[k++] = value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value }
  const bright = asinhFlux(point.psfFlux)
  put(since(time, a[shared.start]!, 10))
  put(sinceLast)
  put(since(time, a[shared.firstDetection]!, 5))
  put(sinceDetection)
  put(since(time, a[shared.maximumTime]!, 5))
  put(bright / 2)
  put(Math.asinh(snr / 3))
  put(Math.asinh(a[shared.maximumSnr]! / 3))
  put(Math.asinh(a[shared.minimumSnr]! / 3))
  put(Number.isNaN(a[shared.firstDetection]!) ? 0 : 1)
  put(Math.log1p(a[shared.positive]!))
  put(Math.log1p(a[shared.negative]!))
  put(Math.log1p(a[shared.nights]!))
  put(Math.log1p(a[shared.detectionNights]!))
  put(Math.log1p(a[shared.faintAfter]!))
  put(Math.log1p(a[shared.signChanges]!))
  put(a[shared.pairs]! === 0 ? 0 : Math.log1p(a[shared.pairChiSquare]! / a[shared.pairs]!))
  put(Number.isNaN(a[shared.maximum]!) ? 0 : bright - a[shared.maximum]!)
  put(Math.log1p(a[shared.turns]!))
  put(Math.log1p(a[shared.longestGap]! / 5))
  for (let b = 0; b < bands.length; b++) {
    const base = SHARED + PER_BAND * b
    const seen = !Number.isNaN(a[base + ofBand.time]!)
    const peaked = !Number.isNaN(a[base + ofBand.maximum]!)
    const now = seen ? asinhFlux(a[base + ofBand.flux]!) : 0
    const minimum = a[base + ofBand.minimum]!
    put(b === newBand ? 1 : 0)
    put(now / 2)
    put(seen ? Math.log(a[base + ofBand.error]! / ERROR_SCALE) / 2 : 0)
    put(seen ? 1 : 0)
    put(since(time, a[base + ofBand.time]!, 2))
    put(peaked ? a[base + ofBand.maximum]! : 0)
    put(since(time, a[base + ofBand.maximumTime]!, 5))
    put(peaked ? now - a[base + ofBand.maximum]! : 0)
    put(Number.isNaN(minimum) ? 0 : minimum)
    put(a[base + ofBand.slope]!)
  }
  out.set(fixed, k)
}

/** Of the object, then of each band beside the two references. */
const SHARED_OUTLOOK = 6
const BAND_OUTLOOK = 6
const outlookLength = (bands: readonly Band[]): number => SHARED_OUTLOOK + (2 + BAND_OUTLOOK) * bands.length

/** The band that was seen last, of those that were seen; -1 before the first point. */
const newestBand = (bands: readonly Band[], a: Float64Array): number =>
  bands.reduce((newest, _, b) => a[SHARED + PER_BAND * b + ofBand.time]! > (newest < 0 ? -Infinity : a[SHARED + PER_BAND * newest + ofBand.time]!) ? b : newest, -1)

/**
 * References: the newest flux of each band, or of the band seen last where it was never seen; the largest of each band, or of all,
 * or the newest. Then, as in `step`: ln(1 + t) since the first and last detection and the maximum, the maximum, asinh(largest S/N /3),
 * turns; of each band whether it was seen, ln(error), ln(1 + age), whether it has a maximum, ln(1 + its age), slope.
 */
function outlook (bands: readonly Band[], a: Float64Array): Float32Array {
  const time = a[shared.last]!
  const newest = newestBand(bands, a)
  const values = new Float32Array(outlookLength(bands))
  const anyFlux = newest < 0 ? 0 : asinhFlux(a[SHARED + PER_BAND * newest + ofBand.flux]!)
  let k = 2 * bands.length
  const put = (value: number): void => { values[k++] = Math.max(-LARGEST, Math.min(LARGEST, value)) }
  put(since(time, a[shared.firstDetection]!, 5))
  put(since(time, a[shared.lastDetection]!, 1))
  put(since(time, a[shared.maximumTime]!, 5))
  put(Number.isNaN(a[shared.maximum]!) ? 0 : a[shared.maximum]!)
  put(Math.asinh(a[shared.maximumSnr]! / 3))
  put(Math.log1p(a[shared.turns]!))
  bands.forEach((_, b) => {
    const base = SHARED + PER_BAND * b
    const [seen, peaked] = [!Number.isNaN(a[base + ofBand.time]!), !Number.isNaN(a[base + ofBand.maximum]!)]
    const now = seen ? asinhFlux(a[base + ofBand.flux]!) : anyFlux
    values[b] = now
    values[bands.length + b] = peaked ? a[base + ofBand.maximum]! : Number.isNaN(a[shared.maximum]!) ? now : a[shared.maximum]!
    put(seen ? 1 : 0)
    put(seen ? Math.log(a[base + ofBand.error]! / ERROR_SCALE) / 2 : 0)
    put(since(time, a[base + ofBand.time]!, 2))
    put(peaked ? 1 : 0)
    put(since(time, a[base + ofBand.maximumTime]!, 5))
    put(a[base + ofBand.slope]!)
  })
  return values
}

export const VERSION_2: FeatureSet = {
  version: 2,
  length: featureLength,
  accumulatorLength,
  newAccumulator,
  fixed: ({ host, context }) => {
    const features = new Float32Array(HOST_FEATURES + CONTEXT_FEATURES)
    features.set(hostFeatures(host))
    features.set(contextFeatures(context), HOST_FEATURES)
    return features
  },
  step,
  outlookLength,
  outlook,
  detections: accumulator => accumulator[shared.positive]!
}
