/**
 * Type Ia supernovae, normal and of SN 1991T's kind, from SALT3. Stretch and colour are distributed as in the local
 * and distant samples (bimodal stretch: Nicolas et al. 2021, arXiv:2005.09441; intrinsic colour and an exponential
 * tail of dust: Popovic et al. 2021, arXiv:2102.01776), magnitudes follow Tripp 1998 with α = 0.148, β = 3.1 (Scolnic et al. 2018, arXiv:1710.00845).
 */
import { chance, exponential, gaussian, truncatedGaussian } from '../distributions.ts'
import type { Random } from '../random.ts'
import { ContinuedCurves, declineOfIa, type Ends } from '../spectra/continued-curves.ts'
import { readSalt3, saltCurves } from '../spectra/salt3.ts'
import type { SourceModelMaker } from './source.ts'
import { drawModulation, redshiftOf, spectralSource, type Scatter } from './supernovae/spectral-source.ts'

/** AB, in `REST_B`, of x1 = c = 0 at the peak, for H0 = 70 km/s/Mpc. */
export const PEAK_MAGNITUDE = -19.36
const ALPHA = 0.148
const BETA = 3.1
const SCATTER: Scatter = { band: 0.03, time: 0.02 }
const SHARE_91T = 0.07
const REDDEST_COLOUR = 0.99
/** SALT3's components are 0 at their first phase, and end 50 days after the peak. */
const ENDS: Ends = { rise: 0, decline: declineOfIa }

/** What SALT3 is told of one supernova; `offset` [mag] is added to `PEAK_MAGNITUDE`. */
interface SaltParameters { x1: number, c: number, offset: number }

function drawParameters (random: Random, is91T: boolean): SaltParameters {
  const dust = (usual: number, share: number, red: number): number => exponential(random, chance(random, share) ? red : usual)
  const within = (c: number): number => Math.min(REDDEST_COLOUR, Math.max(-0.29, c))
  if (is91T) {
    const x1 = truncatedGaussian(random, 1.4, 0.5, -3, 3)
    const c = within(gaussian(random, -0.02, 0.06) + dust(0.05, 0.3, 0.2))
    return { x1, c, offset: gaussian(random, -0.25, 0.12) + BETA * c }
  }
  const x1 = chance(random, 0.62) ? truncatedGaussian(random, 0.6, 0.75, -3, 3) : truncatedGaussian(random, -1.2, 0.75, -3, 3)
  const c = within(gaussian(random, -0.07, 0.05) + dust(0.085, 0.25, 0.25))
  return { x1, c, offset: gaussian(random, 0, 0.1) - ALPHA * x1 + BETA * c }
}

/** Reads salt3/. */
export const typeIaModel: SourceModelMaker = async folder => {
  const salt = await readSalt3(folder)
  return {
    draw (random, circumstances) {
      const redshift = redshiftOf(circumstances)
      const { passbands } = circumstances
      const is91T = chance(random, SHARE_91T)
      const drawn = drawParameters(random, is91T)
      return spectralSource(circumstances, {
        subtype: is91T ? 'Ia-91T' : 'Ia-normal',
        blend: [{
          curves: new ContinuedCurves(saltCurves(salt, drawn.x1, drawn.c, redshift, passbands), passbands, redshift, ENDS),
          // x0, so that the peak of x1 = c = 0 has `PEAK_MAGNITUDE`
          weight: 10 ** (-0.4 * (PEAK_MAGNITUDE + drawn.offset)) / salt.peak
        }],
        modulation: drawModulation(random, passbands, redshift, SCATTER),
        peaksAtZero: true,
        hostEbv: 0,
        parameters: { salt_x1: drawn.x1, salt_c: drawn.c, abs_mag: PEAK_MAGNITUDE + drawn.offset }
      })
    }
  }
}
