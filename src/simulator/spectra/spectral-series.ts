/** A spectrum that changes with time, and the light curve that a survey's bands see of it. */
import { distanceModulus } from '../cosmology/cosmology.ts'
import type { Passband } from '../passbands/passband.ts'

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

/**
 * Synthetic photometry: f_ν of a counted photon's mean at each phase, redshifted, at the luminosity distance
 * (Hogg 1999, eq. 22).
 * @param transmissionAt what passes at a rest wavelength [Å], as dust in the host lets it; all where not given
 */
export function bandCurves (series: SpectralSeries, redshift: number, passbands: readonly Passband[], transmissionAt?: (wavelength: number) => number): BandCurves {
  const { phases, wavelengths, flux } = series
  const dimming = 10 ** (-0.4 * distanceModulus(redshift))
  const passing = transmissionAt && wavelengths.map(transmissionAt)
  return {
    times: phases.map(phase => phase * (1 + redshift)),
    flux: passbands.map(passband => {
      const { first, weights } = passband.weightsOn(wavelengths, redshift)
      for (let k = 0; k < weights.length; k++) weights[k]! *= dimming * (passing?.[first + k] ?? 1)
      return Float64Array.from(phases, (_, p) => {
        const start = p * wavelengths.length + first
        let sum = 0
        for (let k = 0; k < weights.length; k++) sum += weights[k]! * flux[start + k]!
        return sum
      })
    })
  }
}

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
