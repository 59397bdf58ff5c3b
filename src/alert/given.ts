/** What is known of an alert's bytes beside the bytes themselves. */
import type { GivenColumns } from './table/given-columns.ts'

/** The Kafka record, or the Pub/Sub message, that brought the bytes. */
export interface Carrier {
  topic: string
  key: Buffer | null
  /** By their names; of several with one name, the last. Attributes of Pub/Sub in UTF-8. */
  headers: Readonly<Record<string, Buffer>>
}

export interface Given {
  carrier?: Carrier
  /** The Avro schema, as JSON text, of records that come bare: without a container, a frame or a schema in their key. */
  writerSchema?: string
  /** The id of the object, for a light curve that names none. */
  object?: string
  /** What the columns of a table are, where their names do not say it. */
  columns?: GivenColumns
  /** Sources that the survey takes for less real than this are left out; the survey's own bound where not given. */
  minReliability?: number
  /** Messages that say of themselves that they are tests are read as all others are; refused where not given. */
  readTests?: boolean
}

export const NOTHING_GIVEN: Given = {}
