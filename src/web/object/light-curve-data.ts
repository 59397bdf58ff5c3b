/** A light curve and its published history as the columns of the two plots over one time axis. */
import type { Classification, Forecast, ForecastDay, ForecastPeak, PhotometricPoint } from '../api.ts'
import { BANDS, isBand, type Band } from '../palette.ts'

export interface PlottedPoint extends PhotometricPoint {
  band: Band
}

/** What is plotted, and how far of it had been there. */
export interface Plotted {
  /** In order of time. */
  points: readonly PlottedPoint[]
  /** What had been published at the time that is shown, oldest first. */
  published: readonly Classification[]
  /** Points after this time came later than what is shown [d, MJD TAI]. */
  until: number
  /** From the newest epoch on; null where there is none, and where a moment of the past is shown. */
  forecast: Forecast | null
}

/** The forecast in one band. */
export interface BandForecast {
  band: Band
  rows: readonly ForecastDay[]
  /** Null where the object more likely varies than has a peak. */
  peak: ForecastPeak | null
}

/** Of the bands that the network has seen the object in: the plot is about what was observed. */
export function shownForecast ({ points, forecast }: Plotted): BandForecast[] {
  if (forecast === null) return []
  return BANDS.filter(band => points.some(point => point.band === band && point.epoch !== null)).flatMap(band => {
    const rows = forecast.forecast.filter(row => row.band === band)
    return rows.length === 0 ? [] : [{ band, rows, peak: forecast.phase === null ? null : forecast.peaks.find(peak => peak.band === band) ?? null }]
  })
}

/** Whether the model tells how much each epoch weighs. */
export const isWeighed = ({ points }: Plotted): boolean => points.some(({ weight }) => typeof weight === 'number')

type Column = Array<number | null>

/** Points in bands of no survey that Candela reads are left out. */
export const plottable = (points: readonly PhotometricPoint[]): PlottedPoint[] => points.filter((point): point is PlottedPoint => isBand(point.band))

/** Series of the plot of fluxes: for each band the flux and its lower and upper end, so that the axis holds the errors too. */
export const FLUX_SERIES = BANDS.flatMap(band => [{ band, end: 0 }, { band, end: -1 }, { band, end: 1 }])

interface FluxRow {
  time: number
  band: Band
  value: number
  low: number
  high: number
}

/** How far above the brightest flux the axis goes for a forecast that is not sure. */
const ROOM = 1.5

/** Days of the forecast: their intervals count for the axis where it stays readable. */
function forecastRows (plotted: Plotted): FluxRow[] {
  const bands = shownForecast(plotted)
  const greatest = ROOM * Math.max(0, ...plotted.points.map(({ psfFlux, psfFluxErr }) => psfFlux + psfFluxErr), ...bands.flatMap(({ rows }) => rows.map(({ psfFlux }) => psfFlux)))
  return bands.flatMap(({ band, rows }) => rows.map(({ midpointMjdTai, psfFlux, psfFluxLow, psfFluxHigh }) =>
    ({ time: midpointMjdTai, band, value: psfFlux, low: Math.max(psfFluxLow, -greatest / 3), high: Math.min(psfFluxHigh, greatest) })))
}

/** @returns times of the points and of the days of the forecast, then FLUX_SERIES [nJy], null where a row is of another band */
export function fluxColumns (plotted: Plotted): [number[], ...Column[]] {
  const points = plotted.points.map(({ midpointMjdTai, band, psfFlux, psfFluxErr }): FluxRow => ({ time: midpointMjdTai, band, value: psfFlux, low: psfFlux - psfFluxErr, high: psfFlux + psfFluxErr }))
  const rows = [...points, ...forecastRows(plotted)].sort((a, b) => a.time - b.time)
  return [
    rows.map(({ time }) => time),
    ...FLUX_SERIES.map(({ band, end }) => rows.map((row): number | null => row.band === band ? end === 0 ? row.value : end < 0 ? row.low : row.high : null))
  ]
}

/** Series of the plot of P(Ia). */
export const CHANCE_SERIES = ['after each point', 'after later points', 'published'] as const

/**
 * @returns times of points and publications; P(Ia) after each point that had been there; the same of later ones, from the
 *   last of those before on; what was published
 */
export function chanceColumns ({ points, published, until }: Plotted): [number[], ...Column[]] {
  const rows: Array<{ time: number, after: number | null, published: number | null }> = [
    ...points.filter(({ probabilityIa }) => probabilityIa !== null).map(point => ({ time: point.midpointMjdTai, after: point.probabilityIa, published: null })),
    ...published.map(({ midpointMjdTai, probabilityIa }) => ({ time: midpointMjdTai, after: null, published: probabilityIa }))
  ].sort((a, b) => a.time - b.time)
  const last = rows.findLastIndex(({ time, after }) => after !== null && time <= until)
  return [
    rows.map(({ time }) => time),
    rows.map(({ after }, place) => place <= last ? after : null),
    rows.map(({ after }, place) => place >= last ? after : null),
    rows.map(({ published }) => published)
  ]
}
