/** One simulated object as the survey delivers it, and what only the simulator knows of it. */
import type { SkyClass } from '../sources/source.ts'

/** One row of each array an observation, in order of time. */
export interface SimulatedPhotometry {
  /** [d, MJD TAI] */
  mjd: Float64Array
  /** Index among the survey's bands. */
  band: Uint8Array
  /** Difference flux and its 1σ error as the survey reports them [nJy, AB]. */
  flux: Float32Array
  fluxErr: Float32Array
  /** Difference flux without noise [nJy]. */
  noiseFree: Float32Array
  /** 5σ depth of the visit [mag]. */
  depth: Float32Array
  /** 1 where |S/N| > 5: the survey detected something, of either sign; 0 is forced photometry. */
  detected: Uint8Array
  /** Real–bogus score of a detection, 0 to 1; NaN where it is none. */
  realBogus: Float32Array
}

/** As a survey's packets say it: docs/alerts.md, AlertContext. */
export interface SimulatedContext {
  /** Flux of the template at the position, in each band of the survey [nJy]: star, nucleus or host. */
  templateFlux: Float64Array
  /** Star or galaxy by the survey's catalogue: 0 a galaxy, 1 a star; NaN where nothing is catalogued. */
  starScore: number
  /** From the nearest catalogued source [arcsec]; NaN where nothing is catalogued. */
  separation: number
}

/** Redshift of the host as an observer has it; NaN where not known. */
export interface SimulatedHost {
  redshift: number
  redshiftErr: number
  isSpectroscopic: boolean
  /** Reported E(B−V) of the Milky Way [mag]. */
  mwebv: number
}

export interface SimulatedTruth {
  class: SkyClass
  subtype: string
  /** Null for a star or an artefact. */
  redshift: number | null
  /** [d, MJD TAI]; null where the source has no peak of its own. */
  peakMjd: number | null
  /** True E(B−V) of the Milky Way and of the host [mag]. */
  mwebv: number
  hostEbv: number
  parameters: Readonly<Record<string, number>>
}

export interface SimulatedLightCurve {
  /** Number of the object in the simulation, from 0; its SNID. */
  index: number
  /** [deg, ICRS] */
  ra: number
  dec: number
  /** The survey's name of the field. */
  field: string
  /** First detection that made the survey alert [d, MJD TAI]. */
  triggerMjd: number
  photometry: SimulatedPhotometry
  context: SimulatedContext
  host: SimulatedHost
  truth: SimulatedTruth
}
