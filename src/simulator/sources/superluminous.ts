/**
 * Hydrogen-poor superluminous supernovae: a hot photosphere that cools, with less ultraviolet than a black body.
 * Magnitudes: De Cia et al. 2018 (ApJ 860, 100), Lunnan et al. 2018 (ApJ 852, 81); rises and falls: Nicholl et al. 2015
 * (MNRAS 452, 3869), Chen et al. 2023 (ApJ 943, 41); bumps: Nicholl & Smartt 2016 (MNRAS 457, L79), Hosseinzadeh et al.
 * 2022 (ApJ 933, 14); ultraviolet: Yan et al. 2017 (ApJ 840, 57).
 */
import { chance, exponential, logNormal, truncatedGaussian, uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { ThermalLight } from '../spectra/black-body.ts'
import { bumpAt, phaseGrid, smoothLarger, softened, type Bump } from './light-shapes.ts'
import type { SourceModelMaker } from './source.ts'
import { thermalTransient } from './thermal-transient.ts'

/** Rest wavelength of the absolute magnitude [Å]. */
export const SUPERLUMINOUS_REFERENCE = 4500
const HOTTEST = 25_000

export interface SuperluminousParameters {
  /** At 4500 Å [mag, AB]. */
  magnitude: number
  /** From about 1/e of the peak to the peak [d]. */
  rise: number
  /** A Gaussian in time; a power of the time since the explosion otherwise, of `risePower`. */
  isGaussianRise: boolean
  risePower: number
  /** To half of the peak for a fall by power, to 1/e for an exponential [d]. */
  fall: number
  /** Of the fall 1/(1+(t/fall)^power); exponential where null. */
  fallPower: number | null
  /** T = temperature · exp(−(t + 0.3 rise)/cooling) [K], [d], down to `floor` [K]. */
  temperature: number
  cooling: number
  floor: number
  ultraviolet: number
  blanketing: number
  /** Before the peak a part of the peak; after it a part of the light of that moment. */
  bump: Bump | null
}

export function drawSuperluminous (random: Random): SuperluminousParameters {
  const rise = Math.min(80, Math.max(12, logNormal(random, 28, 0.4)))
  const fall = rise * uniform(random, 0.9, 2.6)
  return {
    magnitude: truncatedGaussian(random, -21.3, 0.75, -23, -19.6),
    rise,
    isGaussianRise: chance(random, 0.5),
    risePower: uniform(random, 1.5, 2.5),
    fall,
    fallPower: chance(random, 0.6) ? uniform(random, 1.3, 2) : null,
    // the hotter half of either range is commoner: ZTF's have a median g − r of −0.11 at the peak and 0.13 after 30 days
    // (test/simulator/second-source/thermal-medians.py)
    temperature: Math.max(uniform(random, 9000, 20_000), uniform(random, 9000, 20_000)),
    // those that fade slowly cool slowly: otherwise their red bands would peak weeks after the blue ones
    cooling: Math.min(120, Math.max(30, fall * uniform(random, 0.9, 2.2))),
    floor: Math.max(uniform(random, 4500, 8000), uniform(random, 4500, 8000)),
    ultraviolet: uniform(random, 0.5, 2.5),
    blanketing: uniform(random, 0, 0.7),
    bump: chance(random, 0.25) ? drawBump(random, rise, fall) : null
  }
}

/** A precursor, or a bump of the fall that leaves the peak where it is. */
function drawBump (random: Random, rise: number, fall: number): Bump {
  if (chance(random, 0.3)) return { centre: -rise * uniform(random, 1.8, 2.6), width: uniform(random, 3, 7), amplitude: uniform(random, 0.05, 0.25) }
  const centre = fall * uniform(random, 1, 3)
  return { centre, width: Math.min(uniform(random, 4, 15), centre / 3.5), amplitude: uniform(random, 0.1, 0.4) }
}

export function superluminousLight (parameters: SuperluminousParameters): ThermalLight {
  const { rise, fall, fallPower, bump } = parameters
  const sigma = rise / 1.5
  const explosion = -rise / (1 - 1 / Math.E) ** (1 / parameters.risePower)
  const rising = (phase: number): number => parameters.isGaussianRise
    ? Math.exp(-0.5 * (phase / sigma) ** 2)
    : phase > explosion ? 1 - (phase / explosion) ** parameters.risePower : 0
  const falling = (phase: number): number => fallPower === null
    ? Math.exp(-softened(phase, 0.4 * rise) / fall)
    : 1 / (1 + (phase / fall) ** fallPower)
  const isPrecursor = bump !== null && bump.centre < 0
  const start = Math.min(parameters.isGaussianRise ? -4 * sigma : explosion, isPrecursor ? bump.centre - 3 * bump.width : 0)
  return {
    phases: phaseGrid(start, fallPower === null ? 9 * fall : 40 * fall, fall, bump ? [bump] : []),
    brightness: phase => phase < 0
      ? Math.max(rising(phase), isPrecursor ? bumpAt(bump, phase) : 0)
      : falling(phase) * (1 + (bump && !isPrecursor ? bumpAt(bump, phase) : 0)),
    temperature: phase => Math.min(HOTTEST, smoothLarger(parameters.floor, parameters.temperature * Math.exp(-(phase + 0.3 * rise) / parameters.cooling))),
    peakMagnitude: parameters.magnitude,
    reference: SUPERLUMINOUS_REFERENCE,
    ultraviolet: parameters.ultraviolet,
    blanketing: { strength: parameters.blanketing, onset: 4700, hottest: 9000, least: 0.1 }
  }
}

/** Draws hydrogen-poor superluminous supernovae; no file is read. */
export const superluminousModel: SourceModelMaker = async () => ({
  draw (random, circumstances) {
    const parameters = drawSuperluminous(random)
    const hostEbv = chance(random, 0.5) ? exponential(random, 0.05) : 0
    return thermalTransient('SLSN', 'SLSN-I', superluminousLight(parameters), hostEbv, {
      abs_mag: parameters.magnitude,
      rise: parameters.rise,
      fall: parameters.fall,
      temperature: parameters.temperature,
      cooling: parameters.cooling,
      blanketing: parameters.blanketing,
      uv_index: parameters.ultraviolet,
      bump: parameters.bump?.amplitude ?? 0
    }, circumstances)
  }
})
