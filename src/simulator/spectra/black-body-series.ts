/** Spectra of a photosphere: black bodies whose temperature and brightness change, with lines that absorb in the blue. */
import type { SpectralSeries } from './spectral-series.ts'

/** h c / k [Å K] (CODATA 2018) */
const SECOND_RADIATION_CONSTANT = 1.438776877e8
const MAGNITUDE = -0.4 * Math.LN10
/** Where the brightness is told [Å]. */
const REFERENCE = 6200
const WAVELENGTHS = Float64Array.from({ length: 106 }, (_, k) => 1150 + 100 * k)

/** Of Planck's law at each of them: the power of the wavelength, and the exponent times the temperature. */
const POWERS = WAVELENGTHS.map(wavelength => (1e4 / wavelength) ** 5)
const EXPONENTS = WAVELENGTHS.map(wavelength => SECOND_RADIATION_CONSTANT / wavelength)

/** B_λ of Planck's law but for a constant factor; `temperature` [K], `wavelength` [Å]. */
export const planck = (wavelength: number, temperature: number): number =>
  (1e4 / wavelength) ** 5 / Math.expm1(SECOND_RADIATION_CONSTANT / (wavelength * temperature))

export interface Photosphere {
  /** At a rest phase [d]. */
  temperature: (phase: number) => number
  /** f_λ at 6200 Å, in any unit. */
  brightness: (phase: number) => number
  /** [mag] at a wavelength [Å] and a temperature [K]; that at 6200 Å is in `brightness`. */
  blanketing: (wavelength: number, temperature: number) => number
}

/** From 1150 to 11650 Å in steps of 100 Å. */
export function blackBodySeries (phases: Float64Array, { temperature, brightness, blanketing }: Photosphere): SpectralSeries {
  const nodes = WAVELENGTHS.length
  const flux = new Float64Array(phases.length * nodes)
  phases.forEach((phase, p) => {
    const kelvin = temperature(phase)
    const scale = brightness(phase) / planck(REFERENCE, kelvin)
    const seen = blanketing(REFERENCE, kelvin)
    for (let k = 0; k < nodes; k++) {
      const lost = blanketing(WAVELENGTHS[k]!, kelvin) - seen
      flux[p * nodes + k] = scale * POWERS[k]! / (Math.exp(EXPONENTS[k]! / kelvin) - 1) * (lost === 0 ? 1 : Math.exp(MAGNITUDE * lost))
    }
  })
  return { phases, wavelengths: WAVELENGTHS, flux }
}

/**
 * Line blanketing by iron-group elements in cool photospheres, by a law of our own: it grows from a wavelength
 * bluewards, and with falling temperature.
 * @param from wavelength where it begins [Å]
 * @param strength [mag] for 1000 Å, where it is full
 * @param cool temperatures between which it grows from `least` of itself to all [K]
 */
export const lineBlanketing = (from: number, strength: number, cool: readonly [number, number], least: number): Photosphere['blanketing'] =>
  (wavelength, temperature) => strength * Math.min(2.5, Math.max(0, (from - wavelength) / 1000)) *
    Math.min(1, Math.max(least, (cool[1] - temperature) / (cool[1] - cool[0])))
