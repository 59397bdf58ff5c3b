/**
 * Outbursts that are over in days or weeks: kilonovae (Villar et al. 2017, ApJ 851, L21; Kasliwal et al. 2017, Science
 * 358, 1559), fast blue optical transients (Drout et al. 2014, ApJ 794, 23; Pursiainen et al. 2018, MNRAS 481, 894; Ho et
 * al. 2023, ApJ 949, 120) and calcium-rich transients (Kasliwal et al. 2012, ApJ 755, 161; De et al. 2020, ApJ 905, 58).
 */
import { chance, exponential, gaussian, uniform, weightedOneOf } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { Blanketing, ThermalLight } from '../spectra/black-body.ts'
import { phaseGrid, smoothLarger, softened } from './light-shapes.ts'
import type { SourceModelMaker } from './source.ts'
import { thermalTransient } from './thermal-transient.ts'

/** Rest wavelength of the absolute magnitude, near the middle of r [Å]. */
export const FAST_REFERENCE = 6200
/** How far the light is followed after the peak [mag]. */
const DEPTH_OF_FALL = 10
const HOTTEST = 30_000
/** A kilonova's temperature is given at this time after the merger [d], and does not fall below the recombination of lanthanides [K]. */
const KILONOVA_CLOCK = 0.5
const KILONOVA_FLOOR = 2800

export type FastKind = 'KN' | 'FBOT' | 'Ca-rich'

const SHARES: Readonly<Record<FastKind, number>> = { KN: 0.4, FBOT: 0.36, 'Ca-rich': 0.24 }
const KINDS = Object.keys(SHARES) as FastKind[]

export interface FastParameters {
  kind: FastKind
  /** At 6200 Å [mag, AB]. */
  magnitude: number
  /** From the merger to the peak for a kilonova; from half of the peak to the peak for others [d]. */
  rise: number
  /** At 6200 Å [mag d⁻¹]. */
  decline: number
  /** Half a day after the merger for a kilonova; at the peak for others [K]. */
  temperature: number
  /** e-folding time of the cooling after the peak [d], down to `floor` [K]; a kilonova cools by its own law. */
  cooling: number
  floor: number
  /** Of metals [mag per 1000 Å]. */
  blanketing: number
}

const kinds: Readonly<Record<FastKind, (random: Random) => Omit<FastParameters, 'kind'>>> = {
  KN: random => ({
    magnitude: gaussian(random, -15.7, 0.8),
    rise: uniform(random, 0.3, 1.2),
    decline: uniform(random, 0.35, 1.2),
    temperature: uniform(random, 8000, 20_000),
    cooling: Infinity,
    floor: KILONOVA_FLOOR,
    blanketing: 0
  }),
  FBOT: random => ({
    magnitude: gaussian(random, -18, 1.2),
    rise: uniform(random, 0.8, 4),
    decline: uniform(random, 0.12, 0.4),
    temperature: uniform(random, 12_000, 25_000),
    cooling: uniform(random, 15, 60),
    floor: 7000,
    blanketing: 0
  }),
  'Ca-rich': random => ({
    magnitude: gaussian(random, -16, 0.5),
    rise: uniform(random, 5, 10),
    decline: uniform(random, 0.07, 0.14),
    temperature: uniform(random, 4000, 8000),
    cooling: uniform(random, 30, 80),
    floor: 3800,
    blanketing: uniform(random, 0.2, 0.8)
  })
}

export function drawFast (random: Random): FastParameters {
  const kind = weightedOneOf(random, KINDS, kind => SHARES[kind])
  return { kind, ...kinds[kind](random) }
}

export function fastLight (parameters: FastParameters): ThermalLight {
  const { kind, rise, decline, temperature, cooling, floor } = parameters
  const isKilonova = kind === 'KN'
  const rising = (phase: number): number => isKilonova
    ? Math.max(0, 1 - (phase / rise) ** 2)
    : Math.exp(-Math.LN2 * (phase / rise) ** 2)
  const blanketing: Blanketing = { strength: parameters.blanketing, onset: 4700, hottest: 9000, least: 0.1 }
  return {
    phases: phaseGrid(isKilonova ? -rise : -3.5 * rise, (DEPTH_OF_FALL + 1) / decline, 1 / decline),
    brightness: phase => phase < 0 ? rising(phase) : 10 ** (-0.4 * decline * softened(phase, 0.3 * rise)),
    temperature: phase => Math.min(HOTTEST, smoothLarger(floor, isKilonova
      ? temperature * (Math.max(1e-3, phase + rise) / KILONOVA_CLOCK) ** -0.5
      : phase < 0 ? temperature : temperature * Math.exp(-softened(phase, 0.5 * rise) / cooling))),
    peakMagnitude: parameters.magnitude,
    reference: FAST_REFERENCE,
    ...parameters.blanketing > 0 && { blanketing }
  }
}

/** Kilonovae and calcium-rich transients lie far from the dust of their hosts. */
const hostDust = (random: Random, kind: FastKind): number => kind === 'FBOT'
  ? chance(random, 0.5) ? exponential(random, 0.08) : 0
  : chance(random, 0.3) ? exponential(random, 0.03) : 0

/** Draws kilonovae, fast blue optical transients and calcium-rich transients; no file is read. */
export const fastModel: SourceModelMaker = async () => ({
  draw (random, circumstances) {
    const parameters = drawFast(random)
    return thermalTransient('fast', parameters.kind, fastLight(parameters), hostDust(random, parameters.kind), {
      abs_mag: parameters.magnitude,
      rise: parameters.rise,
      decline: parameters.decline,
      temperature: parameters.temperature,
      blanketing: parameters.blanketing
    }, circumstances)
  }
})
