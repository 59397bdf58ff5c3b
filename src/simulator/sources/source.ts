/** What a class of objects is to the simulator: a model that draws objects, each of which shines at any time. */
import type { Passband } from '../passbands/passband.ts'
import type { Random } from '../random.ts'
import type { Visits } from '../survey/visits.ts'

/** Classes of the simulated sky, by the keys of its settings; truth tables and models use the same names. */
export const SKY_CLASSES = [
  'Ia', 'Ia-peculiar', 'Ibc', 'II', 'SLSN', 'TDE', 'fast', 'AGN', 'CV', 'M-dwarf', 'RRL', 'Cepheid', 'DSCT', 'EB', 'LPV', 'artefact'
] as const
export type SkyClass = typeof SKY_CLASSES[number]

/** In the Milky Way, or nowhere: without redshift and host galaxy. */
export const GALACTIC_CLASSES: ReadonlySet<SkyClass> = new Set(['CV', 'M-dwarf', 'RRL', 'Cepheid', 'DSCT', 'EB', 'LPV', 'artefact'])

/** What is settled of an object before its class draws the rest. */
export interface Circumstances {
  /** Of the survey, in the order of its bands. */
  passbands: readonly Passband[]
  /** Median 5σ depth of one visit in each of them [mag, AB]. */
  depth: readonly number[]
  /** Of the object itself; null for the classes of `GALACTIC_CLASSES`. */
  redshift: number | null
  /** When the object shall peak [d, MJD TAI]; a persistent source is free to ignore it. */
  peakMjd: number
  /** When the survey looks there. */
  visits: Visits
}

/** One object. */
export interface SimulatedSource {
  /** As 'Ia-91T', 'IIb', 'RRab'; the class where there are no kinds of it. */
  subtype: string
  /**
   * There before and after: a variable star, a nucleus, a star that flares. Its `fluxes` are those of the whole
   * source, and the survey's template holds some of it. Others are absent outside their outburst.
   */
  persistent: boolean
  /** Brightest moment in the survey's bands [d, MJD TAI]; null where the source has none of its own, as a periodic star. */
  peakMjd: number | null
  /** The source changes in this span alone [d, MJD TAI]; infinite for a variable star. */
  from: number
  until: number
  /**
   * Without noise, at the times and in the bands of visits, whichever they are, in any order and as often as asked:
   * the same answer each time. Milky Way extinction is not in it; host extinction is.
   * @returns [nJy]
   */
  fluxes (visits: Visits): Float64Array
  /** Extinction by the host [mag]; 0 where there is none. */
  hostEbv: number
  /** What was drawn, for the truth: names of at most 12 letters, digits and _, as `salt_x1`, `stretch`, `period`. */
  parameters: Readonly<Record<string, number>>
}

/** A class of objects. */
export interface SourceModel {
  /**
   * Draws one object.
   * @param random the object's own stream; nothing else may be random
   */
  draw (random: Random, circumstances: Circumstances): SimulatedSource
}

/**
 * Makes a class's model, reading what it needs of a folder of templates once.
 * @param folder laid out as docs/simulation.md says: passbands/, salt3/, sed/, periodic/, flares/, cadence/
 * @throws CandelaError `templates-missing`, naming the file and where it can be had
 */
export type SourceModelMaker = (folder: string) => Promise<SourceModel>

/**
 * Fluxes in each of a survey's bands at all times; not for an artefact, which is 0 wherever no visit is.
 * @param times ascending [d, MJD TAI]
 * @returns [band][time] [nJy]
 */
export function fluxesInAllBands (source: SimulatedSource, times: Float64Array, bands: number): Float64Array[] {
  const length = times.length * bands
  const fluxes = source.fluxes({
    mjd: Float64Array.from({ length }, (_, k) => times[Math.floor(k / bands)]!),
    band: Uint8Array.from({ length }, (_, k) => k % bands),
    depth: new Float64Array(length)
  })
  return Array.from({ length: bands }, (_, b) => Float64Array.from(times, (_, k) => fluxes[k * bands + b]!))
}
