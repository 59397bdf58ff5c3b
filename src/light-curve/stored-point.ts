/** A photometric point as it is stored, and the rules that make the order of arrival irrelevant. */
import { BANDS, isTime, type PhotometricPoint } from '../alert/alert.ts'

/** Times are stored to 10⁻⁸ d, finer than the millisecond that tells points apart [1/d]. */
export const TICKS_A_DAY = 1e8
/** Processing times are stored to 10⁻⁵ d, a second: they only decide which version is newer [1/d]. */
export const PROCESSING_TICKS_A_DAY = 1e5

/** A time as it is stored [d, MJD]. */
export const keptTime = (midpointMjdTai: number): number => Math.round(midpointMjdTai * TICKS_A_DAY) / TICKS_A_DAY

const keptProcessingTime = (time: number | null): number | null =>
  time !== null && isTime(time) ? Math.round(time * PROCESSING_TICKS_A_DAY) / PROCESSING_TICKS_A_DAY : null

/** A brand that exists only in types. Spreads drop its private member, so that a changed copy is not a stored point. */
declare class Rounded {
  private readonly rounded: true
}

/**
 * A point rounded to what is stored: fluxes as float32, the precision of the survey's own packets, times to 10⁻⁸ d and
 * 10⁻⁵ d. A point read back from the store equals the one that was merged. Only storedPoint and asStored make one.
 */
export type StoredPoint = Readonly<PhotometricPoint> & Rounded

/** The same point, as one that is stored. Only for points whose values are read from storage: nothing is rounded here. */
export const asStored = (point: Readonly<PhotometricPoint>): StoredPoint => point as StoredPoint

/**
 * Rounds a point to what is stored.
 * @returns null where the point cannot be used: time or flux not finite, or error not finite and > 0
 */
export function storedPoint (point: Readonly<PhotometricPoint>): StoredPoint | null {
  // + 0 turns −0, which would compare equal and be stored differently, into 0.
  const psfFlux = Math.fround(point.psfFlux) + 0
  const psfFluxErr = Math.fround(point.psfFluxErr)
  const time = keptTime(point.midpointMjdTai)
  if (!isTime(time) || !Number.isFinite(psfFlux) || !Number.isFinite(psfFluxErr) || psfFluxErr <= 0) return null
  return asStored({
    midpointMjdTai: time,
    band: point.band,
    psfFlux,
    psfFluxErr,
    kind: point.kind,
    visit: point.visit,
    timeProcessedMjdTai: keptProcessingTime(point.timeProcessedMjdTai),
    withdrawn: point.withdrawn
  })
}

/** Whether storedPoint makes `stored` of `point`. */
export const isStoredAs = (point: PhotometricPoint, stored: StoredPoint): boolean =>
  point.band === stored.band && point.visit === stored.visit && point.kind === stored.kind && point.withdrawn === stored.withdrawn &&
  Math.fround(point.psfFlux) === stored.psfFlux && Math.fround(point.psfFluxErr) === stored.psfFluxErr &&
  keptTime(point.midpointMjdTai) === stored.midpointMjdTai && keptProcessingTime(point.timeProcessedMjdTai) === stored.timeProcessedMjdTai

const millisecond = (point: { midpointMjdTai: number }): number => Math.round(point.midpointMjdTai * 86_400_000)

/** The whole MJD of a point, its time rounded to the millisecond. */
export const dayOf = (point: { midpointMjdTai: number }): number => Math.floor(millisecond(point) / 86_400_000)

/**
 * Identity of a point: (band, visit), or (band, midpointMjdTai to the millisecond) where no visit is given. The day
 * is part of it: visit numbers may repeat, and a merge needs to search no earlier days.
 */
export const identityOf = (point: Pick<PhotometricPoint, 'band' | 'visit' | 'midpointMjdTai'>): string =>
  point.visit === null ? `${point.band}@${millisecond(point)}` : `${point.band}#${point.visit}@${dayOf(point)}`

/** Order in a light curve: time, then band by wavelength, then visit. */
export const inTime = (a: StoredPoint, b: StoredPoint): number =>
  a.midpointMjdTai - b.midpointMjdTai || BANDS.indexOf(a.band) - BANDS.indexOf(b.band) || (a.visit ?? -1) - (b.visit ?? -1)

/**
 * Compares two versions of one point; positive where `a` wins. A detection wins over forced photometry, a newer
 * processing over an older one, a withdrawal over the point that it withdraws. Then the values decide, so that any order
 * of arrival ends in the same version.
 */
export const compareVersions = (a: StoredPoint, b: StoredPoint): number =>
  Number(a.kind === 'detection') - Number(b.kind === 'detection') ||
  (a.timeProcessedMjdTai ?? 0) - (b.timeProcessedMjdTai ?? 0) ||
  Number(a.withdrawn) - Number(b.withdrawn) ||
  a.psfFlux - b.psfFlux || a.psfFluxErr - b.psfFluxErr || a.midpointMjdTai - b.midpointMjdTai
