/** Forecast and baselines against what came, point by point. */
import type { Band } from '../../../alert/alert.ts'
import type { FeaturePoint } from '../../../light-curve/features/features.ts'
import { asinhFlux, FLUX_SCALE } from '../../../light-curve/features/version-2.ts'
import type { LabelledObject } from '../../data/labelled-object.ts'
import { PEAK_VALUES } from '../../../model/shape.ts'
import { daysOf, PHASE_SCALE } from '../../../model/forecast/phase.ts'
import { fittedFlux, fittedPeak, type BandBaseline } from './baselines.ts'
import type { Peak } from '../../data/band-peaks.ts'
import { saidAt, saidOf, type Forecast, type Said } from './forecasts.ts'

/** Days ahead: each stands for the points from `from` on and before `to`. */
export const HORIZONS = [
  { days: 1, from: 0.5, to: 2 }, { days: 3, from: 2, to: 5 }, { days: 7, from: 5, to: 10 }, { days: 14, from: 10, to: 20 }, { days: 30, from: 20, to: 30.5 }
] as const

export const METHODS = ['forecast', 'carried', 'bazin'] as const
export type Method = typeof METHODS[number]

/** How far a flux is off; all are flux less truth. */
export interface FluxError {
  /** In the photometric error of the point that came. */
  sigma: number
  /**
   * [mag], positive where too faint; Infinity where the flux is not positive. Null where the true flux is not above 5 of its
   * point's photometric errors.
   */
  magnitudes: number | null
  /** asinh(flux/10 FLUXCAL) */
  asinh: number
}

export interface Comparison {
  forecast: Forecast
  band: Band
  /** One of HORIZONS. */
  horizon: number
  errors: Record<Method, FluxError>
  /** (Truth − forecast)/σ in asinh flux; σ includes the photometric error where the truth is a measured flux. */
  pull: number
}

/** S/N from which magnitudes are compared. */
const LEAST_SNR = 5

export function fluxError (flux: number, truth: number, photometric: number): FluxError {
  return {
    sigma: (flux - truth) / photometric,
    magnitudes: !(truth > LEAST_SNR * photometric) ? null : flux > 0 ? -2.5 * Math.log10(flux / truth) : Infinity,
    asinh: asinhFlux(flux) - asinhFlux(truth)
  }
}

/** @param noise variance of the truth in asinh flux */
export const pullOf = ({ mean, sigma }: Said, truth: number, noise = 0): number => (truth - mean) / Math.sqrt(sigma * sigma + noise)

/** Variance of a measured asinh(flux/scale): its slope times the error (Lupton et al. 1999, AJ 118, 1406, eq. 9). */
const noiseOf = ({ psfFlux, psfFluxErr }: FeaturePoint): number => psfFluxErr ** 2 / (psfFlux ** 2 + FLUX_SCALE ** 2)

/** What point k of an object is forecast as: the noise-free flux of a simulation, the measured one of a survey [nJy], and its variance in asinh flux. */
export const truthAt = ({ points, noiseFree }: Pick<LabelledObject, 'points' | 'noiseFree'>, k: number): { flux: number, noise: number } =>
  noiseFree ? { flux: noiseFree[k]!, noise: 0 } : { flux: points[k]!.psfFlux, noise: noiseOf(points[k]!) }

/**
 * A forecast against every later point of its bands that a horizon takes: against the noise-free flux of a simulation, the
 * measured one of a survey.
 * @param baselines in the order of `bands`
 */
export function compare (forecast: Forecast, baselines: readonly BandBaseline[], bands: readonly Band[]): Comparison[] {
  const { object: { object }, asOf } = forecast
  return object.points.flatMap((point, k): Comparison[] => {
    const ahead = point.midpointMjdTai - asOf
    const place = bands.indexOf(point.band)
    const horizon = HORIZONS.find(({ from, to }) => ahead >= from && ahead < to)
    if (place < 0 || horizon === undefined) return []
    const said = saidAt(forecast, place, bands.length, ahead)
    const { flux: truth, noise } = truthAt(object, k)
    const error = (flux: number): FluxError => fluxError(flux, truth, point.psfFluxErr)
    const baseline = baselines[place]!
    return [{
      forecast,
      band: point.band,
      horizon: horizon.days,
      errors: { forecast: error(FLUX_SCALE * Math.sinh(said.mean)), carried: error(baseline.carried), bazin: error(fittedFlux(baseline, point.midpointMjdTai)) },
      pull: pullOf(said, asinhFlux(truth), noise)
    }]
  })
}

export interface PeakComparison {
  forecast: Forecast
  /** The peak of the object as the network says it after the step, or the maximum of a band as the decoder does. */
  of: 'phase' | Band
  /** Time of the peak less the true one [d]. */
  days: number
  /** (Truth − said)/σ in asinh(days/10). */
  pull: number
  /** The same of the fit; null where it has no maximum. */
  bazinDays: number | null
  /** Of bands: as FluxError.magnitudes, the truth being above 0. */
  magnitudes: number | null
  bazinMagnitudes: number | null
  /** Of bands: (truth − said)/σ in asinh flux. */
  fluxPull: number | null
}

/** Of a time that lies so many days back. */
export const timePull = (said: Said, days: number): number => pullOf(said, Math.asinh(days / PHASE_SCALE))
const magnitudesOff = (flux: number, truth: number): number => flux > 0 ? -2.5 * Math.log10(flux / truth) : Infinity

function middle (values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? null : (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

/**
 * The peak of an object, and the maxima of its bands where the truth tells them.
 * @param baselines in the order of `bands`
 */
export function comparePeaks (forecast: Forecast, baselines: readonly BandBaseline[], bands: readonly Band[], maxima: ReadonlyMap<Band, Peak>): PeakComparison[] {
  const { object: { peak }, asOf, phase } = forecast
  if (peak === null) return []
  const fitted = baselines.map(baseline => baseline.kind === 'carried' ? null : fittedPeak(baseline))
  const times = middle(fitted.flatMap(one => one === null ? [] : [one.time]))
  const ofPhase: PeakComparison = {
    forecast,
    of: 'phase',
    // The network says the days since the peak: too many of them put the peak too early.
    days: asOf - daysOf(phase.mean) - peak,
    pull: timePull(phase, asOf - peak),
    bazinDays: times === null ? null : times - peak,
    magnitudes: null,
    bazinMagnitudes: null,
    fluxPull: null
  }
  return [ofPhase, ...bands.flatMap((band, place): PeakComparison[] => {
    const truth = maxima.get(band)
    if (truth === undefined) return []
    const value = (k: number): number => forecast.peaks[place * PEAK_VALUES + k]!
    const [since, flux] = [saidOf(value(0), value(2)), saidOf(value(1), value(3))]
    const fit = fitted[place]
    return [{
      forecast,
      of: band,
      days: asOf - daysOf(since.mean) - truth.time,
      pull: timePull(since, asOf - truth.time),
      bazinDays: fit ? fit.time - truth.time : null,
      magnitudes: magnitudesOff(FLUX_SCALE * Math.sinh(flux.mean), truth.flux),
      bazinMagnitudes: fit ? magnitudesOff(fit.flux, truth.flux) : null,
      fluxPull: pullOf(flux, asinhFlux(truth.flux))
    }]
  })]
}
