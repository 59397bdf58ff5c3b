/** One observation of an SNANA light curve → a photometric point, or why it gives none. */
import { BANDS, DETECTION_SNR, NJY_PER_FLUXCAL, type Band, type OmissionReason, type PhotometricPoint } from '../alert.ts'

/** FLUXCAL's zero point where a file names no other [mag]. */
export const FLUXCAL_ZERO_POINT = 27.5

/** SNANA writes 99 mag and more where there is no flux at all. */
const DARK = 90

/** [nJy], of a magnitude of the simulation (AB). */
export const fluxOfMagnitude = (magnitude: number): number =>
  magnitude > DARK ? 0 : NJY_PER_FLUXCAL * 10 ** (-0.4 * (magnitude - FLUXCAL_ZERO_POINT))

export interface SnanaObservation {
  /** [d, MJD] */
  mjd: number
  /** As the file names it; it may carry its survey's name, as in LSST-r: the last letter is the band. */
  filter: string
  /** FLUXCAL and FLUXCALERR. */
  flux: number
  fluxErr: number
}

function omission (mjd: number, flux: number, fluxErr: number, band: string): OmissionReason | null {
  if (!Number.isFinite(mjd)) return 'time-invalid'
  if (!(BANDS as readonly string[]).includes(band)) return 'band-unknown'
  if (flux === -9 && fluxErr === -9) return 'flux-missing'
  if (!Number.isFinite(flux)) return 'flux-not-finite'
  return fluxErr > 0 && Number.isFinite(fluxErr) ? null : 'flux-error-not-positive'
}

/**
 * MJD is taken as MJD TAI: what SNANA files call MJD differs from it by less than a minute.
 * @param scale nJy for a FLUXCAL of 1
 */
export function photometricPoint ({ mjd, filter, flux, fluxErr }: SnanaObservation, scale: number): PhotometricPoint | OmissionReason {
  const band = (filter.at(-1) ?? '').replace('Y', 'y') as Band
  return omission(mjd, flux, fluxErr, band) ?? {
    midpointMjdTai: mjd,
    band,
    psfFlux: flux * scale,
    psfFluxErr: fluxErr * scale,
    kind: flux > DETECTION_SNR * fluxErr ? 'detection' : 'forced',
    visit: null,
    timeProcessedMjdTai: null,
    withdrawn: false
  }
}
