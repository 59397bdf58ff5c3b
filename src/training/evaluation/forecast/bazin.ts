/**
 * The function of Bazin et al. 2009 (A&A 499, 653, eq. 1), A·exp(−(t − t0)/τfall)/(1 + exp(−(t − t0)/τrise)) + B, and its
 * least-squares fit: what a forecast has to beat.
 */
import { levenbergMarquardt } from 'ml-levenberg-marquardt'

export interface BazinShape {
  /** [d] */
  t0: number
  rise: number
  fall: number
}

export interface Bazin extends BazinShape {
  amplitude: number
  offset: number
}

/** Flux at one time in one of the bands that are fitted together. */
export interface FluxAt {
  time: number
  flux: number
  error: number
  /** Place of its band among the amplitudes of the fit. */
  place: number
}

/** Of amplitude 1, without offset; 0 where both exponentials overflow. */
export function bazinShape (time: number, { t0, rise, fall }: BazinShape): number {
  const x = time - t0
  // Before t0 with exp(x/τrise) above and below, so that nothing overflows.
  return x < 0 ? Math.exp(x / rise - x / fall) / (1 + Math.exp(x / rise)) : Math.exp(-x / fall) / (1 + Math.exp(-x / rise))
}

export const bazin = (time: number, fit: Bazin): number => fit.amplitude * bazinShape(time, fit) + fit.offset

/** Time of the maximum: t0 + τrise·ln(τfall/τrise − 1); null where the function only falls. */
export const bazinPeak = ({ t0, rise, fall }: BazinShape): number | null => fall > rise ? t0 + rise * Math.log(fall / rise - 1) : null

/** Unit of time in the fit [d], so that all parameters are of order 1. */
const DAYS = 10
/** ln of the time scales [d] stays between these. */
const RISE = [Math.log(1), Math.log(50)] as const
const FALL = [Math.log(2), Math.log(300)] as const
/** t0 lies at most so far outside the points [d]. */
const T0_BEYOND = 30
/** In units of the largest flux. */
const LARGEST_AMPLITUDE = 20
const LARGEST_OFFSET = 0.5
/** [τrise, τfall] [d], each with t0 at the brightest point, and later by so much [d]. */
const STARTS = [[3, 25, 0], [5, 50, 0], [5, 40, 10]] as const
const ITERATIONS = 12
const ROUNDS = 6
/** A round that gains less than this part of χ² is the last. */
const GAIN = 1e-4
const STEP = 1e-4

/** What is fitted: t0, ln of both time scales, then an amplitude for each band, then the offset where there is one. */
interface Fitted { values: number[], error: number }

function refined (x: readonly number[], points: readonly FluxAt[], weights: readonly number[], start: readonly number[], low: readonly number[], high: readonly number[], model: (values: readonly number[]) => (k: number) => number): Fitted {
  const data = { x, y: points.map(({ flux }) => flux) }
  let best: Fitted = { values: [...start], error: Infinity }
  for (let round = 0; round < ROUNDS; round++) {
    // The library goes on from a step that made the fit worse; a round goes on from the best.
    const { parameterValues, parameterError } = levenbergMarquardt(data, model, {
      initialValues: best.values, weights, minValues: low, maxValues: high, maxIterations: ITERATIONS, gradientDifference: STEP, centralDifference: true, damping: 0.01, errorTolerance: 1e-12
    })
    const gained = best.error - parameterError
    if (parameterError < best.error) best = { values: [...parameterValues], error: parameterError }
    if (!(gained > GAIN * best.error)) break
  }
  return best
}

/**
 * Least squares with the errors as weights, of one band or of several that share t0, τrise and τfall.
 * @param bands number of amplitudes
 * @param withOffset whether B is fitted, or 0; B is of all bands
 * @returns the shape, an amplitude for each band and the offset, in the units of the points; null where the points do not
 *   exceed the parameters, or hold no positive flux
 */
export function fitBazin (points: readonly FluxAt[], bands: number, withOffset: boolean): (BazinShape & { amplitudes: number[], offset: number, chiSquare: number }) | null {
  const parameters = 3 + bands + (withOffset ? 1 : 0)
  const scale = Math.max(...points.map(({ flux }) => flux))
  if (points.length <= parameters || !(scale > 0)) return null
  const brightest = points.find(({ flux }) => flux === scale)!.time
  const times = points.map(({ time }) => (time - brightest) / DAYS)
  const scaled = points.map(point => ({ ...point, flux: point.flux / scale }))
  const weights = points.map(({ error }) => error / scale)
  const shapeOf = (values: readonly number[]): BazinShape => ({ t0: values[0]!, rise: Math.exp(values[1]!) / DAYS, fall: Math.exp(values[2]!) / DAYS })
  const model = (values: readonly number[]) => {
    const shape = shapeOf(values)
    const offset = withOffset ? values[3 + bands]! : 0
    return (k: number): number => values[3 + points[k]!.place]! * bazinShape(times[k]!, shape) + offset
  }
  const filled = <T>(value: T): T[] => Array.from({ length: bands }, () => value)
  const low = [Math.min(...times) - T0_BEYOND / DAYS, RISE[0], FALL[0], ...filled(0), ...withOffset ? [-LARGEST_OFFSET] : []]
  const high = [Math.max(...times) + T0_BEYOND / DAYS, RISE[1], FALL[1], ...filled(LARGEST_AMPLITUDE), ...withOffset ? [LARGEST_OFFSET] : []]
  const best = STARTS.map(([rise, fall, later]) => {
    const largest = filled(0)
    for (const { flux, place } of scaled) largest[place] = Math.max(largest[place]!, 1.5 * flux)
    const start = [later / DAYS, Math.log(rise), Math.log(fall), ...largest, ...withOffset ? [0] : []]
    return refined(points.map((_, k) => k), scaled, weights, start, low, high, model)
  }).reduce((a, b) => b.error < a.error ? b : a)
  if (!Number.isFinite(best.error)) return null
  const { t0, rise, fall } = shapeOf(best.values)
  return {
    t0: brightest + DAYS * t0,
    rise: DAYS * rise,
    fall: DAYS * fall,
    amplitudes: best.values.slice(3, 3 + bands).map(value => value * scale),
    offset: withOffset ? best.values[3 + bands]! * scale : 0,
    chiSquare: best.error
  }
}
