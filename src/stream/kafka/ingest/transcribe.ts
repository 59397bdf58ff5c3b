/** A batch of a survey's messages → photometry in its topic. */
import type { Alert } from '../../../alert/alert.ts'
import { decodeMessage } from '../../../alert/decode.ts'
import type { DialectName } from '../../../alert/dialect-names.ts'
import type { Carrier, Given } from '../../../alert/given.ts'
import type { PointReport } from '../../../alert/point-report.ts'
import { isOutage } from '../../../alert/schemas/outage.ts'
import type { SchemaSource } from '../../../alert/schemas/source.ts'
import { decodingError } from '../../embedded.ts'
import type { Measures } from '../../measures.ts'
import type { Photometry } from '../photometry.ts'
import { photometryMessage, type PhotometryMessage, type PhotometryWriter } from './photometry-writer.ts'
import { isFull } from '../client/sending.ts'
import { registryOf } from '../subjects.ts'
import type { SurveyBatch } from '../group/topic-reader.ts'
import type { OutageOf } from './source-outages.ts'

export interface TranscriberOptions {
  schemas: SchemaSource
  dialect: DialectName | undefined
  /** What is known of all alerts of a topic. */
  givenOf (topic: string): Omit<Given, 'carrier'>
  /** Whether decoded alerts keep the survey's bytes. */
  keepPackets: boolean
  /** As PhotometryWriter.write. */
  write: PhotometryWriter['write']
  outageOf: OutageOf
  measures: Measures
  /** Gets the points of every alert; photometry does not carry the names of their filters. */
  report: PointReport
}

/** What waits, see OutageOf. */
const DECODING = 'decoding'
/** Latest time of a Date [ms]. */
const LATEST = 8.64e15

/**
 * A function that resolves when the whole batch is written; an alert that cannot be decoded is written as its error. It
 * waits while the schema registry or the brokers are away.
 * @throws CandelaError from the function, as PhotometryWriter.write; the signal's reason once it aborts
 */
export function transcriber ({ schemas, dialect, givenOf, keepPackets, write, outageOf, measures, report }: TranscriberOptions): (batch: SurveyBatch, signal: AbortSignal) => Promise<void> {
  const registry = outageOf(DECODING, registryOf, { isWaitedFor: isOutage, endsWithoutSuccess: true })
  return async (batch, signal) => {
    const given = givenOf(batch.topic)
    const decode = (bytes: Uint8Array, carrier: Carrier): Promise<readonly Alert[]> => registry.over(() => decodeMessage(bytes, { schemas, dialect, given: { ...given, carrier } }), signal)
    let pending: PhotometryMessage[] = []
    let bytes = 0
    for (const message of batch.messages) {
      const all = await photometryOf(batch, message, decode, keepPackets)
      // A decoder that gave up waiting says nothing of the alert.
      signal.throwIfAborted()
      for (const photometry of all) {
        if (photometry.alert) report.add(batch.topic, photometry.alert)
        const next = photometryMessage(photometry)
        if (isFull(pending.length, bytes, next.value.length)) {
          await write(pending, signal)
          pending = []
          bytes = 0
        }
        pending.push(next)
        bytes += next.value.length
      }
    }
    report.soFar()
    await write(pending, signal)
    const written = Date.now()
    for (const { timestamp } of batch.messages) measures.latency('ingest', Number(timestamp), written)
    measures.lag(batch.topic, batch.partition, Number(batch.highWatermark) - Number(batch.messages.at(-1)!.offset) - 1)
  }
}

type Message = SurveyBatch['messages'][number]

/** Of each alert of a message; the first one keeps the packet. */
async function photometryOf (
  { topic, partition }: SurveyBatch, message: Message, decode: (bytes: Uint8Array, carrier: Carrier) => Promise<readonly Alert[]>, keepPackets: boolean
): Promise<Photometry[]> {
  const { value, offset, timestamp } = message
  const packet = value ?? Buffer.alloc(0)
  const published = Number(timestamp)
  const about = { origin: `${topic}/${partition}@${offset}`, surveyPublishedAt: published >= 0 && published <= LATEST ? published : null, ingestedAt: Date.now() }
  try {
    const alerts = await decode(packet, carrierOf(topic, message))
    return alerts.map((alert, part) => ({ ...about, alert, error: null, packet: keepPackets && part === 0 ? packet : null }))
  } catch (cause) {
    return [{ ...about, alert: null, error: decodingError(cause), packet }]
  }
}

const carrierOf = (topic: string, { key, headers = {} }: Message): Carrier => ({
  topic,
  key,
  headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => {
    const last = Array.isArray(value) ? value.at(-1) : value
    return last === undefined ? [] : [[name, Buffer.from(last)]]
  }))
})
