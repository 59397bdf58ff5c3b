/** A spectrum that changes with time, and the light curve that a survey's bands see of it. */
import { distanceModulus } from '../cosmology/cosmology.ts'
import type { BandWeights, Passband } from '../passbands/passband.ts'

export interface SpectralSeries {
  /** Rest-frame time from the peak [d], ascending. */
  phases: Float64Array
  /** Rest frame [Å], ascending. */
  wavelengths: Float64Array
  /** f_λ at 10 pc [erg s⁻¹ cm⁻² Å⁻¹], phase after phase, each at all wavelengths. */
  flux: Float64Array
}

/** Fluxes of one object in all bands of a survey, known at some times and linear between them. */
export interface BandCurves {
  /** Observer's time from the peak [d], ascending. */
  times: Float64Array
  /** [band][time], in the order of the survey's passbands [nJy]. */
  flux: Float64Array[]
}

/** What passes at a rest wavelength [Å], and at a node of the series, as dust in the host lets it. */
export type Transmission = (wavelength: number, node: number) => number

/** Nodes that a band sees, and what each of them weighs: those from `first` on, and some that stand for the filter's leaks. */
interface Sight { first: number, weights: Float64Array, leaks: Int32Array, leakWeights: Float64Array }

/** Weights below this part of the largest are those of leaks. */
const LEAK = 1e-3
/** Nodes of a leak within it are taken together [Å]: a leak is a few thousandths of the light, spread over thousands of Ångström. */
const TOGETHER = 250

/** Nodes in the band as they are; those of leaks in groups, each at its middle. */
function sightOf ({ first, weights }: BandWeights, wavelengths: Float64Array): Sight {
  let most = 0
  for (let k = 0; k < weights.length; k++) most = Math.max(most, weights[k]!)
  let [low, high] = [0, weights.length]
  while (low < high && weights[low]! < LEAK * most) low++
  while (high > low && weights[high - 1]! < LEAK * most) high--
  const leaks: number[] = []
  const leakWeights: number[] = []
  const gather = (from: number, to: number): void => {
    for (let k = from; k < to;) {
      let [sum, moment] = [0, 0]
      for (const end = wavelengths[first + k]! + TOGETHER; k < to && wavelengths[first + k]! < end; k++) {
        sum += weights[k]!
        moment += weights[k]! * k
      }
      if (sum === 0) continue
      leaks.push(first + Math.round(moment / sum))
      leakWeights.push(sum)
    }
  }
  gather(0, low)
  gather(high, weights.length)
  return { first: first + low, weights: weights.slice(low, high), leaks: Int32Array.from(leaks), leakWeights: Float64Array.from(leakWeights) }
}

/**
 * Synthetic photometry at a redshift: f_ν of a counted photon's mean, redshifted, at the luminosity distance
 * (Hogg 1999, eq. 22).
 * @param wavelengths of the series that are seen
 * @param transmissionAt all where not given
 * @returns the fluxes of a series on those wavelengths: [band][phase], nJy
 */
export function photometer (wavelengths: Float64Array, redshift: number, passbands: readonly Passband[], transmissionAt?: Transmission): (flux: Float64Array) => Float64Array[] {
  const dimming = 10 ** (-0.4 * distanceModulus(redshift))
  const passing = (node: number): number => dimming * (transmissionAt?.(wavelengths[node]!, node) ?? 1)
  const sights = passbands.map(passband => {
    const sight = sightOf(passband.weightsOn(wavelengths, redshift), wavelengths)
    for (let k = 0; k < sight.weights.length; k++) sight.weights[k]! *= passing(sight.first + k)
    for (let k = 0; k < sight.leaks.length; k++) sight.leakWeights[k]! *= passing(sight.leaks[k]!)
    return sight
  })
  return flux => sights.map(sight => seen(sight, flux, wavelengths.length))
}

function seen ({ first, weights, leaks, leakWeights }: Sight, flux: Float64Array, stride: number): Float64Array {
  const phases = new Float64Array(flux.length / stride)
  for (let p = 0; p < phases.length; p++) {
    const start = p * stride
    let sum = 0
    for (let k = 0, at = start + first; k < weights.length; k++, at++) sum += weights[k]! * flux[at]!
    for (let k = 0; k < leaks.length; k++) sum += leakWeights[k]! * flux[start + leaks[k]!]!
    phases[p] = sum
  }
  return phases
}

/** The light curve that the bands see of a series at a redshift. */
export const bandCurves = (series: SpectralSeries, redshift: number, passbands: readonly Passband[], transmissionAt?: Transmission): BandCurves => ({
  times: series.phases.map(phase => phase * (1 + redshift)),
  flux: photometer(series.wavelengths, redshift, passbands, transmissionAt)(series.flux)
})

/**
 * The flux at a time [nJy]: 0 before the first time, the last value after the last one.
 * @param flux one band of `BandCurves`
 */
export function fluxAt (times: Float64Array, flux: Float64Array, time: number): number {
  if (!(time >= times[0]!)) return 0
  let [low, high] = [0, times.length - 1]
  if (time >= times[high]!) return flux[high]!
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (times[middle]! <= time) low = middle
    else high = middle
  }
  const part = (time - times[low]!) / (times[high]! - times[low]!)
  return flux[low]! * (1 - part) + flux[high]! * part
}
