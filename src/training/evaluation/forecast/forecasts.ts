/** Forecasts of a network from chosen steps of light curves: the carried states of many, and one call for them all. */
import { featureSet } from '../../../light-curve/features/features.ts'
import type { ForecastStart, Network } from '../../../model/engine.ts'
import { dayLength, hiddenStateLength, inputLength, outputLength, PEAK_VALUES, PHASE_VALUES } from '../../../model/shape.ts'
import { writeFeatures } from '../../data/batch.ts'
import { factsFor, type Told } from '../playback.ts'
import type { SampledObject } from './sample.ts'
import type { ChosenStep } from './steps.ts'

/** A Gaussian of asinh flux, or of asinh(days/10). */
export interface Said {
  mean: number
  sigma: number
}

export interface Forecast extends ChosenStep {
  object: SampledObject
  /** Time of the step [d, MJD TAI]. */
  asOf: number
  /** asinh(days from the peak/10). */
  phase: Said
  /** [days + 1, 2·bands]: asinh flux in each band, then ln of its variance. */
  days: Float32Array
  /** [bands, PEAK_VALUES] as ForecastResult.peaks. */
  peaks: Float32Array
}

const ROWS_AT_ONCE = 32
const FORECASTS_AT_ONCE = 512

export const saidOf = (mean: number, logVariance: number): Said => ({ mean, sigma: Math.exp(logVariance / 2) })

/** What a forecast from a step stands on. */
interface Start {
  object: SampledObject
  chosen: ChosenStep
  hidden: Float32Array
  outlook: Float32Array
  /** What the network said after the step [outputLength]. */
  outputs: Float32Array
}

function startsOf (network: Network, batch: readonly SampledObject[], told: Told): Start[] {
  const { shape } = network
  const set = featureSet(shape.features)
  const rows = batch.length
  const lengths = batch.map(({ steps }) => steps.at(-1)!.step + 1)
  const count = Math.max(...lengths)
  const features = new Float32Array(count * rows * inputLength(shape))
  const outlooks = batch.map(({ object, points, steps }, row) => {
    const wanted = new Map<number, Float32Array>(steps.map(({ step }) => [step, new Float32Array(0)]))
    writeFeatures(points.slice(0, lengths[row]), factsFor(object, told), shape, features, row, rows, (step, accumulator) => {
      if (wanted.has(step)) wanted.set(step, set.outlook(shape.bands, accumulator))
    })
    return wanted
  })
  const { hidden, outputs } = network.sequence(features, count, rows)
  const part = (values: Float32Array, length: number, step: number, row: number): Float32Array => values.slice((step * rows + row) * length, (step * rows + row + 1) * length)
  return batch.flatMap((object, row) => object.steps.map((chosen): Start => ({
    object,
    chosen,
    hidden: part(hidden, hiddenStateLength(shape), chosen.step, row),
    outlook: outlooks[row]!.get(chosen.step)!,
    outputs: part(outputs, outputLength(shape), chosen.step, row)
  })))
}

function joined (parts: readonly Float32Array[]): Float32Array {
  const length = parts[0]!.length
  const all = new Float32Array(parts.length * length)
  parts.forEach((part, k) => all.set(part, k * length))
  return all
}

function forecastTogether (network: Network, starts: readonly Start[]): Forecast[] {
  const { shape } = network
  const rows = starts.length
  const from: ForecastStart = {
    hidden: joined(starts.map(({ hidden }) => hidden)),
    steps: Float32Array.from(starts, ({ chosen }) => chosen.step + 1),
    outlook: joined(starts.map(({ outlook }) => outlook))
  }
  const { days, peaks } = network.forecast(from, rows)
  const [ofDay, ofPeaks, phase] = [dayLength(shape), shape.bands.length * PEAK_VALUES, outputLength(shape) - PHASE_VALUES]
  return starts.map(({ object, chosen, outputs }, row) => ({
    object,
    ...chosen,
    asOf: object.points[chosen.step]!.midpointMjdTai,
    phase: saidOf(outputs[phase]!, outputs[phase + 1]!),
    days: joined(Array.from({ length: shape.decoder!.days + 1 }, (_, day) => days.subarray((day * rows + row) * ofDay, (day * rows + row + 1) * ofDay))),
    peaks: peaks.slice(row * ofPeaks, (row + 1) * ofPeaks)
  }))
}

/**
 * @param onProgress called with the number of objects played so far
 * @throws CandelaError `model-without-decoder`
 */
export function forecastsOf (network: Network, objects: readonly SampledObject[], told: Told, onProgress: (played: number) => void = () => {}): Forecast[] {
  const byLength = [...objects].sort((a, b) => a.steps.at(-1)!.step - b.steps.at(-1)!.step)
  const starts: Start[] = []
  for (let at = 0; at < byLength.length; at += ROWS_AT_ONCE) {
    const batch = byLength.slice(at, at + ROWS_AT_ONCE)
    starts.push(...startsOf(network, batch, told))
    onProgress(at + batch.length)
  }
  const forecasts: Forecast[] = []
  for (let at = 0; at < starts.length; at += FORECASTS_AT_ONCE) forecasts.push(...forecastTogether(network, starts.slice(at, at + FORECASTS_AT_ONCE)))
  return forecasts
}

/** What a forecast says of a band some days ahead, interpolated linearly between the days; of the last day beyond it. */
export function saidAt ({ days }: Pick<Forecast, 'days'>, band: number, bands: number, ahead: number): Said {
  const last = days.length / (2 * bands) - 1
  const at = Math.max(0, Math.min(last, ahead))
  const day = Math.min(last - 1, Math.floor(at))
  const part = at - day
  const value = (column: number): number => (1 - part) * days[day * 2 * bands + column]! + part * days[(day + 1) * 2 * bands + column]!
  return saidOf(value(band), value(bands + band))
}
