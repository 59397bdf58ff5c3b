/** Records of photometry as alerts: those that ingest wrote, and packets of a survey that somebody put there as they are. */
import type kafkajs from 'kafkajs'
import type { Alert, ReceivedAlert } from '../../alert/alert.ts'
import type { AvroRecord } from '../../alert/avro-record.ts'
import { CandelaError } from '../../errors.ts'
import { receive } from '../embedded.ts'
import type { AlertFacts } from './outgoing.ts'
import { decodePhotometry, toReceived } from './photometry.ts'

/** An alert with what its outputs need, and the time that its latency is measured from. */
export interface TakenAlert {
  received: ReceivedAlert
  facts: AlertFacts
  /** When its record was appended to photometry [ms since 1970, UTC]. */
  appendedAt: number
}

export interface TakeOptions {
  /** Of a survey's packet: waits while a schema registry is away. */
  decode: (bytes: Uint8Array) => Promise<Alert>
  /** The packet's own record, for outputs that pass it on; absent where none does. */
  avroRecord?: ((bytes: Buffer) => Promise<AvroRecord | null>) | undefined
}

/** Never throws for what the bytes are: a record that cannot be read is a dead letter. @param origin where it lies */
export async function takeAlert ({ value, timestamp }: kafkajs.KafkaMessage, origin: string, { decode, avroRecord }: TakeOptions): Promise<TakenAlert> {
  const bytes = value ?? Buffer.alloc(0)
  const appendedAt = Number(timestamp)
  const packetOf = async (packet: Uint8Array | null): Promise<AvroRecord | null> =>
    packet === null || !avroRecord ? null : await avroRecord(Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength))
  try {
    const photometry = decodePhotometry(bytes)
    if (photometry !== null) {
      const { surveyPublishedAt, ingestedAt, packet } = photometry
      return { received: toReceived(photometry), facts: { surveyPublishedAt, ingestedAt, packet: await packetOf(packet) }, appendedAt }
    }
  } catch (error) {
    if (!(error instanceof CandelaError)) throw error
    return { received: { error, bytes, origin }, facts: { surveyPublishedAt: null, ingestedAt: null, packet: null }, appendedAt }
  }
  const ingestedAt = Date.now()
  return { received: await receive(bytes, origin, decode), facts: { surveyPublishedAt: appendedAt, ingestedAt, packet: await packetOf(bytes) }, appendedAt }
}
