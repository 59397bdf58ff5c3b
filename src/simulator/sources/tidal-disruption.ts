/**
 * Tidal disruptions of stars by black holes in galaxies' centres: a hot black body whose temperature hardly changes.
 * Shapes and temperatures: van Velzen et al. 2021 (ApJ 908, 4), Hammerstein et al. 2023 (ApJ 942, 9); magnitudes: Yao et
 * al. 2023 (ApJ 955, L6); late plateaux: Mummery et al. 2024 (MNRAS 527, 2452).
 */
import { chance, exponential, gaussian, logNormal, logUniform, truncatedGaussian, uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { ThermalLight } from '../spectra/black-body.ts'
import { bumpAt, phaseGrid, smoothLarger, softened, type Bump } from './light-shapes.ts'
import type { SourceModelMaker } from './source.ts'
import { thermalTransient } from './thermal-transient.ts'

/** Rest wavelength of the absolute magnitude [Å]. */
export const DISRUPTION_REFERENCE = 4700
/** Rest-frame days from the peak after which the light is taken as gone: beyond any survey. */
const END = 4000
/** In which the late floor fades by half [d]. */
const FLOOR_FADES = 1500

export interface DisruptionParameters {
  /** At 4700 Å [mag, AB]. */
  magnitude: number
  /** Of the Gaussian rise [d]. */
  riseSigma: number
  /** e-folding time of an exponential fall, t0 of a power law [d]. */
  fall: number
  /** Of ((t + t0)/t0)^−power; exponential where null. */
  fallPower: number | null
  /** At the peak [K]. */
  temperature: number
  /** Of ln T [d⁻¹]. */
  drift: number
  /** Late floor as a share of the peak. */
  floor: number
  rebrightening: Bump | null
}

export function drawDisruption (random: Random): DisruptionParameters {
  const isExponential = chance(random, 0.45)
  // the slower half of either range is commoner: ZTF's take 52 days to fade to half, in the median
  // (test/simulator/second-source/thermal-medians.py)
  const fall = Math.max(logUniform(random, 15, 150), logUniform(random, 15, 150))
  return {
    magnitude: truncatedGaussian(random, -19.6, 1.1, -22.8, -16.5),
    riseSigma: Math.max(logUniform(random, 4, 30), logUniform(random, 4, 30)),
    fall,
    fallPower: isExponential ? null : uniform(random, 1, 3),
    temperature: Math.min(50_000, Math.max(9000, logNormal(random, 19_000, 0.35))),
    drift: gaussian(random, 0, 0.0018),
    floor: chance(random, 0.35) ? uniform(random, 0.03, 0.25) : 0,
    rebrightening: chance(random, 0.15) ? drawRebrightening(random, fall) : null
  }
}

/** Late enough to stay below the peak. */
function drawRebrightening (random: Random, fall: number): Bump {
  const centre = fall * uniform(random, 1.5, 6)
  return { centre, width: centre * uniform(random, 0.08, 0.25), amplitude: uniform(random, 0.1, 0.6) }
}

export function disruptionLight (parameters: DisruptionParameters): ThermalLight {
  const { riseSigma, fall, fallPower, floor, rebrightening } = parameters
  const falling = (phase: number): number => {
    const time = softened(phase, 0.5 * riseSigma) / fall
    return fallPower === null ? Math.exp(-time) : (1 + time) ** -fallPower
  }
  const later = (phase: number): number => floor / (1 + (phase / FLOOR_FADES) ** 2)
  return {
    phases: phaseGrid(-4 * riseSigma, END, Math.min(fall, 60, 2 * riseSigma), rebrightening ? [rebrightening] : []),
    brightness: phase => phase < 0
      ? Math.exp(-0.5 * (phase / riseSigma) ** 2)
      : smoothLarger(falling(phase), later(phase)) + (rebrightening ? bumpAt(rebrightening, phase) : 0),
    temperature: phase => Math.min(60_000, Math.max(8000, parameters.temperature * Math.exp(parameters.drift * Math.min(phase, 400)))),
    peakMagnitude: parameters.magnitude,
    reference: DISRUPTION_REFERENCE
  }
}

/** Draws tidal disruptions; no file is read. */
export const tidalDisruptionModel: SourceModelMaker = async () => ({
  draw (random, circumstances) {
    const parameters = drawDisruption(random)
    const hostEbv = chance(random, 0.6) ? exponential(random, 0.06) : 0
    return thermalTransient('TDE', 'TDE', disruptionLight(parameters), hostEbv, {
      abs_mag: parameters.magnitude,
      rise_sigma: parameters.riseSigma,
      fall: parameters.fall,
      fall_power: parameters.fallPower ?? 0,
      temperature: parameters.temperature,
      temp_drift: parameters.drift,
      floor: parameters.floor,
      rebright: parameters.rebrightening?.amplitude ?? 0
    }, circumstances)
  }
})
