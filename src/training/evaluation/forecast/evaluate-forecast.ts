/** How good the forecasts of a network are on light curves of known type. */
import type { Network } from '../../../model/engine.ts'
import type { ModelClass } from '../../../model/classes.ts'
import { bandPeaks } from '../../data/band-peaks.ts'
import type { LabelledObject } from '../../data/labelled-object.ts'
import type { Told } from '../playback.ts'
import { baselinesOf, FIT_KINDS, type BandBaseline, type FitKind } from './baselines.ts'
import { compare, comparePeaks, type Comparison, type PeakComparison } from './comparisons.ts'
import { forecastLines, peakLines, type ForecastLine, type PeakLine } from './figures.ts'
import { forecastsOf, type Forecast } from './forecasts.ts'
import { sampleOf } from './sample.ts'

export interface ForecastFigures {
  /** Objects, and forecasts from one step each. */
  objects: number
  forecasts: number
  /** How the baseline was fitted, in how many bands of all forecasts; bands without a later point do not count. */
  fits: Record<FitKind, number>
  lines: ForecastLine[]
  peaks: PeakLine[]
}

export interface ForecastEvaluation extends ForecastFigures {
  /** Most objects of each group in each set. */
  most: number
  /** The same of each set, where there are several. */
  sets: Array<ForecastFigures & { set: string }>
}

export interface ForecastAsked {
  told: Told
  classes: readonly ModelClass[]
  most: number
  /** Called with the number of forecasts that the baselines were fitted beside. */
  onProgress?: (done: number, total: number) => void
}

interface Measured {
  forecast: Forecast
  kinds: FitKind[]
  comparisons: Comparison[]
  peaks: PeakComparison[]
}

function figuresOf (measured: readonly Measured[]): ForecastFigures {
  const kinds = measured.flatMap(one => one.kinds)
  return {
    objects: new Set(measured.map(({ forecast }) => forecast.object)).size,
    forecasts: measured.length,
    fits: Object.fromEntries(FIT_KINDS.map(kind => [kind, kinds.filter(one => one === kind).length])) as Record<FitKind, number>,
    lines: forecastLines(measured.flatMap(({ comparisons }) => comparisons)),
    peaks: peakLines(measured.flatMap(({ peaks }) => peaks))
  }
}

/** @returns null of a network without a decoder */
export function evaluateForecast (network: Network, objects: readonly LabelledObject[], { told, classes, most, onProgress = () => {} }: ForecastAsked): ForecastEvaluation | null {
  const { bands, decoder } = network.shape
  if (decoder === null) return null
  const forecasts = forecastsOf(network, sampleOf(objects, bands, classes, most), told)
  const maxima = new Map(forecasts.map(({ object }) => [object, bandPeaks(object.object)]))
  const measured = forecasts.map((forecast, k): Measured => {
    onProgress(k, forecasts.length)
    const baselines: BandBaseline[] = baselinesOf(forecast.object.points.slice(0, forecast.step + 1), bands)
    const comparisons = compare(forecast, baselines, bands)
    const compared = new Set(comparisons.map(({ band }) => band))
    return {
      forecast,
      kinds: baselines.flatMap(({ kind }, place) => compared.has(bands[place]!) ? [kind] : []),
      comparisons,
      peaks: comparePeaks(forecast, baselines, bands, maxima.get(forecast.object)!)
    }
  })
  const setOf = ({ forecast }: Measured): string => forecast.object.object.source ?? ''
  const sets = [...new Set(measured.map(setOf))].sort()
  return {
    most,
    ...figuresOf(measured),
    sets: sets.length < 2 ? [] : sets.map(set => ({ set, ...figuresOf(measured.filter(one => setOf(one) === set)) }))
  }
}
