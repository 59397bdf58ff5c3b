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
const LARGEST_OFFSET = 0.1
/** [τrise, τfall] [d], each with t0 at the brightest point, and later by so much [d]. */
const STARTS = [[3, 25, 0], [5, 50, 0], [5, 40, 10]] as const
const MOST_STEPS = 80
/** So many steps that each gain less than this part of χ² are the last. */
const SMALL_GAINS = 3
const GAIN = 1e-4
/** Damping of the first step, where the errors are about 1, and what ends the fit. */
const DAMPING = { first: 0.1, least: 1e-6, most: 1e6 } as const
const STEP = 1e-4

/** What is fitted: t0, ln of both time scales, then an amplitude for each band, then the offset where there is one. */
interface Fitted { values: number[], error: number }

/** Between two bounds: a parameter is low + (high − low)/(1 + e^−u), and u is fitted, since a step that is cut off at a bound no longer leads down. */
type Bounds = readonly [low: number, high: number]
const bounded = (u: number, [low, high]: Bounds): number => low + (high - low) / (1 + Math.exp(-u))
const unbounded = (value: number, [low, high]: Bounds): number => {
  const part = Math.max(0.02, Math.min(0.98, (value - low) / (high - low)))
  return Math.log(part / (1 - part))
}

/** The library goes on from a step that made the fit worse. Here each is its own call, and a worse one is tried again with more damping. */
function refined (data: { x: readonly number[], y: readonly number[] }, start: readonly number[], model: (values: readonly number[]) => (k: number) => number): Fitted {
  const options = { gradientDifference: STEP, centralDifference: true, errorTolerance: 0 }
  const errorAt = (values: readonly number[]): number => {
    const flux = model(values)
    return data.x.reduce((sum, k) => sum + (data.y[k]! - flux(k)) ** 2, 0)
  }
  let best: Fitted = { values: [...start], error: errorAt(start) }
  let damping: number = DAMPING.first
  let small = 0
  for (let step = 0; step < MOST_STEPS && damping < DAMPING.most && small < SMALL_GAINS; step++) {
    const { parameterValues } = levenbergMarquardt(data, model, { ...options, initialValues: best.values, damping, maxIterations: 1 })
    const error = errorAt(parameterValues)
    if (!(error < best.error)) {
      damping *= 10
      continue
    }
    small = best.error - error < GAIN * error ? small + 1 : 0
    best = { values: [...parameterValues], error }
    damping = Math.max(damping / 10, DAMPING.least)
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
  // Flux and model are divided by the errors here: `weights` of the library (5.1.0) enter its Hessian and its gradient by different powers.
  // Only the ratios of the errors count for the fit; about 1 they go with the damping.
  const typical = [...points].sort((a, b) => a.error - b.error)[points.length >> 1]!.error
  const errors = points.map(({ error }) => error / typical)
  const shapeOf = (values: readonly number[]): BazinShape => ({ t0: values[0]!, rise: Math.exp(values[1]!) / DAYS, fall: Math.exp(values[2]!) / DAYS })
  const filled = <T>(value: T): T[] => Array.from({ length: bands }, () => value)
  const bounds: Bounds[] = [
    [Math.min(...times) - T0_BEYOND / DAYS, Math.max(...times) + T0_BEYOND / DAYS], RISE, FALL, ...filled([0, LARGEST_AMPLITUDE] as const), ...withOffset ? [[-LARGEST_OFFSET, LARGEST_OFFSET] as const] : []
  ]
  const valuesOf = (fitted: readonly number[]): number[] => fitted.map((u, k) => bounded(u, bounds[k]!))
  const model = (fitted: readonly number[]) => {
    const values = valuesOf(fitted)
    const shape = shapeOf(values)
    const offset = withOffset ? values[3 + bands]! : 0
    return (k: number): number => (values[3 + points[k]!.place]! * bazinShape(times[k]!, shape) + offset) / errors[k]!
  }
  const largest = filled(0)
  for (const { flux, place } of points) largest[place] = Math.max(largest[place]!, 1.5 * flux / scale)
  const fits = STARTS.map(([rise, fall, later]) => {
    const start = [later / DAYS, Math.log(rise), Math.log(fall), ...largest, ...withOffset ? [0] : []]
    return refined({ x: points.map((_, k) => k), y: points.map(({ flux }, k) => flux / scale / errors[k]!) }, start.map((value, k) => unbounded(value, bounds[k]!)), model)
  })
  const best = fits.reduce((a, b) => b.error < a.error ? b : a)
  if (!Number.isFinite(best.error)) return null
  const values = valuesOf(best.values)
  const { t0, rise, fall } = shapeOf(values)
  return {
    t0: brightest + DAYS * t0,
    rise: DAYS * rise,
    fall: DAYS * fall,
    amplitudes: values.slice(3, 3 + bands).map(value => value * scale),
    offset: withOffset ? values[3 + bands]! * scale : 0,
    chiSquare: best.error * (scale / typical) ** 2
  }
}
