/** Alerts from records of photometry: those that ingest wrote, and packets of a survey that another producer wrote as they are. */
import type kafkajs from 'kafkajs'
import type { Alert, ReceivedAlert } from '../../../alert/alert.ts'
import type { AvroRecord } from '../../../alert/avro/record.ts'
import { CandelaError } from '../../../errors.ts'
import { receive } from '../../embedded.ts'
import { decodePhotometry, toReceived, type Photometry } from '../photometry.ts'

/** An alert with the times that its latency is measured from. */
export interface TakenAlert {
  received: ReceivedAlert
  /** When the survey published it [ms since 1970, UTC]; null where not known. */
  surveyPublishedAt: number | null
  /** When its record was appended to photometry [ms since 1970, UTC]. */
  appendedAt: number
}

export interface TakeOptions {
  /** Decodes a survey's packet. Waits while a schema registry is away, until the signal aborts. */
  decode: (bytes: Uint8Array, signal: AbortSignal) => Promise<Alert>
  /** Reads the packet's Avro record for outputs that pass it on; absent where no output does. Waits as `decode`. */
  avroRecord?: ((bytes: Buffer, signal: AbortSignal) => Promise<AvroRecord | null>) | undefined
}

/**
 * A record that cannot be read becomes a dead letter.
 * @param origin of the record
 * @throws the signal's reason once it aborts
 */
export async function takeAlert ({ value, timestamp }: kafkajs.KafkaMessage, origin: string, { decode, avroRecord }: TakeOptions, signal: AbortSignal): Promise<TakenAlert> {
  const bytes = value ?? Buffer.alloc(0)
  const appendedAt = Number(timestamp)
  const packetOf = async (packet: Uint8Array | null): Promise<AvroRecord | null> =>
    packet === null || !avroRecord ? null : await avroRecord(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength), signal)
  let photometry: Photometry | null
  try {
    photometry = decodePhotometry(bytes)
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    return { received: { error, bytes, origin }, surveyPublishedAt: null, appendedAt }
  }
  if (photometry !== null) {
    const { surveyPublishedAt, ingestedAt, packet } = photometry
    const received = { ...toReceived(photometry), publication: { surveyPublishedAt, ingestedAt, packet: await packetOf(packet) } }
    return { received, surveyPublishedAt, appendedAt }
  }
  const ingestedAt = Date.now()
  const received = await receive(bytes, origin, bytes => decode(bytes, signal))
  // A decoder that gave up waiting says nothing of the alert.
  signal.throwIfAborted()
  const publication = { surveyPublishedAt: appendedAt, ingestedAt, packet: await packetOf(bytes) }
  return { received: { ...received, publication }, surveyPublishedAt: appendedAt, appendedAt }
}
