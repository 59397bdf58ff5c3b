/**
 * What ZTF's own packets (ztf.ts) and all who pass them on have in common: difference magnitudes (AB) whose sign stands beside
 * them, limits, times that are the start of the exposure, and the warnings of its forced photometry.
 */
import { nJyOfMagnitude } from '../alert.ts'
import type { SourceFields } from '../points/points.ts'
import { SECONDS_PER_DAY, TAI_MINUS_UTC } from '../time.ts'

/** Of the public survey; previous candidates do not say theirs [s]. */
export const ZTF_EXPOSURE = 30
/** Limits are five times the noise. */
export const LIMIT_SNR = 5
/** d(flux)/flux of d(mag): ln(10)/2.5. */
export const RELATIVE_PER_MAGNITUDE = Math.LN10 / 2.5
/** procstatus "photometry may be impacted by bad pixels"; 57 (no reference source nearby) is harmless, 55 and 61 have no flux (ZTF forced photometry service, section 13). */
export const BAD_PIXELS = '56'
/** Magnitudes stand for fluxes; 100 and beyond stand for none. */
const NO_MAGNITUDE = 99

type Flux = Pick<SourceFields, 'psfFlux' | 'psfFluxErr'>

/** @param mjd start of the exposure [d, MJD UTC] @returns its middle [d, MJD TAI] */
export const ztfMidpoint = (mjd: number | null): number | null => mjd === null ? null : mjd + (TAI_MINUS_UTC + ZTF_EXPOSURE / 2) / SECONDS_PER_DAY

/** @param isdiffpos 't', '1', 1, true where the source is brighter than in the reference image; 'f', '0', 0, −1, false where fainter @returns null where it says neither */
export function ztfSign (isdiffpos: unknown): 1 | -1 | null {
  if (isdiffpos === true || isdiffpos === 1 || isdiffpos === 't' || isdiffpos === '1' || isdiffpos === 'true') return 1
  if (isdiffpos === false || isdiffpos === 0 || isdiffpos === -1 || isdiffpos === 'f' || isdiffpos === '0' || isdiffpos === '-1' || isdiffpos === 'false') return -1
  return null
}

/** Null, where magnitude or sign is not known; the error alone, where it is not. */
export function ztfFlux (magnitude: number | null, error: number | null, sign: 1 | -1 | null): Flux {
  if (magnitude === null || magnitude >= NO_MAGNITUDE || sign === null) return { psfFlux: null, psfFluxErr: null }
  const flux = nJyOfMagnitude(magnitude)
  return { psfFlux: sign * flux, psfFluxErr: error === null || error >= NO_MAGNITUDE ? null : flux * error * RELATIVE_PER_MAGNITUDE }
}

/** An upper limit: flux 0 with the noise that the limit was made of. @param diffmaglim 5σ [mag, AB] */
export const ztfLimit = (diffmaglim: number | null): Flux =>
  diffmaglim === null || diffmaglim >= NO_MAGNITUDE ? { psfFlux: null, psfFluxErr: null } : { psfFlux: 0, psfFluxErr: nJyOfMagnitude(diffmaglim) / LIMIT_SNR }
