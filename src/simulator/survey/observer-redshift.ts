/** The redshift of a host as an observer has it: measured from a spectrum, estimated from colours, now and then of something else, or not known. */
import { chance, gaussian, logNormal, uniform } from '../distributions.ts'
import type { Random } from '../random.ts'
import type { Practice } from './practice.ts'

export interface ObservedRedshift {
  /** NaN where not known. */
  redshift: number
  redshiftErr: number
  isSpectroscopic: boolean
}

const UNKNOWN: ObservedRedshift = { redshift: NaN, redshiftErr: NaN, isSpectroscopic: false }
const SPECTRUM = { sigma: 0.0005, reported: 0.001 }
/** σ over 1 + z, and how often a colour means another redshift (LSST's goals: 0.02 and 10 %, Ivezić et al. 2019, table 1 of the science book; achieved: 0.02 to 0.06). */
const PHOTOMETRIC = [0.015, 0.06] as const
export const OUTLIERS = 0.03
/** Colours of a nucleus are those of no galaxy (Salvato et al. 2019, Nature Astronomy 3, 212). */
const NUCLEUS_OUTLIERS = 0.12
const OUTLIER_REDSHIFT = [0.01, 1.5] as const
const NO_ESTIMATE = 0.05
const LEAST = 0.003
/** Stars and artefacts that carry the redshift of a galaxy beside them, or of the star's own colours. */
const FOREIGN = 0.25
/** Spectra are as frequent as a survey has them for hosts this much above the limit of its catalogue, and rarer for fainter ones [mag]. */
const SPECTRA_ABOVE = 3.5

const photometric = (random: Random, redshift: number, outliers: number): ObservedRedshift => {
  const sigma = uniform(random, ...PHOTOMETRIC)
  const value = chance(random, outliers) ? uniform(random, ...OUTLIER_REDSHIFT) : gaussian(random, redshift, sigma * (1 + redshift))
  return { redshift: Math.max(LEAST, value), redshiftErr: sigma * (1 + Math.max(LEAST, value)), isSpectroscopic: false }
}

/**
 * @param redshift null for a star or an artefact
 * @param magnitude of the host in r [mag]
 * @param isCatalogued whether a survey's catalogue has the host
 */
export function observedRedshift (random: Random, practice: Practice, redshift: number | null, magnitude: number, isCatalogued: boolean, isNucleus: boolean): ObservedRedshift {
  if (redshift === null) return chance(random, FOREIGN) ? photometric(random, Math.min(1.5, logNormal(random, 0.25, 0.7)), 0) : UNKNOWN
  if (!isCatalogued) return UNKNOWN
  const middle = practice.catalogueLimit - SPECTRA_ABOVE
  const share = Math.min(0.95, 2 * practice.spectroscopic / (1 + Math.exp(magnitude - middle)))
  if (chance(random, share)) {
    return { redshift: Math.max(LEAST / 3, gaussian(random, redshift, SPECTRUM.sigma)), redshiftErr: SPECTRUM.reported, isSpectroscopic: true }
  }
  return chance(random, NO_ESTIMATE) ? UNKNOWN : photometric(random, redshift, isNucleus ? NUCLEUS_OUTLIERS : OUTLIERS)
}
