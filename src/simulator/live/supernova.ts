/** One simulated supernova: drawn from the population, with u and y extrapolated, and its flux at any time. */
import { BANDS, type Band } from '../../alert/alert.ts'
import { bazinFlux, parametersOf, type BazinParameters, type BazinShape } from '../spcc/bazin.ts'
import { lnDensity, draw, type Gaussian } from '../spcc/mixture.ts'
import { gaussianOf, supernovaOf, type PopulationGroup, type SupernovaClass } from '../spcc/population.ts'
import type { Random } from '../random.ts'

export interface Supernova {
  class: SupernovaClass
  redshift: number
  /** Bands that are not here stay dark. Peak times are relative to the peak in r [d], fluxes in nJy. */
  shapes: Partial<Record<Band, BazinShape>>
}

/** Draws supernovae of a population. */
export type SupernovaSource = (random: Random) => Supernova

/** Effective wavelengths of LSST's bands [nm] (Ivezić et al. 2019, fig. 4). */
const WAVELENGTH: Readonly<Record<Band, number>> = { u: 367, g: 483, r: 622, i: 755, z: 869, y: 971 }
/** A draw this unlikely within its own group (in units of the spread of ln density, beyond its mean) is drawn again. */
const TAIL = 3

/** Nothing outside of what light curves of supernovae show. */
const plausible = ({ redshift, shapes }: Supernova): boolean =>
  redshift > 0.01 && redshift < 1.5 && Object.values(shapes).every(({ peakFlux, peakTime, rise, fall }) =>
    Number.isFinite(peakFlux) && Math.abs(peakTime) < 60 && rise > 0.5 && rise < 60 && fall > rise * 1.01 && fall < 500)

/**
 * The next band outwards: its colour goes on linearly with wavelength from its two neighbours, never brighter
 * than the nearer one by more than a third; its times are the nearer one's.
 */
function extrapolate (to: Band, near: Band, far: Band, shapes: Supernova['shapes']): BazinShape | undefined {
  const nearest = shapes[near]
  const farther = shapes[far]
  if (!nearest || !farther) return undefined
  const slope = Math.log(nearest.peakFlux / farther.peakFlux) / (WAVELENGTH[near] - WAVELENGTH[far])
  const colour = Math.min(0.3, slope * (WAVELENGTH[to] - WAVELENGTH[near]))
  return { ...nearest, peakFlux: nearest.peakFlux * Math.exp(colour) }
}

/** @param population groups whose weights sum to 1 */
export function supernovaSource (population: readonly PopulationGroup[]): SupernovaSource {
  const groups = population.map(group => ({ group, gaussian: gaussianOf(group) }))
  const likely = (gaussian: Gaussian, values: Float64Array): boolean => {
    const n = values.length
    const mostLikely = lnDensity(gaussian, gaussian.mean)
    return 2 * (mostLikely - lnDensity(gaussian, values)) < n + TAIL * Math.sqrt(2 * n)
  }
  return random => {
    let left = random()
    const { group, gaussian } = groups.find(({ group }) => (left -= group.weight) <= 0) ?? groups[0]!
    for (;;) {
      const values = draw(random, gaussian)
      const supernova: Supernova = { class: group.class, ...supernovaOf(values, group.bands) }
      if (!likely(gaussian, values) || !plausible(supernova)) continue
      const u = extrapolate('u', 'g', 'r', supernova.shapes)
      const y = extrapolate('y', 'z', 'i', supernova.shapes)
      if (u) supernova.shapes.u = u
      if (y) supernova.shapes.y = y
      return supernova
    }
  }
}

/** The flux in a band [nJy] at a time relative to the peak in r [d]; 0 where it is dark. */
export type FluxCurve = (band: Band, time: number) => number

export function fluxCurve ({ shapes }: Supernova): FluxCurve {
  const parameters: Partial<Record<Band, BazinParameters>> = {}
  for (const band of BANDS) if (shapes[band]) parameters[band] = parametersOf(shapes[band])
  return (band, time) => parameters[band] ? bazinFlux(time, parameters[band]) : 0
}
