/** Active galactic nuclei, whose brightness walks at random (MacLeod et al. 2010, ApJ 721, 1014). */
import type { Passband } from '../passbands/passband.ts'
import { distanceModulus } from '../cosmology/cosmology.ts'
import { gaussian, integer, logNormal, truncatedGaussian, uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import { intergalacticTransmission, nuclearSpectrum } from '../spectra/nuclear-spectrum.ts'
import { bandCurves } from '../spectra/spectral-series.ts'
import { DampedRandomWalks } from './damped-random-walk.ts'
import type { SourceModelMaker } from './source.ts'
import { redshiftOf } from './thermal-transient.ts'

/** Mean wavelengths of the bands that magnitudes are drawn in, or made of [Å]. */
const R_BAND = 6200
/** Steps of the spectrum [Å]: narrower than its lines. */
const STEP = 5
/** Longest structure function of one band [mag]. */
const MOST_VARIABLE = 0.9
/** M_i(z = 2) from which on a nucleus is called a quasar: M_i = −22 (Schneider et al. 2010, AJ 139, 2360), K-corrected to z = 0. */
const QUASAR = -22.6
/** log10(mass of the black hole / solar mass) */
const MASSES = [7, 9.3] as const
/** The formulas of variability were fitted to brighter nuclei; fainter ones vary as this one [mag]. */
const FAINTEST_FITTED = -20

export interface NucleusParameters {
  /** Mean magnitude in the band next to r [mag, AB]. */
  magnitude: number
  /** α of f_ν ∝ ν^α. */
  slope: number
  lineStrength: number
  /** Absolute magnitude in i, K-corrected to z = 2 [mag]. */
  iMagnitude: number
  /** log10 of the black hole's mass in solar masses. */
  mass: number
  /** What log10 of the damping time and of the structure function have beside their formulas. */
  timeScatter: number
  amplitudeScatter: number
}

/** M_i(z = 2) of an apparent magnitude near r, for a power law (Richards et al. 2006, AJ 131, 2766, eq. 1). */
export const quasarMagnitude = (magnitude: number, slope: number, redshift: number): number =>
  magnitude + 2.5 * slope * Math.log10(7500 / R_BAND) - distanceModulus(redshift) + 2.5 * (1 + slope) * Math.log10((1 + redshift) / 3)

/**
 * @param depth median 5σ depth of one visit in r [mag]: a shallow survey's nuclei are the bright ones
 */
export function drawNucleus (random: Random, redshift: number, depth: number): NucleusParameters {
  const magnitude = uniform(random, 15.5 + 0.4 * (depth - 20.6), depth - 1)
  const slope = truncatedGaussian(random, -0.4, 0.35, -1.8, 0.6)
  const iMagnitude = quasarMagnitude(magnitude, slope, redshift)
  return {
    magnitude,
    slope,
    lineStrength: logNormal(random, 1, 0.3),
    iMagnitude,
    // MacLeod et al. 2010, eq. 11
    mass: truncatedGaussian(random, 2 - 0.27 * iMagnitude, Math.max(0.2, 0.58 + 0.011 * iMagnitude), ...MASSES),
    timeScatter: gaussian(random, 0, 0.25),
    amplitudeScatter: gaussian(random, 0, 0.15)
  }
}

/**
 * Rest-frame damping time [d] and structure function of long times [mag] at a rest wavelength [Å] (MacLeod et al. 2010,
 * eq. 7 and table 1).
 */
export function variability (parameters: NucleusParameters, wavelength: number): { time: number, structure: number } {
  const { iMagnitude, mass, timeScatter, amplitudeScatter } = parameters
  const colour = Math.log10(wavelength / 4000)
  const luminosity = Math.min(iMagnitude, FAINTEST_FITTED) + 23
  return {
    time: 10 ** (2.4 + 0.17 * colour + 0.03 * luminosity + 0.21 * (mass - 9) + timeScatter),
    structure: Math.min(MOST_VARIABLE, 10 ** (-0.51 - 0.479 * colour + 0.131 * luminosity + 0.18 * (mass - 9) + amplitudeScatter))
  }
}

/** The band next to r. */
const referenceBand = (passbands: readonly Passband[]): number => passbands.reduce((best, { effectiveWavelength }, k) =>
  Math.abs(effectiveWavelength - R_BAND) < Math.abs(passbands[best]!.effectiveWavelength - R_BAND) ? k : best, 0)

/** Mean fluxes in all bands [nJy]. */
export function meanFluxes ({ magnitude, slope, lineStrength }: NucleusParameters, redshift: number, passbands: readonly Passband[]): number[] {
  const low = Math.min(...passbands.map(({ wavelengths }) => wavelengths[0]!)) / (1 + redshift) - STEP
  const high = Math.max(...passbands.map(({ wavelengths }) => wavelengths.at(-1)!)) / (1 + redshift) + STEP
  const wavelengths = Float64Array.from({ length: Math.ceil((high - low) / STEP) + 1 }, (_, k) => low + k * STEP)
  const flux = wavelengths.map(wavelength => nuclearSpectrum(wavelength, slope, lineStrength) * intergalacticTransmission(wavelength, redshift))
  const relative = bandCurves({ phases: Float64Array.of(0), wavelengths, flux }, redshift, passbands).flux.map(([first]) => first!)
  const scale = 10 ** (0.4 * (31.4 - magnitude)) / relative[referenceBand(passbands)]!
  return relative.map(value => scale * value)
}

/** Draws nuclei; no file is read. Their fluxes are the nucleus's alone: light of the host galaxy is not in them. */
export const activeNucleusModel: SourceModelMaker = async () => ({
  draw (random, circumstances) {
    const { passbands, depth, peakMjd } = circumstances
    const redshift = redshiftOf(circumstances, 'AGN')
    const parameters = drawNucleus(random, redshift, depth[referenceBand(passbands)]!)
    const means = meanFluxes(parameters, redshift, passbands)
    const bands = passbands.map(({ effectiveWavelength }) => variability(parameters, effectiveWavelength / (1 + redshift)))
    const walks = new DampedRandomWalks(integer(random, 0, 2 ** 48), peakMjd, bands.map(({ time }) => time * (1 + redshift)))
    // the structure function of long times is √2 standard deviations (MacLeod et al. 2010, section 2)
    const sigmas = bands.map(({ structure }) => structure / Math.SQRT2)
    const blue = variability(parameters, 4000)
    return {
      subtype: parameters.iMagnitude < QUASAR ? 'QSO' : 'Seyfert',
      persistent: true,
      peakMjd: null,
      from: -Infinity,
      until: Infinity,
      fluxes: ({ mjd, band }) => Float64Array.from(mjd, (time, k) => means[band[k]!]! * 10 ** (-0.4 * sigmas[band[k]!]! * walks.at(band[k]!, time))),
      hostEbv: 0,
      parameters: {
        mean_mag: parameters.magnitude,
        slope: parameters.slope,
        line_scale: parameters.lineStrength,
        abs_mag_i: parameters.iMagnitude,
        log_mass: parameters.mass,
        tau_4000: blue.time,
        sf_4000: blue.structure
      }
    }
  }
})
