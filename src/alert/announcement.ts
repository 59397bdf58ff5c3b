/** Records of a stream that name an object and bring no light curve. */
import { CandelaError } from '../errors.ts'

/** Services that are asked for a light curve. */
export const SERVICES = ['alerce', 'antares', 'lasair'] as const
export type ServiceName = typeof SERVICES[number]

export interface Announcement {
  service: ServiceName
  /** The id by which the service is asked: of the object, or of ANTARES's locus. */
  id: string
  /** LSST, ZTF; undefined where the record does not say. */
  survey?: string
  /** The survey's ids of the object: a locus of ANTARES may have several, or none at a body of the solar system. */
  diaObjectIds: readonly string[]
  /** Null where the record names none. */
  diaSourceId: string | null
  /** [deg, ICRS]; null where the record does not say. */
  ra: number | null
  dec: number | null
  /** Time of the source [d, MJD TAI]; absent where the record does not say. */
  midpointMjdTai?: number
  /** A known body of the solar system. */
  solarSystem: boolean
  /** By the names of the broker's classes; absent where it gives none. */
  probabilities?: Readonly<Record<string, number>>
}

/** Code 'light-curve-elsewhere': the record is whole, and another service has the light curve. */
export class AnnouncementError extends CandelaError {
  readonly announcement: Announcement

  /** @param sender where it is not the service that is asked */
  constructor (announcement: Announcement, action: string, sender: string = announcement.service) {
    super('light-curve-elsewhere', `${sender} names the object ${announcement.id} and sends no light curve`, { value: announcement.id, action })
    this.announcement = announcement
  }
}
