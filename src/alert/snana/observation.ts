/** One observation of an SNANA light curve → a photometric point, or why it gives none. */
import { DETECTION_SNR, NJY_PER_FLUXCAL, nJyOfMagnitude, type Band, type OmissionReason, type PhotometricPoint, type ReadAs } from '../alert.ts'
import { bandOf } from '../points/bands.ts'

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
  /** As the file names it: r, LSST-r, or SNANA's SURVEY-BAND/CODE; see bands.ts. */
  filter: string
  /** FLUXCAL and FLUXCALERR. */
  flux: number
  fluxErr: number
}

/** What holds for all observations of a file. */
export interface SnanaPhotometry {
  /** nJy for a FLUXCAL of 1. */
  scale: number
  /** The survey that the file names, '' where it names none. */
  survey: string
  readAs: ReadAs
}

const READ_AS = new Map<number, ReadAs>()

/**
 * @param zeroPoint of the file's FLUXCAL [mag]; 27.5 where that is none, as SNANA's −9
 * @param survey that the file names, '' where it names none
 */
export function snanaPhotometry (zeroPoint: number | null, survey: string): SnanaPhotometry {
  // As a 32-bit float, 31.4 is 31.3999996.
  const magnitude = zeroPoint !== null && zeroPoint > 0 ? Math.round(zeroPoint * 1e4) / 1e4 : FLUXCAL_ZERO_POINT
  let readAs = READ_AS.get(magnitude)
  if (readAs === undefined) READ_AS.set(magnitude, readAs = { dialect: 'snana', fluxUnit: magnitude === FLUXCAL_ZERO_POINT ? 'FLUXCAL' : `FLUXCAL, zero point ${magnitude}` })
  return { scale: nJyOfMagnitude(magnitude), survey, readAs }
}

function omission ({ flux, fluxErr }: SnanaObservation): OmissionReason | null {
  if (flux === -9 && fluxErr === -9) return 'flux-missing'
  if (!Number.isFinite(flux)) return 'flux-not-finite'
  return fluxErr > 0 && Number.isFinite(fluxErr) ? null : 'flux-error-not-positive'
}

/**
 * MJD is taken as MJD TAI: what SNANA files call MJD differs from it by less than a minute.
 */
export function photometricPoint (observation: SnanaObservation, { scale, survey }: SnanaPhotometry): PhotometricPoint | OmissionReason {
  const { mjd, filter, flux, fluxErr } = observation
  if (!Number.isFinite(mjd)) return 'time-invalid'
  const band: Band | null = bandOf(filter, survey)
  if (band === null) return 'band-unknown'
  return omission(observation) ?? {
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
