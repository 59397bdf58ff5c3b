/** From what a network forecasts to fluxes, magnitudes and times: the rows of an answer. Pure. */
import { magnitudeOfNJy, type Band } from '../../alert/alert.ts'
import { CandelaError } from '../../errors.ts'
import { FLUX_SCALE } from '../../light-curve/features/version-2.ts'
import { keptTime } from '../../light-curve/stored-point.ts'
import type { ForecastResult } from '../engine.ts'
import { daysOf } from './phase.ts'
import { dayLength, PEAK_VALUES, type NetworkShape } from '../shape.ts'

export const withoutDecoder = (): CandelaError => new CandelaError('model-without-decoder', 'the model has no decoder, and forecasts nothing', {
  action: 'Use a model that was trained with one, as sky/1.1 (--model, CANDELA_MODEL).'
})

/** Median of a flux with 16 and 84 %, and of the AB magnitude, which is null where the flux is not positive. */
export interface ForecastFlux {
  /** [nJy] */
  psfFlux: number
  psfFluxLow: number
  psfFluxHigh: number
  /** [mag, AB]; low is the brighter end. */
  magnitude: number | null
  magnitudeLow: number | null
  magnitudeHigh: number | null
}

/** The flux in a band on a day to come. */
export interface ForecastDay extends ForecastFlux {
  band: Band
  /** From the newest epoch [d]. */
  day: number
  midpointMjdTai: number
}

/** The maximum of the light curve in a band, past or to come. */
export interface ForecastPeak extends ForecastFlux {
  band: Band
  /** From the newest epoch [d]; negative where the maximum is past. Median, 16 and 84 %. */
  day: number
  dayLow: number
  dayHigh: number
  midpointMjdTai: number
  midpointMjdTaiLow: number
  midpointMjdTaiHigh: number
}

export interface ForecastRows {
  /** Day by day, in each the bands in the order of the model. */
  forecast: ForecastDay[]
  peaks: ForecastPeak[]
}

/** Which part of a forecast is wanted. */
export interface ForecastAsked {
  /** Last day, from 0 to that of the decoder. */
  days: number
  /** Whole days from one row to the next, at least 1. */
  step: number
  bands: readonly Band[]
}

/** Days from the newest epoch are given to a minute and a half. */
const DAY_TICKS = 1e3
const MAGNITUDE_TICKS = 1e4
/** Of a flux. */
const SIGNIFICANT_DIGITS = 6

const rounded = (value: number, ticks: number): number => Math.round(value * ticks) / ticks + 0

const fluxAt = (value: number): number => Number((FLUX_SCALE * Math.sinh(value)).toPrecision(SIGNIFICANT_DIGITS)) + 0

const magnitudeOf = (flux: number): number | null => flux > 0 ? rounded(magnitudeOfNJy(flux), MAGNITUDE_TICKS) : null

/** Quantiles of a Gaussian in asinh flux stay quantiles of the flux and of its magnitude: both maps are monotonic. */
function fluxOf (value: number, logVariance: number): ForecastFlux {
  const sigma = Math.exp(logVariance / 2)
  const [psfFlux, psfFluxLow, psfFluxHigh] = [fluxAt(value), fluxAt(value - sigma), fluxAt(value + sigma)]
  return { psfFlux, psfFluxLow, psfFluxHigh, magnitude: magnitudeOf(psfFlux), magnitudeLow: magnitudeOf(psfFluxHigh), magnitudeHigh: magnitudeOf(psfFluxLow) }
}

/** The network tells the days since the maximum; a forecast counts from now on. */
function peakOf (band: Band, [since, flux, timeVariance, fluxVariance]: Float32Array, asOf: number): ForecastPeak {
  const sigma = Math.exp(timeVariance! / 2)
  const days = [since!, since! + sigma, since! - sigma].map(value => rounded(-daysOf(value), DAY_TICKS)) as [number, number, number]
  const times = days.map(day => keptTime(asOf + day)) as [number, number, number]
  return {
    band,
    day: days[0],
    dayLow: days[1],
    dayHigh: days[2],
    midpointMjdTai: times[0],
    midpointMjdTaiLow: times[1],
    midpointMjdTaiHigh: times[2],
    ...fluxOf(flux!, fluxVariance!)
  }
}

/**
 * @param result of `rows` objects together
 * @param row which of them
 * @param asOf time of the object's newest step [d, MJD TAI]
 */
export function forecastRows (result: ForecastResult, { row, rows }: { row: number, rows: number }, shape: Pick<NetworkShape, 'bands'>, asOf: number, { days, step, bands }: ForecastAsked): ForecastRows {
  const length = dayLength(shape)
  const all = shape.bands.length
  const places = shape.bands.map((band, place) => ({ band, place })).filter(({ band }) => bands.includes(band))
  const forecast: ForecastDay[] = []
  for (let day = 0; day <= days; day += step) {
    const at = (day * rows + row) * length
    for (const { band, place } of places) {
      forecast.push({ band, day, midpointMjdTai: keptTime(asOf + day), ...fluxOf(result.days[at + place]!, result.days[at + all + place]!) })
    }
  }
  const peaks = places.map(({ band, place }) => {
    const at = (row * all + place) * PEAK_VALUES
    return peakOf(band, result.peaks.subarray(at, at + PEAK_VALUES), asOf)
  })
  return { forecast, peaks }
}
