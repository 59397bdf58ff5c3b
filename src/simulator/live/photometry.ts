/** What the survey measures of an object, visit by visit. */
import { DETECTION_SNR, HISTORY_BEFORE_DETECTION } from '../../alert/alert.ts'
import type { Cadence, Visit } from './cadence.ts'
import type { SimulatedObject } from './objects.ts'
import { normal, randomFrom } from '../random.ts'

export interface Measurement {
  visit: Visit
  /** Forced photometry at the object's position [nJy]. */
  forcedFlux: number
  /** At the source's own centroid, which follows the noise: never nearer to 0 than `forcedFlux` [nJy]. */
  sourceFlux: number
  /** 1σ of both [nJy]. */
  fluxErr: number
  /** `sourceFlux` has |S/N| > 5: the visit gives a DiaSource, and an alert. */
  detected: boolean
}

/** Share of σ² that does not depend on the source (Ivezić et al. 2019, eq. 5, γ). */
const SKY_SHARE = 0.039
/** Gain of a free centroid, in σ. */
const CENTROID_GAIN = 0.1
/** What flat fields and kernels leave of the light at the position [share, 1σ]. */
const SUBTRACTION_FLOOR = 0.005
const DRAW_NOISE = 301

/**
 * 1σ of a point source's flux [nJy]: σ² = γ·F5² + (0.04 − γ)·F·F5, sky and photon noise, which is Ivezić et al.
 * 2019, eq. 5, written for fluxes; at F = F5 it gives S/N = 5.
 */
export const fluxError = (flux: number, fiveSigmaFlux: number): number =>
  Math.sqrt(SKY_SHARE * fiveSigmaFlux ** 2 + (0.04 - SKY_SHARE) * Math.max(flux, 0) * fiveSigmaFlux)

/** One visit's measurement; the same whenever it is asked for. */
export function measure (seed: number, object: SimulatedObject, visit: Visit): Measurement {
  const random = randomFrom(seed, DRAW_NOISE, object.number, visit.index)
  const flux = object.flux(visit.band, visit.midpointMjdTai)
  // as an alert's float32 holds them, so that a packet and the truth agree on what is detected
  const light = object.templateFlux[visit.band] + Math.max(flux, 0)
  const fluxErr = Math.fround(Math.hypot(fluxError(light, visit.fiveSigmaFlux), SUBTRACTION_FLOOR * light))
  const forcedFlux = Math.fround(flux + fluxErr * normal(random))
  const sourceFlux = Math.fround(forcedFlux + Math.sign(forcedFlux) * CENTROID_GAIN * fluxErr * Math.abs(normal(random)))
  return { visit, forcedFlux, sourceFlux, fluxErr, detected: Math.abs(sourceFlux) > DETECTION_SNR * fluxErr }
}

export interface History {
  /** Earlier detections, in order of time. */
  detections: Measurement[]
  /** Forced photometry of every visit from 30 days before the first detection to the night before. */
  forced: Measurement[]
}

export interface Photometry {
  /** Detections of an object in a night, in order of time. */
  detections (object: SimulatedObject, night: number): Measurement[]
  /** What is known of an object at the beginning of a night. Forced photometry arrives a day late. */
  history (object: SimulatedObject, night: number): History
}

interface Followed { first: number, until: number, measurements: Measurement[] }

export function createPhotometry (seed: number, cadence: Cadence, startMjdTai: number): Photometry {
  const start = Math.floor(startMjdTai)
  const followed = new Map<number, Followed>()
  // a night's visits lie in the day after its evening
  const nightOf = (mjd: number): number => Math.floor(mjd - start) - 1
  const inNight = (object: SimulatedObject, night: number): Measurement[] =>
    cadence.visitsOf(object.field, night).map(visit => measure(seed, object, visit))
  const canDetect = ({ visible }: SimulatedObject, night: number): boolean =>
    visible !== null && night >= nightOf(visible.from) && night <= nightOf(visible.to)

  function follow (object: SimulatedObject, night: number): Measurement[] {
    const first = nightOf(object.visible?.from ?? start + night) - HISTORY_BEFORE_DETECTION - 1
    let record = followed.get(object.number)
    if (!record) {
      record = { first, until: first, measurements: [] }
      followed.set(object.number, record)
    }
    for (; record.until < night; record.until++) record.measurements.push(...inNight(object, record.until))
    return record.until === night ? record.measurements : record.measurements.filter(({ visit }) => visit.night < night)
  }

  function forgetBefore (night: number): void {
    for (const [number, { until }] of followed) if (until < night - 60) followed.delete(number)
  }

  let lastSweep = 0
  return {
    detections (object, night) {
      return canDetect(object, night) ? inNight(object, night).filter(({ detected }) => detected) : []
    },
    history (object, night) {
      if (night > lastSweep + 30) {
        lastSweep = night
        forgetBefore(night)
      }
      const measurements = follow(object, night)
      const detections = measurements.filter(({ detected, visit }) => detected && canDetect(object, visit.night))
      const first = detections[0]?.visit.midpointMjdTai
      const forced = first === undefined
        ? []
        : measurements.filter(({ visit }) => visit.midpointMjdTai >= first - HISTORY_BEFORE_DETECTION)
      return { detections, forced }
    }
  }
}
