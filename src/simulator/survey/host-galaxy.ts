/** The galaxy that a transient shines in: how bright, how large, how far from its centre, and its light under the transient. */
import { nJyOfMagnitude } from '../../alert/alert.ts'
import { comovingDistance, distanceModulus } from '../cosmology/cosmology.ts'
import { exponential, gaussian, uniform } from '../distributions.ts'
import type { Passband } from '../passbands/passband.ts'
import type { Random } from '../random.ts'
import type { SkyClass } from '../sources/source.ts'

export interface HostGalaxy {
  /** Of the whole galaxy in each band [nJy]. */
  flux: Float64Array
  /** Under the point spread function at the transient, in each band [nJy]. */
  below: Float64Array
  /** Of the transient from the centre [arcsec]. */
  separation: number
}

interface Hosts {
  /** Absolute magnitude in r: mean, scatter. */
  magnitude: readonly [number, number]
  /** From 0, all star-forming, to 1, all passive. */
  redness: readonly [number, number]
  /** At the very centre. */
  isNuclear?: true
}

/**
 * Galaxies weighed by what explodes in them: Ia by mass, core collapse by star formation, SLSN-I in dwarfs, TDE in green
 * valley nuclei (Schulze et al. 2021, ApJS 255, 29, for core collapse and SLSN-I; Hammerstein et al. 2021, ApJ 908, L20).
 */
const HOSTS: Readonly<Partial<Record<SkyClass, Hosts>>> = {
  Ia: { magnitude: [-20.5, 1.2], redness: [0, 1] },
  'Ia-peculiar': { magnitude: [-20.7, 1.1], redness: [0.2, 1] },
  Ibc: { magnitude: [-20, 1.3], redness: [0, 0.6] },
  II: { magnitude: [-19.7, 1.4], redness: [0, 0.6] },
  SLSN: { magnitude: [-17.4, 1.5], redness: [0, 0.3] },
  TDE: { magnitude: [-20, 0.9], redness: [0.4, 1], isNuclear: true },
  fast: { magnitude: [-19.5, 1.5], redness: [0, 1] }
}
const ANY: Hosts = { magnitude: [-20, 1.3], redness: [0, 1] }

/** Magnitudes over those at 6200 Å, of a star-forming and a passive galaxy (after Fukugita et al. 1995, PASP 107, 945: Im/Scd and E). */
const REST = [2000, 3000, 3600, 4700, 6200, 7600, 9000, 10_000]
const STAR_FORMING = [1.6, 1.4, 1.2, 0.45, 0, -0.2, -0.3, -0.35]
const PASSIVE = [5, 3.5, 2.5, 0.8, 0, -0.37, -0.65, -0.75]

function colour (wavelength: number, redness: number): number {
  const at = Math.min(REST[REST.length - 1]!, Math.max(REST[0]!, wavelength))
  let k = 0
  while (REST[k + 1]! < at) k++
  const part = (at - REST[k]!) / (REST[k + 1]! - REST[k]!)
  const along = (table: readonly number[]): number => table[k]! * (1 - part) + table[k + 1]! * part
  return along(STAR_FORMING) * (1 - redness) + along(PASSIVE) * redness
}

/** Half-light radius of a galaxy of −20.5 mag [kpc], and its growth with luminosity (Shen et al. 2003, MNRAS 343, 978). */
const RADIUS = 4.5
const RADIUS_SLOPE = -0.11
const RADIUS_SCATTER = 0.18
/** Half-light radius of an exponential disk in its scale lengths. */
const HALF_LIGHT = 1.678
const ARCSEC_PER_RADIAN = 206_264.8

/**
 * @param transmissions of the Milky Way's dust in each band
 * @param psfArea [arcsec²]
 */
export function hostGalaxy (random: Random, skyClass: SkyClass, redshift: number, passbands: readonly Passband[], transmissions: Float64Array, psfArea: number): HostGalaxy {
  const { magnitude, redness, isNuclear } = HOSTS[skyClass] ?? ANY
  const absolute = Math.min(-13, gaussian(random, ...magnitude))
  const red = uniform(random, ...redness)
  const halfLight = RADIUS * 10 ** (RADIUS_SLOPE * (absolute + 20.5) + gaussian(random, 0, RADIUS_SCATTER))
  const arcsecPerKpc = ARCSEC_PER_RADIAN * (1 + redshift) / (1000 * comovingDistance(redshift))
  const scale = halfLight / HALF_LIGHT * arcsecPerKpc
  // light of an exponential disk lies at radii of a Γ(2) distribution; its inclination shortens one axis
  const radius = isNuclear ? 0 : scale * (exponential(random, 1) + exponential(random, 1))
  const [angle, inclination] = [uniform(random, 0, 2 * Math.PI), Math.max(0.2, random())]
  const separation = radius * Math.hypot(Math.cos(angle), inclination * Math.sin(angle))
  const blurred = Math.hypot(scale, Math.sqrt(psfArea / (8 * Math.PI)))
  const share = Math.min(1, psfArea * Math.exp(-radius / blurred) / (2 * Math.PI * blurred ** 2 * inclination))
  const modulus = distanceModulus(redshift) - 2.5 * Math.log10(1 + redshift)
  const flux = Float64Array.from(passbands, ({ effectiveWavelength }, b) =>
    nJyOfMagnitude(absolute + modulus + colour(effectiveWavelength / (1 + redshift), red)) * transmissions[b]!)
  return { flux, below: flux.map(value => value * share), separation }
}
