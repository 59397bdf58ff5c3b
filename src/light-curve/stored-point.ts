/** A photometric point as the light curve keeps it, and the rules that make the order of arrival irrelevant. */
import { BANDS, isTime, type PhotometricPoint } from '../alert/alert.ts'

/**
 * A point with its fluxes rounded to float32, the precision of the survey's own packets, so that a point read back
 * from the store equals the one that was merged.
 */
export type StoredPoint = Readonly<PhotometricPoint>

/**
 * Rounds a point to what is stored.
 * @returns null where nothing usable is left: time or flux not finite, error not finite and > 0
 */
export function storedPoint (point: PhotometricPoint): StoredPoint | null {
  // + 0 turns −0, which would compare equal and be stored differently, into 0.
  const psfFlux = Math.fround(point.psfFlux) + 0
  const psfFluxErr = Math.fround(point.psfFluxErr)
  const time = point.midpointMjdTai
  if (!isTime(time) || !Number.isFinite(psfFlux) || !Number.isFinite(psfFluxErr) || psfFluxErr <= 0) return null
  return {
    midpointMjdTai: time,
    band: point.band,
    psfFlux,
    psfFluxErr,
    kind: point.kind,
    visit: point.visit,
    timeProcessedMjdTai: point.timeProcessedMjdTai !== null && isTime(point.timeProcessedMjdTai) ? point.timeProcessedMjdTai : null,
    withdrawn: point.withdrawn
  }
}

const millisecond = (point: { midpointMjdTai: number }): number => Math.round(point.midpointMjdTai * 86_400_000)

/** The whole MJD of a point, its time rounded to the millisecond. */
export const dayOf = (point: { midpointMjdTai: number }): number => Math.floor(millisecond(point) / 86_400_000)

/**
 * Identity of a point: (band, visit), or (band, midpointMjdTai to the millisecond) where no visit is given. The day
 * is part of it, so that a survey that repeats its visit numbers does no harm and older days need not be searched.
 */
export const identityOf = (point: StoredPoint): string =>
  point.visit === null ? `${point.band}@${millisecond(point)}` : `${point.band}#${point.visit}@${dayOf(point)}`

/** Order in a light curve: time, then band by wavelength, then visit. */
export const inTime = (a: StoredPoint, b: StoredPoint): number =>
  a.midpointMjdTai - b.midpointMjdTai || BANDS.indexOf(a.band) - BANDS.indexOf(b.band) || (a.visit ?? -1) - (b.visit ?? -1)

/**
 * Rank of two versions of one point; positive where `a` stands. A detection stands over forced photometry, a newer
 * processing over an older one, a withdrawal over the point it takes back; then the values decide, so that any
 * order of arrival ends in the same version.
 */
export const compareVersions = (a: StoredPoint, b: StoredPoint): number =>
  Number(a.kind === 'detection') - Number(b.kind === 'detection') ||
  (a.timeProcessedMjdTai ?? 0) - (b.timeProcessedMjdTai ?? 0) ||
  Number(a.withdrawn) - Number(b.withdrawn) ||
  a.psfFlux - b.psfFlux || a.psfFluxErr - b.psfFluxErr || a.midpointMjdTai - b.midpointMjdTai

const POINT_BYTES = 33
const FORCED = 0x08
const WITHDRAWN = 0x10
const NO_NUMBER = Number.NaN

/** Points as bytes, 33 each: time f64, flux f32, error f32, processing time f64, visit f64, band and flags u8. */
export function packPoints (points: readonly StoredPoint[]): Uint8Array {
  const bytes = new Uint8Array(points.length * POINT_BYTES)
  const view = new DataView(bytes.buffer)
  points.forEach((point, k) => {
    const at = k * POINT_BYTES
    view.setFloat64(at, point.midpointMjdTai)
    view.setFloat32(at + 8, point.psfFlux)
    view.setFloat32(at + 12, point.psfFluxErr)
    view.setFloat64(at + 16, point.timeProcessedMjdTai ?? NO_NUMBER)
    view.setFloat64(at + 24, point.visit ?? NO_NUMBER)
    view.setUint8(at + 32, BANDS.indexOf(point.band) | (point.kind === 'forced' ? FORCED : 0) | (point.withdrawn ? WITHDRAWN : 0))
  })
  return bytes
}

export function unpackPoints (bytes: Uint8Array): StoredPoint[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: bytes.byteLength / POINT_BYTES }, (_, k) => {
    const at = k * POINT_BYTES
    const flags = view.getUint8(at + 32)
    const processed = view.getFloat64(at + 16)
    const visit = view.getFloat64(at + 24)
    return {
      midpointMjdTai: view.getFloat64(at),
      band: BANDS[flags & 0x07]!,
      psfFlux: view.getFloat32(at + 8),
      psfFluxErr: view.getFloat32(at + 12),
      kind: (flags & FORCED) === 0 ? 'detection' : 'forced',
      visit: Number.isNaN(visit) ? null : visit,
      timeProcessedMjdTai: Number.isNaN(processed) ? null : processed,
      withdrawn: (flags & WITHDRAWN) !== 0
    }
  })
}
