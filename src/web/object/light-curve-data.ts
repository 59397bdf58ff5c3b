/** A light curve and its published history as the columns of the two plots over one time axis. */
import type { Classification, PhotometricPoint } from '../api.ts'
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
}

/** Whether the model tells how much each epoch weighs. */
export const isWeighed = ({ points }: Plotted): boolean => points.some(({ weight }) => typeof weight === 'number')

type Column = Array<number | null>

/** Points in bands of no survey that Candela reads are left out. */
export const plottable = (points: readonly PhotometricPoint[]): PlottedPoint[] => points.filter((point): point is PlottedPoint => isBand(point.band))

/** Series of the plot of fluxes: for each band the flux and its lower and upper end, so that the axis holds the errors too. */
export const FLUX_SERIES = BANDS.flatMap(band => [{ band, end: 0 }, { band, end: -1 }, { band, end: 1 }])

/** @returns times of the points, then FLUX_SERIES [nJy], null where a point is of another band */
export function fluxColumns ({ points }: Plotted): [number[], ...Column[]] {
  return [
    points.map(({ midpointMjdTai }) => midpointMjdTai),
    ...FLUX_SERIES.map(({ band, end }) => points.map((point): number | null => point.band === band ? point.psfFlux + end * point.psfFluxErr : null))
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
