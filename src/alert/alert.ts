/** The normal form of an alert: what every survey dialect is decoded into. */
import type { CandelaError } from '../errors.ts'
import type { AvroRecord } from './avro/record.ts'
import type { AlertContext } from './context/context.ts'

/** LSST bands, in order of wavelength. */
export const BANDS = ['u', 'g', 'r', 'i', 'z', 'y'] as const
export type Band = typeof BANDS[number]

/** The flux of an AB magnitude [nJy, zero point 31.4 mag]; for a zero point, the flux of one count. */
export const nJyOfMagnitude = (magnitude: number): number => 10 ** (0.4 * (31.4 - magnitude))

/** The AB magnitude of a flux above 0 [nJy]; NaN below. */
export const magnitudeOfNJy = (flux: number): number => 31.4 - 2.5 * Math.log10(flux)

/** nJy = FLUXCAL × 10^(0.4·(31.4−27.5)): SNANA's FLUXCAL has zero point 27.5 mag, nJy has 31.4 mag (AB). */
export const NJY_PER_FLUXCAL = nJyOfMagnitude(27.5)

/** S/N above which a point counts as a detection, as in LSST's difference imaging. */
export const DETECTION_SNR = 5

/** Alerts bring forced photometry from this long before the first detection on [d]. */
export const HISTORY_BEFORE_DETECTION = 30

/** Valid ids of objects: they are keys of the store and parts of URLs. */
export const OBJECT_ID = /^[A-Za-z0-9_-]{1,64}$/

/** Whether a time lies between 1858 and 4596 AD [d, MJD]; others are damage. */
export const isTime = (midpointMjdTai: number): boolean => midpointMjdTai > 0 && midpointMjdTai < 1e6

/** The night of a time [d, MJD], counted from noon to noon UT, which suits the telescopes of the Americas. */
export const nightOf = (mjd: number): number => Math.floor(mjd - 0.5)

/** One flux at one time in one band of one object. */
export interface PhotometricPoint {
  /** Effective mid-visit time [d, MJD TAI]. */
  midpointMjdTai: number
  band: Band
  /** Difference-image PSF flux [nJy, AB]. */
  psfFlux: number
  /** Its 1σ error [nJy]; finite and > 0. */
  psfFluxErr: number
  /** A detection (diaSource) or forced photometry at the object's position (diaForcedSource). */
  kind: 'detection' | 'forced'
  /** The survey's visit number, below 2^53, where the dialect gives one. */
  visit: number | null
  /** When the survey processed it [d, MJD TAI]; a newer version of the same point and kind replaces an older one. */
  timeProcessedMjdTai: number | null
  /** The survey withdrew this point. */
  withdrawn: boolean
}

/** Facts about the object that do not come from its light curve; null where not known. */
export interface HostFacts {
  /** Photometric redshift of the host galaxy. */
  redshift: number | null
  /** Its 1σ error. */
  redshiftErr: number | null
  /** Milky Way E(B−V) [mag]. */
  mwebv: number | null
}

/** Why a source in an alert gave no photometric point. */
export const OMISSION_REASONS = ['flux-missing', 'flux-not-finite', 'flux-error-not-positive', 'band-unknown', 'time-invalid', 'quality-flags', 'low-reliability'] as const
export type OmissionReason = typeof OMISSION_REASONS[number]

export interface OmittedSource {
  diaSourceId: string | null
  reason: OmissionReason
  /** With `band-unknown`: the name that is not known, shortened; absent where the sender gave none, or the alert came by candela.photometry. */
  band?: string
}

/** One packet from a broker or survey, in normal form. */
export interface Alert {
  /** Null where the survey gives none (solar-system sources). Decimal string: ids exceed 2^53. */
  diaObjectId: string | null
  /** The id of the source that triggered the alert. */
  diaSourceId: string
  /** Time of the triggering source [d, MJD TAI]. */
  midpointMjdTai: number
  /** Position of the object (of the triggering source where there is none) [deg, ICRS]; both NaN where the sender leaves it out. */
  ra: number
  dec: number
  /** The triggering source, previous sources and forced photometry, in the packet's order. */
  points: PhotometricPoint[]
  omitted: OmittedSource[]
  host: HostFacts
  /** The source is a known body of the solar system: the alert adds nothing to an object's light curve. */
  solarSystem: boolean
  /** What else the packet says of the object; absent where it says nothing. */
  context?: AlertContext
  /** Absent in an alert that came by candela.photometry. */
  readAs?: ReadAs
}

/** How fluxes were read; alerts of the same kind share the object. */
export interface ReadAs {
  /** The dialect, with its version where units depend on it: `elasticc 0.9.1`. */
  dialect: string
  /** `nJy` (zero point 31.4), `FLUXCAL` (27.5), `FLUXCAL, zero point Z`, `AB magnitudes`. */
  fluxUnit: string
  /** The survey whose depth the errors must fit, where the dialect belongs to one. */
  survey?: 'LSST'
}

/** An alert as a source delivers it: decoded, or the bytes that could not be decoded. */
export type ReceivedAlert = (ReadAlert | LostAlert) & {
  /** Where it came from: a file, a topic with partition and offset. */
  origin: string
  /** Number of the dead letter, where the alert is one that is put through again. */
  deadLetter?: number
  /** What its publication says beside the outcome; absent where nothing is published. */
  publication?: PublicationFacts
}

/** What is known of an alert where it was received, and is not in it. */
export interface PublicationFacts {
  /** When the survey published it: the timestamp of its Kafka record [ms since 1970, UTC]; null where not known. */
  surveyPublishedAt: number | null
  /** When Candela received it [ms since 1970, UTC]; null where not known. */
  ingestedAt: number | null
  /** The Avro record that it came as; null where it was no Avro, or nobody publishes anything of it. */
  packet: AvroRecord | null
}

/** Bytes that gave no alert, and why. */
export interface LostAlert {
  error: CandelaError
  bytes: Uint8Array
  /** The error concerns a whole file, or the rest of it, not one alert. */
  isWholeFile?: true
}

/** A decoded alert, and access to its original bytes. */
export interface ReadAlert {
  alert: Alert
  /** Returns the original bytes; absent where the alert had none of its own. */
  original?: () => Uint8Array
  /** Index of the alert in its bytes, from 0, where they hold several. */
  part?: number
  /** Bytes that `original` keeps in memory; counted once where alerts share them. */
  holds?: number
}

export const UNKNOWN_HOST: HostFacts = { redshift: null, redshiftErr: null, mwebv: null }
