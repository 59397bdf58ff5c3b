/** Noise of difference fluxes: what is measured, and the error that is reported with it. */
import { magnitudeOfNJy, nJyOfMagnitude } from '../../alert/alert.ts'
import { chance, gaussian, logNormal, uniform } from '../distributions.ts'
import { normal, type Random } from '../random.ts'
import type { NoiseLaw } from './practice.ts'
import type { Visits } from './visits.ts'

/** AB; NaN for a flux that is not above 0 [nJy]. */
export const magnitudeOfFlux = (flux: number): number => flux > 0 ? magnitudeOfNJy(flux) : NaN
/** Sky noise of a visit by its 5σ depth [nJy]. */
export const skyNoise = (depth: number): number => nJyOfMagnitude(depth) / 5

/** Objects some of whose points scatter more than their error says: satellites, cosmic rays, bad columns. */
const WITH_OUTLIERS = 0.3
const OUTLIERS = 0.01
const OUTLIER_SCATTER = 4

export interface Measured {
  /** [nJy] */
  flux: Float64Array
  fluxErr: Float64Array
}

/**
 * Measures one object.
 * @param noiseFree difference flux of each visit [nJy]
 * @param constant what the template holds in each band, light of the host under the point spread function included [nJy]
 */
export function measured (random: Random, law: NoiseLaw, visits: Visits, noiseFree: Float64Array, constant: ArrayLike<number>): Measured {
  const sky = uniform(random, ...law.sky) * 10 ** (0.4 * gaussian(random, law.skyOffset[0], law.skyOffset[1]))
  const ownPhotons = law.ownPhotons[0] > 0 ? logNormal(random, ...law.ownPhotons) : 0
  const [own, total, scatter] = [uniform(random, ...law.own), uniform(random, ...law.total), uniform(random, ...law.scatter)]
  const outliers = chance(random, WITH_OUTLIERS) ? OUTLIERS : 0
  const ofVisit = law.skyOffset[2]
  const { depth, band } = visits
  const count = noiseFree.length
  const [flux, fluxErr] = [new Float64Array(count), new Float64Array(count)]
  for (let k = 0; k < count; k++) {
    let night = sky * skyNoise(depth[k]!)
    if (ofVisit > 0) night *= 10 ** (0.4 * gaussian(random, 0, ofVisit))
    const below = constant[band[k]!]!
    const error = (difference: number): number => {
      const all = Math.abs(below + difference)
      return Math.sqrt(night ** 2 + law.photons * Math.abs(difference) * night + ownPhotons * Math.abs(difference) + (own * difference) ** 2 + (total * all) ** 2)
    }
    const spread = outliers > 0 && chance(random, outliers) ? OUTLIER_SCATTER : 1
    const truth = noiseFree[k]!
    flux[k] = truth + normal(random) * error(truth) * scatter * spread
    // as a survey does: from what was measured, so that upward fluctuations have larger errors
    fluxErr[k] = error(flux[k]!)
  }
  return { flux, fluxErr }
}
