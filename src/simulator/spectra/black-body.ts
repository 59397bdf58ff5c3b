/** Spectra of gas that radiates like a black body, with what metals and the ultraviolet lose of it. */
import type { Passband } from '../passbands/passband.ts'
import type { SpectralSeries } from './spectral-series.ts'

/** h c / k [Å K] (CODATA 2018) */
const SECOND_RADIATION_CONSTANT = 1.438776877e8
/** [Å s⁻¹] */
const SPEED_OF_LIGHT = 2.99792458e18
/** f_ν of 0 mag AB [erg s⁻¹ cm⁻² Hz⁻¹] (Oke & Gunn 1983). */
const AB_FLUX_DENSITY = 3.631e-20
/** Step of the nodes in the logarithm of the wavelength; a black body of 5000 K is linear between them to 0.5 % at 2000 Å. */
const NODE_STEP = 0.016
/** Below this wavelength the ultraviolet is suppressed [Å]. */
const ULTRAVIOLET = 3000
/** Blanketing does not grow bluewards of this distance from its onset [1000 Å]. */
const FULL_BLANKETING = 2.5

/**
 * B_λ without its constant factor (Planck 1901).
 * @param wavelength [Å]
 * @param temperature [K]
 * @returns [Å⁻⁵]
 */
export const planck = (wavelength: number, temperature: number): number =>
  wavelength ** -5 / Math.expm1(SECOND_RADIATION_CONSTANT / (wavelength * temperature))

/** f_λ of a magnitude [erg s⁻¹ cm⁻² Å⁻¹]. */
export const abFluxDensity = (magnitude: number, wavelength: number): number =>
  10 ** (-0.4 * magnitude) * AB_FLUX_DENSITY * SPEED_OF_LIGHT / wavelength ** 2

/** Lines of metals that blend in the blue, where the gas is cool enough to have them. */
export interface Blanketing {
  /** Loss for each 1000 Å bluewards of `onset` [mag]; it stays the same from 2500 Å on. */
  strength: number
  /** [Å] */
  onset: number
  /** From this temperature on only the `least` share is left; the whole is there 3500 K below [K]. */
  hottest: number
  least: number
}

/** Gas that cools or heats up. */
export interface Photosphere {
  /** Rest-frame time from the peak [d], ascending; the light is linear in between. */
  phases: Float64Array
  /** f_λ at `reference` with all losses in it, in any unit. */
  brightness: (phase: number) => number
  /** [K] */
  temperature: (phase: number) => number
  /** Rest wavelength [Å]. */
  reference: number
  /** Exponent of (λ / 3000 Å) that is multiplied on below 3000 Å; 0 where not given. */
  ultraviolet?: number
  blanketing?: Blanketing
}

/** A photosphere whose `brightness` is a share of that of its peak. */
export interface ThermalLight extends Photosphere {
  /** At `reference`, at 10 pc [mag, AB]. */
  peakMagnitude: number
}

/** Rest wavelengths that the bands see of an object, at equal steps of their logarithm [Å]. */
export function nodesFor (passbands: readonly Passband[], redshift: number): Float64Array {
  const low = Math.log(Math.min(...passbands.map(({ wavelengths }) => wavelengths[0]!)) / (1 + redshift)) - NODE_STEP
  const high = Math.log(Math.max(...passbands.map(({ wavelengths }) => wavelengths.at(-1)!)) / (1 + redshift)) + NODE_STEP
  const steps = Math.ceil((high - low) / NODE_STEP)
  return Float64Array.from({ length: steps + 1 }, (_, k) => Math.exp(low + (high - low) * k / steps))
}

/** Loss by blanketing at full strength [mag]. */
const blanketed = ({ strength, onset }: Blanketing, wavelength: number): number =>
  strength * Math.min(FULL_BLANKETING, Math.max(0, (onset - wavelength) / 1000))

const coolness = ({ hottest, least }: Blanketing, temperature: number): number =>
  Math.min(1, Math.max(least, (hottest - temperature) / 3500))

const suppression = (exponent: number, wavelength: number): number => Math.min(1, wavelength / ULTRAVIOLET) ** exponent

/** Spectra at rest wavelengths [Å], ascending, in the unit of `brightness`. */
export function blackBodySeries ({ phases, brightness, temperature, reference, ultraviolet = 0, blanketing }: Photosphere, wavelengths: Float64Array): SpectralSeries {
  const passing = wavelengths.map(wavelength => suppression(ultraviolet, wavelength) * wavelength ** -5)
  const losses = wavelengths.map(wavelength => blanketing ? 0.4 * Math.LN10 * blanketed(blanketing, wavelength) : 0)
  const atReference = blanketing ? 0.4 * Math.LN10 * blanketed(blanketing, reference) : 0
  const flux = new Float64Array(phases.length * wavelengths.length)
  for (let p = 0; p < phases.length; p++) {
    const kelvin = temperature(phases[p]!)
    const cool = blanketing ? coolness(blanketing, kelvin) : 0
    const scale = brightness(phases[p]!) / (suppression(ultraviolet, reference) * planck(reference, kelvin) * Math.exp(-cool * atReference))
    const start = p * wavelengths.length
    for (let k = 0; k < wavelengths.length; k++) {
      const loss = losses[k]! * cool
      flux[start + k] = scale * passing[k]! * (loss === 0 ? 1 : Math.exp(-loss)) / (Math.exp(SECOND_RADIATION_CONSTANT / (wavelengths[k]! * kelvin)) - 1)
    }
  }
  return { phases, wavelengths, flux }
}

/** The spectra of a light at rest wavelengths [Å], ascending, at 10 pc. */
export function thermalSeries (light: ThermalLight, wavelengths: Float64Array): SpectralSeries {
  const peak = abFluxDensity(light.peakMagnitude, light.reference)
  return blackBodySeries({ ...light, brightness: phase => peak * light.brightness(phase) }, wavelengths)
}
