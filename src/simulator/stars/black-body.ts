/** Black bodies, where nothing better is known of a spectrum. */

/** h c / k [Å K] */
const SECOND_RADIATION_CONSTANT = 1.438777e8

/**
 * B_ν at one wavelength over B_ν at another (Planck's law): the ratio of AB fluxes.
 * @param wavelength [Å]
 * @param reference [Å]
 * @param temperature [K]
 */
export const blackBodyRatio = (wavelength: number, reference: number, temperature: number): number =>
  (reference / wavelength) ** 3 *
  Math.expm1(SECOND_RADIATION_CONSTANT / (reference * temperature)) / Math.expm1(SECOND_RADIATION_CONSTANT / (wavelength * temperature))
