/**
 * By how much the intervals of forecasts are too wide or too narrow, and weights with which they are not. A Gaussian likelihood
 * makes σ the root mean square of errors whose tails are heavier than a Gaussian's, and then ±1 σ holds too many.
 */
import { dayLength, PEAK_VALUES, PHASE_VALUES, type NetworkShape, type Weights } from '../../../model/shape.ts'
import type { ModelClass } from '../../../model/classes.ts'
import type { Network } from '../../../model/engine.ts'
import { asinhFlux } from '../../../light-curve/features/version-2.ts'
import { bandPeaks } from '../../data/band-peaks.ts'
import type { LabelledObject } from '../../data/labelled-object.ts'
import type { Told } from '../playback.ts'
import { pullOf, timePull, truthAt } from './comparisons.ts'
import { ONE_SIGMA, Z95 } from './figures.ts'
import { forecastsOf, saidAt, saidOf, type Forecast } from './forecasts.ts'
import { sampleOf } from './sample.ts'

export const INTERVALS = ['flux', 'peakTime', 'peakFlux', 'phase'] as const
export type Interval = typeof INTERVALS[number]

/** What each σ is to be multiplied by. */
export type IntervalFactors = Record<Interval, number>

/** (Truth − said)/σ of everything that forecasts say. */
export type Pulls = Record<Interval, number[]>

/** Most objects of each group in each set. */
const MOST = 100
/** Known in one half, unknown in the other, as the calibration of the classes is fitted. */
const TOLD: readonly Told[] = [{ photoZ: 'known', context: 'known' }, { photoZ: 'unknown', context: 'unknown' }]

function addPulls (forecast: Forecast, { bands, decoder }: NetworkShape, pulls: Pulls): void {
  const { object: { object, peak }, asOf, phase, peaks } = forecast
  object.points.forEach((point, k) => {
    const [ahead, place] = [point.midpointMjdTai - asOf, bands.indexOf(point.band)]
    if (place < 0 || ahead <= 0 || ahead >= decoder!.days) return
    const { flux, noise } = truthAt(object, k)
    pulls.flux.push(pullOf(saidAt(forecast, place, bands.length, ahead), asinhFlux(flux), noise))
  })
  pulls.phase.push(timePull(phase, asOf - peak!))
  for (const [band, { time, flux }] of bandPeaks(object)) {
    const place = bands.indexOf(band)
    if (place < 0) continue
    const value = (k: number): number => peaks[place * PEAK_VALUES + k]!
    pulls.peakTime.push(timePull(saidOf(value(0), value(2)), asOf - time))
    pulls.peakFlux.push(pullOf(saidOf(value(1), value(3)), asinhFlux(flux)))
  }
}

/** Of objects that have a peak: up to a hundred of each group and set, from the steps that forecasts are measured from. */
export function pullsOf (network: Network, objects: readonly LabelledObject[], classes: readonly ModelClass[]): Pulls {
  const pulls: Pulls = { flux: [], peakTime: [], peakFlux: [], phase: [] }
  const sample = sampleOf(objects, network.shape.bands, classes, MOST).filter(({ peak }) => peak !== null)
  TOLD.forEach((told, part) => {
    const half = sample.filter((_, k) => k % TOLD.length === part)
    for (const forecast of half.length === 0 ? [] : forecastsOf(network, half, told)) addPulls(forecast, network.shape, pulls)
  })
  return pulls
}

const [LEAST, LARGEST, STEPS] = [1 / 3, 3, 200]
/** Fewer tell nothing. */
const FEWEST = 50

/** Share of sorted sizes that are not above a limit. */
function shareBelow (sizes: Float64Array, limit: number): number {
  let [low, high] = [0, sizes.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (sizes[middle]! <= limit) low = middle + 1
    else high = middle
  }
  return low / sizes.length
}

/** The factor by which the coverage of both intervals, of 68.3 and of 95 %, is nearest to what it should be: the larger of the two misses is least. */
export function factorOf (pulls: readonly number[]): number {
  if (pulls.length < FEWEST) return 1
  const sizes = Float64Array.from(pulls, Math.abs).sort()
  let best = { factor: 1, miss: Infinity }
  for (let step = 0; step <= STEPS; step++) {
    const factor = LEAST * (LARGEST / LEAST) ** (step / STEPS)
    const miss = Math.max(Math.abs(shareBelow(sizes, factor) - ONE_SIGMA), Math.abs(shareBelow(sizes, Z95 * factor) - 0.95))
    if (miss < best.miss) best = { factor, miss }
  }
  return best.factor
}

export function fitIntervals (network: Network, objects: readonly LabelledObject[], classes: readonly ModelClass[]): IntervalFactors {
  const pulls = pullsOf(network, objects, classes)
  return Object.fromEntries(INTERVALS.map(name => [name, factorOf(pulls[name])])) as IntervalFactors
}

/**
 * Weights that say the same, but for σ: each is multiplied by its factor, where it is above the least that a network may say. A
 * decoder is fed with what it says; what that adds to a day's input is taken from the bias of the day, so that days to come are as before.
 * @param shape of a network with a decoder
 */
export function withIntervals (shape: NetworkShape, weights: Weights, factors: IntervalFactors): Weights {
  const bands = shape.bands.length
  const { width } = shape.decoder!
  const changed = (name: string): Float32Array => weights[name]!.slice()
  const [day, lstm, peaks, phase] = [changed('decoder/day/bias'), changed('decoder/lstm/bias'), changed('decoder/peaks/bias'), changed('phase/bias')]
  const kernel = weights['decoder/lstm/kernel']!
  const shift = (factor: number): number => 2 * Math.log(factor)
  for (let row = bands; row < dayLength(shape); row++) {
    day[row]! += shift(factors.flux)
    for (let column = 0; column < 4 * width; column++) lstm[column]! -= shift(factors.flux) * kernel[row * 4 * width + column]!
  }
  for (let band = 0; band < bands; band++) {
    peaks[band * PEAK_VALUES + 2]! += shift(factors.peakTime)
    peaks[band * PEAK_VALUES + 3]! += shift(factors.peakFlux)
  }
  phase[PHASE_VALUES - 1]! += shift(factors.phase)
  return { ...weights, 'decoder/day/bias': day, 'decoder/lstm/bias': lstm, 'decoder/peaks/bias': peaks, 'phase/bias': phase }
}
