/** When a survey alerts on an object, and which of its points are kept. */
import { DETECTION_SNR, HISTORY_BEFORE_DETECTION } from '../../alert/alert.ts'
import { chance, logUniform, uniform } from '../distributions.ts'
import type { SimulatedPhotometry } from '../light-curves/light-curve.ts'
import type { SkyName } from '../passbands/surveys.ts'
import type { Random } from '../random.ts'
import type { SkyClass } from '../sources/source.ts'
import { magnitudeOfFlux, type Measured } from './noise.ts'
import type { Practice } from './practice.ts'
import { realBogusScore } from './real-bogus.ts'
import { nightOf, type Visits } from './visits.ts'

/** Of the flux without noise, over the reported error: noise alone makes detections, and no objects. */
const CAUSED = 2
/** Points that a light curve has at most. */
export const MOST_POINTS = 170
/** After the first alert [d]: years for a share of the objects. */
const LONG_SHARE = 0.6
const LONG = [25, 1200] as const
const SHORT = [60, 200] as const
/** A set is of objects that somebody would look at: most transients were detected twice, and the best detection has a S/N of this at least. */
const TWICE_SHARE = 0.75
const LEAST_SIGNAL = [5, 9] as const
/** Variables known by detections alone, both signs of them. */
const BOTH_SIGNS = 0.5

/** One object's measurements on consecutive visits. */
export interface Observations extends Measured {
  visits: Visits
  noiseFree: Float64Array
}

/** Whether a point is a detection that the source caused. */
export const isAlert = ({ flux, fluxErr, noiseFree }: Observations, k: number): boolean =>
  Math.abs(flux[k]!) > DETECTION_SNR * fluxErr[k]! && Math.abs(noiseFree[k]!) > CAUSED * fluxErr[k]!

/** How long an object's points are kept after its first alert [d]. */
export const keptAfter = (random: Random): number => chance(random, LONG_SHARE) ? logUniform(random, ...LONG) : uniform(random, ...SHORT)

/**
 * The points of an object that got into a set.
 * @param isBright whether it has to be brighter than `brightLimit` once
 * @param until after which there is no first alert [d, MJD]
 * @returns undefined where the survey does not alert on it, or nobody would look at it
 */
export function keptPoints (random: Random, sky: SkyName, practice: Practice, skyClass: SkyClass, isPersistent: boolean, isBright: boolean, observations: Observations, until: number, after: number): { triggerMjd: number, photometry: SimulatedPhotometry } | undefined {
  const { visits: { mjd }, flux, fluxErr } = observations
  // every object takes the same draws, whatever becomes of it
  const least = uniform(random, ...LEAST_SIGNAL)
  const detections = !isPersistent && skyClass !== 'artefact' && chance(random, TWICE_SHARE) ? 2 : 1
  const isOneNight = chance(random, practice.oneNight[isPersistent ? 0 : 1])
  const detectionsAlone = chance(random, practice.detectionsOnly)
  const limit = uniform(random, ...practice.detectionLimit)
  const bothSigns = chance(random, BOTH_SIGNS)

  let trigger = 0
  while (trigger < mjd.length && !isAlert(observations, trigger)) trigger++
  if (trigger === mjd.length || mjd[trigger]! > until) return undefined
  const triggerMjd = mjd[trigger]!

  let [first, end] = [trigger, trigger]
  while (first > 0 && mjd[first - 1]! >= triggerMjd - HISTORY_BEFORE_DETECTION) first--
  while (end < mjd.length && mjd[end]! <= triggerMjd + after) end++
  let [count, best, brightest] = [0, 0, 0]
  for (let k = trigger; k < end; k++) {
    const signal = Math.abs(flux[k]!) / fluxErr[k]!
    if (signal > DETECTION_SNR) count++
    best = Math.max(best, signal)
    if (flux[k]! > DETECTION_SNR * fluxErr[k]!) brightest = Math.max(brightest, flux[k]!)
  }
  if (count < detections || best < least || (isBright && !(magnitudeOfFlux(brightest) < practice.brightLimit))) return undefined

  const chosen: number[] = []
  for (let k = first; k < end && chosen.length < MOST_POINTS; k++) {
    if (isOneNight && nightOf(mjd[k]!) !== nightOf(triggerMjd)) continue
    if (detectionsAlone && !(Math.abs(flux[k]!) > limit * fluxErr[k]!)) continue
    if (detectionsAlone && isPersistent && !bothSigns && Math.sign(flux[k]!) !== Math.sign(flux[trigger]!)) continue
    chosen.push(k)
  }
  return { triggerMjd, photometry: photometryOf(random, sky, skyClass, observations, chosen) }
}

/** Observations as they are delivered, by their places. */
export function photometryOf (random: Random, sky: SkyName, skyClass: SkyClass, { visits: { mjd, band, depth }, flux, fluxErr, noiseFree }: Observations, chosen: readonly number[]): SimulatedPhotometry {
  // of the numbers as they are delivered, so that the flag agrees with them
  const detected = Uint8Array.from(chosen, k => Math.abs(Math.fround(flux[k]!)) > DETECTION_SNR * Math.fround(fluxErr[k]!) ? 1 : 0)
  return {
    mjd: Float64Array.from(chosen, k => mjd[k]!),
    band: Uint8Array.from(chosen, k => band[k]!),
    flux: Float32Array.from(chosen, k => flux[k]!),
    fluxErr: Float32Array.from(chosen, k => fluxErr[k]!),
    noiseFree: Float32Array.from(chosen, k => noiseFree[k]!),
    depth: Float32Array.from(chosen, k => depth[k]!),
    detected,
    realBogus: Float32Array.from(chosen, (k, at) => detected[at] === 1
      ? realBogusScore(random, sky, flux[k]! / fluxErr[k]!, skyClass !== 'artefact' && Math.abs(noiseFree[k]!) > fluxErr[k]!)
      : NaN)
  }
}
