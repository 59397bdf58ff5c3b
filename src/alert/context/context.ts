/** What a packet knows of an object beside its fluxes: the normal form of what surveys and brokers say about it. */

/** How real a source is, from 0 (an artefact) to 1. */
export interface RealBogusScore {
  score: number
  /** The survey's name of it. */
  name: ScoreName
}

/** LSST's `reliability`; ZTF's `drb` (deep learning), or `rb` (random forest) where there is no `drb`. */
export const SCORE_NAMES = ['reliability', 'drb', 'rb'] as const
export type ScoreName = typeof SCORE_NAMES[number]

/** The nearest source of a star catalogue. */
export interface NearestSource {
  /** The catalogue, as PS1, Gaia DR3. */
  catalogue: string
  /** From 0 (a galaxy) to 1 (a star); null where not known. */
  starScore: number | null
  /** From the object [arcsec]; null where not known. */
  separation: number | null
}

/** A class that a catalogue, a registry or a broker gives to what lies there. Shown, and never a feature of a model that is scored. */
export interface CatalogueClass {
  /** As SIMBAD, Gaia DR3, VSX, GCVS, Sherlock, TNS, or a broker's classifier. */
  catalogue: string
  class: string
  /** The name there; absent where the packet has none. */
  name?: string
}

/** What the redshift of a host was made of; the order of their worth in src/alert/context/host-redshift.ts. */
export const REDSHIFT_KINDS = ['spectroscopic', 'photometric', 'unspecified'] as const
export type RedshiftKind = typeof REDSHIFT_KINDS[number]

/** A redshift of a host galaxy that a packet names. */
export interface HostRedshift {
  redshift: number
  /** 1σ; null where not known. */
  redshiftErr: number | null
  kind: RedshiftKind
  /** The catalogue, as Legacy Surveys DR8, Sherlock, AMPELz, NED, TNS. */
  catalogue: string
  /** Of the catalogued galaxy from the object [arcsec]; absent where not known. */
  separation?: number
}

/** Absent fields: the packet does not say. */
export interface AlertContext {
  /** Of the source that triggered the alert. */
  realBogus?: RealBogusScore
  /** Flux of the template image there [nJy]: a bright constant source is most likely a star or a nucleus. */
  templateFlux?: number
  /** From 0 (a point) to 1 (extended). */
  extendedness?: number
  isDipole?: boolean
  nearest?: NearestSource
  classes?: CatalogueClass[]
  /** Detections that the survey has made of the object, before those that the packet has among them. */
  detections?: number
  /** Time of the survey's first detection [d, MJD TAI]. */
  firstDetectionMjdTai?: number
  /** Best first; the best one that is usable is the host redshift of the alert, see HostFacts. */
  hostRedshifts?: HostRedshift[]
  /** The same transient in other surveys. */
  matches?: Array<{ survey: string, diaObjectId: string }>
}
