/** The normal form of an alert: what every survey dialect is decoded into. */
import type { CandelaError } from '../errors.ts'
import type { AvroRecord } from './avro/record.ts'

/** LSST bands, in order of wavelength. */
export const BANDS = ['u', 'g', 'r', 'i', 'z', 'y'] as const
export type Band = typeof BANDS[number]

/** The flux of an AB magnitude [nJy], whose zero point is 31.4 mag; of a zero point, what a count of it is worth. */
export const nJyOfMagnitude = (magnitude: number): number => 10 ** (0.4 * (31.4 - magnitude))

/** nJy = FLUXCAL × 10^(0.4·(31.4−27.5)): SNANA's FLUXCAL has zero point 27.5 mag, nJy has 31.4 mag (AB). */
export const NJY_PER_FLUXCAL = nJyOfMagnitude(27.5)

/** S/N above which a point counts as a detection, as in LSST's difference imaging. */
export const DETECTION_SNR = 5

/** An alert stream gives forced photometry from this long before the first detection [d]. */
export const HISTORY_BEFORE_DETECTION = 30

/** What ids of objects can be: stored as keys, part of a URL. */
export const OBJECT_ID = /^[A-Za-z0-9_-]{1,64}$/

/** Times outside are damage, not astronomy: 1858 to 4596 AD [d, MJD]. */
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
  /** The survey took this point back. */
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
export const OMISSION_REASONS = ['flux-missing', 'flux-not-finite', 'flux-error-not-positive', 'band-unknown', 'time-invalid', 'quality-flags'] as const
export type OmissionReason = typeof OMISSION_REASONS[number]

export interface OmittedSource {
  diaSourceId: string | null
  reason: OmissionReason
  /** With `band-unknown`: the name that is not known, shortened; absent where the sender gave none, or it did not travel along. */
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
  /** Position of the object (of the triggering source where there is none) [deg, ICRS]. */
  ra: number
  dec: number
  /** The triggering source, previous sources and forced photometry, in the packet's order. */
  points: PhotometricPoint[]
  omitted: OmittedSource[]
  host: HostFacts
  /** The survey found a known body of the solar system there: no light curve of an object is carried on by it. */
  solarSystem: boolean
  /** Absent of one that came by candela.photometry. */
  readAs?: ReadAs
}

/** How a dialect's fluxes were read; one object for all alerts of a kind. */
export interface ReadAs {
  /** The dialect with its version, where units hang on that: `elasticc 0.9.1`. */
  dialect: string
  /** `nJy` (zero point 31.4), `FLUXCAL` (27.5), `FLUXCAL, zero point Z`, `AB magnitudes`. */
  fluxUnit: string
  /** Whose visits' depth its errors must have, where the dialect is one survey's. */
  survey?: 'LSST'
}

/** An alert as a source hands it over: decoded, or the bytes that could not be. */
export type ReceivedAlert = (ReadAlert | LostAlert) & {
  /** Where it came from: a file, a topic with partition and offset. */
  origin: string
  /** Number of the dead letter that it is, put through again. */
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

/** Why there is no alert, and the bytes that it was lost from. */
export interface LostAlert {
  error: CandelaError
  bytes: Uint8Array
  /** The error is that of a file, or of all that follows in it, not of one alert in it. */
  isWholeFile?: true
}

/** A decoded alert and the way back to the bytes that it was read from. */
export interface ReadAlert {
  alert: Alert
  /** Makes the bytes, where they are wanted; absent where the alert never was bytes of its own. */
  original?: () => Uint8Array
  /** Place of the alert among those of its bytes, from 0, where they hold several. */
  part?: number
  /** Bytes that stay in memory as long as the alert does, for the sake of `original`; counted once where alerts share them. */
  holds?: number
}

export const UNKNOWN_HOST: HostFacts = { redshift: null, redshiftErr: null, mwebv: null }
