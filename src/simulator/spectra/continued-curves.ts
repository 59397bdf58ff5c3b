/** Band fluxes of a series at any time: smooth between its phases, continued before the first and after the last one. */
import type { Passband } from '../passbands/passband.ts'
import { bandCurves, type BandCurves, type SpectralSeries } from './spectral-series.ts'
import type { Passing } from './passing.ts'

/** What a series does not hold. */
export interface Ends {
  /** Rest-frame time from the explosion to the first phase [d]; the flux grows with its square, as of a ball that expands (Riess et al. 1999, arXiv:astro-ph/9907037). */
  rise: number
  /** [mag d⁻¹] at a rest wavelength [Å] after the last phase, in the rest frame. */
  decline: (wavelength: number) => number
}

/** Rest wavelengths [Å], and what a Type Ia supernova declines by there from about 50 days on [mag d⁻¹]. */
const RADIOACTIVE: ReadonlyArray<readonly [number, number]> = [[3600, 0.018], [4400, 0.0155], [5500, 0.024], [6500, 0.030], [8000, 0.036], [9500, 0.040]]

/** The decline of Type Ia supernovae from 50 to 100 days, linear between the wavelengths of its table: round numbers of our own, no fit. */
export function declineOfIa (wavelength: number): number {
  const right = RADIOACTIVE.findIndex(([node]) => node >= wavelength)
  if (right <= 0) return (right < 0 ? RADIOACTIVE.at(-1)! : RADIOACTIVE[0]!)[1]
  const [[low, slow], [high, fast]] = [RADIOACTIVE[right - 1]!, RADIOACTIVE[right]!]
  return slow + (fast - slow) * (wavelength - low) / (high - low)
}

export class ContinuedCurves {
  /** Observer's time of the phases [d], from phase 0. */
  readonly times: Float64Array
  /** When the first light comes. */
  readonly start: number
  readonly #flux: Float64Array[]
  readonly #slopes: Float64Array[]
  /** [mag d⁻¹] by band, in the observer's time. */
  readonly #declines: Float64Array

  constructor ({ times, flux }: BandCurves, passbands: readonly Passband[], redshift: number, { rise, decline }: Ends) {
    this.times = times
    this.start = times[0]! - rise * (1 + redshift)
    this.#flux = flux
    this.#slopes = flux.map(values => slopesOf(times, values))
    this.#declines = Float64Array.from(passbands, passband => decline(passband.effectiveWavelength / (1 + redshift)) / (1 + redshift))
  }

  static of (series: SpectralSeries, redshift: number, passbands: readonly Passband[], ends: Ends, passing?: Passing): ContinuedCurves {
    return new ContinuedCurves(bandCurves(series, redshift, passbands, passing), passbands, redshift, ends)
  }

  /** [nJy]; a cubic Hermite curve between the phases, never below 0. */
  at (band: number, time: number): number {
    const { times } = this
    const flux = this.#flux[band]!
    let [low, high] = [0, times.length - 1]
    if (time < times[0]!) return time <= this.start ? 0 : Math.max(0, flux[0]!) * ((time - this.start) / (times[0]! - this.start)) ** 2
    if (time >= times[high]!) return Math.max(0, flux[high]!) * 10 ** (-0.4 * this.#declines[band]! * (time - times[high]!))
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (times[middle]! <= time) low = middle
      else high = middle
    }
    const slopes = this.#slopes[band]!
    const step = times[high]! - times[low]!
    const u = (time - times[low]!) / step
    const v = 1 - u
    return Math.max(0, v * v * (flux[low]! * (1 + 2 * u) + step * u * slopes[low]!) + u * u * (flux[high]! * (1 + 2 * v) - step * v * slopes[high]!))
  }

  /** When the last band has fallen to a flux [nJy]; the last phase where all are fainter there. */
  end (faintest: number): number {
    const last = this.times.at(-1)!
    return this.#flux.reduce((end, flux, band) => flux.at(-1)! > faintest
      ? Math.max(end, last + 2.5 * Math.log10(flux.at(-1)! / faintest) / this.#declines[band]!)
      : end, last)
  }
}

/** Slopes of the parabola through each point and its neighbours. */
function slopesOf (times: Float64Array, values: Float64Array): Float64Array {
  const last = times.length - 1
  return values.map((value, k) => {
    const left = k > 0 ? (value - values[k - 1]!) / (times[k]! - times[k - 1]!) : 0
    const right = k < last ? (values[k + 1]! - value) / (times[k + 1]! - times[k]!) : 0
    if (k === 0 || k === last) return k === 0 ? right : left
    const [before, after] = [times[k]! - times[k - 1]!, times[k + 1]! - times[k]!]
    return (left * after + right * before) / (before + after)
  })
}
