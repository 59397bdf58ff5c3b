/** The input of an output format, and its result. */
import type { AvroRecord } from '../../alert/avro/record.ts'
import type { ModelClass } from '../../model/classes.ts'
import type { AlertOutcome, RevisedOutcome } from '../../state/outcome.ts'
import type { Classification } from '../../state/views.ts'

/** An alert with its outcome, as an output sees it. */
export interface PublishedAlert {
  /** 'revised' where there was no alert: a light curve was replayed for another model, a host redshift, an object that moved. */
  outcome: AlertOutcome | RevisedOutcome
  /**
   * The classification of the object that stands after this alert, its own where it was classified; null where the
   * object has none, or there is no object.
   */
  standing: Classification | null
  /** Of the alert [deg, ICRS]; null where it could not be read, or the sender left it out. */
  position: { ra: number, dec: number } | null
  /** Where the alert came from: topic, partition and offset, or a file. */
  origin: string
  /** When the survey published it, that is the timestamp of its Kafka record [ms since 1970, UTC]; null where not known. */
  surveyPublishedAt: number | null
  /** When Candela received it [ms since 1970, UTC]; null where not known. */
  ingestedAt: number | null
  /** When its outcome was known [ms since 1970, UTC]. */
  processedAt: number
  /** The alert's Avro record as it came; null where it was no Avro. */
  packet: AlertPacket | null
  /** First time at which the object was brighter than S/N 5 [d, MJD TAI]; absent or null where it is not known, or the alert gave no classification. */
  firstDetectionMjdTai?: number | null | undefined
}

export type AlertPacket = AvroRecord

/** The publisher, as the formats name it. */
export interface Publisher {
  /** Name among the brokers; never changes. */
  brokerName: string
  /** Candela's version. */
  brokerVersion: string
  /** The model in use; without classes where it tells Ia from all else alone. */
  model: { name: string, version: string, classes?: readonly PublishedClass[] | null | undefined }
}

/** A class of a model: its name, its id in ELAsTiCC's taxonomy, whether it counts as Ia. */
export type PublishedClass = ModelClass

/** A Kafka record without its topic. */
export interface OutputMessage {
  /** The object's id, so that all of an object is in one partition, in order. */
  key: string
  value: Buffer
  headers: Record<string, string | Buffer>
}

/** @returns null where the format has no message for such an alert */
export type Encoder = (alert: PublishedAlert) => OutputMessage | null

/**
 * The key of an alert in every topic: diaObjectId. No other key can look like one, since ids have no colon, and none is
 * empty: a compacted topic refuses records without a key.
 * @param origin where the alert came from
 */
export const alertKey = ({ diaObjectId, diaSourceId }: { diaObjectId: string | null, diaSourceId: string | null }, origin: string): string =>
  diaObjectId ?? (diaSourceId === null ? `origin:${origin}` : `source:${diaSourceId}`)

export const keyOf = ({ outcome, origin }: PublishedAlert): string => alertKey(outcome, origin)

/** Headers, so that consumers can filter without reading the value. */
export const headersOf = (contentType: string, { outcome: { outcome, reason } }: PublishedAlert): Record<string, string> =>
  ({ 'content-type': contentType, outcome, ...reason !== undefined && { reason } })

/** What a model with classes, and one with a decoder, says beside P(Ia), for JSON; nothing of one without. */
export const besideProbability = ({ probabilityIaErr, classProbabilities, classShares, phase, phaseLow, phaseHigh }: Classification): Partial<Classification> => ({
  ...probabilityIaErr !== undefined && { probabilityIaErr },
  ...classProbabilities && { classProbabilities },
  ...classShares !== undefined && { classShares },
  ...phase !== undefined && { phase },
  ...phaseLow !== undefined && { phaseLow },
  ...phaseHigh !== undefined && { phaseHigh }
})

const MAXIMUM_LONG = 2n ** 63n - 1n

/** An id as an Avro long; null where it is none, as ZTF's names are. */
export function longOf (id: string | null): bigint | null {
  if (id === null || !/^\d{1,19}$/.test(id)) return null
  const long = BigInt(id)
  return long <= MAXIMUM_LONG ? long : null
}
