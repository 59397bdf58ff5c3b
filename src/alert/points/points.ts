/** From the sources of a packet to photometric points, with a reason for each source that gives none. */
import { isTime, type OmissionReason, type OmittedSource, type PhotometricPoint } from '../alert.ts'
import { bandOf } from './bands.ts'

/** A source as a dialect reads it, in the units of PhotometricPoint; null or NaN where the packet has no value. */
export interface SourceFields {
  /** Null for forced photometry, whose ids are others. */
  diaSourceId: bigint | string | null
  midpointMjdTai: number | null
  /** Name of its filter, see bands.ts. */
  band: string | null
  psfFlux: number | null
  psfFluxErr: number | null
  visit: number | null
  timeProcessedMjdTai: number | null
  /** A time [d, MJD TAI] where the survey took the source back. */
  timeWithdrawnMjdTai: number | null
  /** The survey has given the source to another object: this one loses it, as if it were withdrawn. */
  moved?: boolean
  /** The survey's flags say that the flux does not measure the source. */
  flagged?: boolean
  /** How real the survey takes the source for, from 0 (an artefact) to 1; absent where it does not say. */
  reliability?: number | null
}

const known = (value: number | null): value is number => value !== null && Number.isFinite(value)

/** A withdrawal whose flux was blanked: it needs none, since a withdrawn point is never stepped. */
const BLANKED = { psfFlux: 0, psfFluxErr: 1, withdrawn: true }

/** Letters of a filter's name that are kept. */
const LONGEST_NAME = 32

/** A source that gave no point. @param band its filter's name, which says something where that is why */
export const omitted = (diaSourceId: string | null, reason: OmissionReason, band: string | null): OmittedSource =>
  reason === 'band-unknown' && band !== null && band !== '' ? { diaSourceId, reason, band: band.slice(0, LONGEST_NAME) } : { diaSourceId, reason }

export class PointList {
  readonly points: PhotometricPoint[] = []
  readonly omitted: OmittedSource[] = []
  readonly #minReliability: number

  /** @param minReliability sources that are less reliable are left out */
  constructor (minReliability = 0) {
    this.#minReliability = minReliability
  }

  add (source: SourceFields, kind: PhotometricPoint['kind']): void {
    const { midpointMjdTai, psfFlux, psfFluxErr, timeWithdrawnMjdTai } = source
    if (!known(midpointMjdTai) || !isTime(midpointMjdTai)) return this.#omit(source, 'time-invalid')
    const band = source.band === null ? null : bandOf(source.band)
    if (band === null) return this.#omit(source, 'band-unknown')
    // The archive writes NaN for "not withdrawn" where other senders write null.
    const withdrawn = known(timeWithdrawnMjdTai) || source.moved === true
    const usable = known(psfFlux) && known(psfFluxErr) && psfFluxErr > 0
    if (withdrawn && !usable) return this.#push(source, { midpointMjdTai, band, kind, ...BLANKED })
    if (source.flagged && !withdrawn) return this.#omit(source, 'quality-flags')
    if (!withdrawn && known(source.reliability ?? null) && source.reliability! < this.#minReliability) return this.#omit(source, 'low-reliability')
    if (psfFlux === null) return this.#omit(source, 'flux-missing')
    if (!Number.isFinite(psfFlux)) return this.#omit(source, 'flux-not-finite')
    if (!known(psfFluxErr) || psfFluxErr <= 0) return this.#omit(source, 'flux-error-not-positive')
    this.#push(source, { midpointMjdTai, band, kind, psfFlux, psfFluxErr, withdrawn })
  }

  #push ({ visit, timeProcessedMjdTai }: SourceFields, { midpointMjdTai, band, psfFlux, psfFluxErr, kind, withdrawn }: Omit<PhotometricPoint, 'visit' | 'timeProcessedMjdTai'>): void {
    // Written out: objects that are spread together are several times slower to read afterwards.
    this.points.push({
      midpointMjdTai,
      band,
      psfFlux,
      psfFluxErr,
      kind,
      visit: visit !== null && Number.isSafeInteger(visit) && visit >= 0 ? visit : null,
      timeProcessedMjdTai: known(timeProcessedMjdTai) ? timeProcessedMjdTai : null,
      withdrawn
    })
  }

  #omit (source: SourceFields, reason: OmissionReason): void {
    this.omitted.push(omitted(source.diaSourceId?.toString() ?? null, reason, source.band))
  }
}

/** Bounds of a position [deg, ICRS]: wherever one is read or asked for, these hold. A right ascension of 360 is the same place as 0. */
export const SKY = { ra: { least: 0, most: 360 }, dec: { least: -90, most: 90 } } as const

/** Whether a sender left the position of an object out: both are NaN, see Alert. */
export const isUnknownPosition = (ra: number, dec: number): boolean => Number.isNaN(ra) && Number.isNaN(dec)

/** Whether two numbers are a position on the sky [deg]. A negative right ascension is none: most are a mark of "not known", such as -1 or -999. */
export const isPosition = (ra: number | null | undefined, dec: number | null | undefined): boolean =>
  typeof ra === 'number' && typeof dec === 'number' && ra >= SKY.ra.least && ra <= SKY.ra.most && dec >= SKY.dec.least && dec <= SKY.dec.most
