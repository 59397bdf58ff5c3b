/** A batch of a survey's messages → photometry in its topic. */
import type { Alert } from '../../../alert/alert.ts'
import { AnnouncementError } from '../../../alert/announcement.ts'
import { declinedBody, isBody } from '../../../alert/declined-body.ts'
import { decodeMessage } from '../../../alert/decode.ts'
import type { DialectName } from '../../../alert/dialect-names.ts'
import type { Carrier, Given } from '../../../alert/given.ts'
import type { PointReport } from '../../../alert/points/point-report.ts'
import { isOutage } from '../../../alert/schemas/outage.ts'
import type { SchemaSource } from '../../../alert/schemas/source.ts'
import { decodingError } from '../../embedded.ts'
import type { Measures } from '../../measures.ts'
import type { Photometry } from '../photometry.ts'
import { photometryMessage, type PhotometryMessage, type PhotometryWriter } from './photometry-writer.ts'
import type { FollowUp } from './follow-up/follow-up.ts'
import { inOrder } from './in-order.ts'
import { isFull } from '../client/sending.ts'
import { registryOf } from '../subjects.ts'
import type { SurveyBatch } from '../group/topic-reader.ts'
import type { OutageOf } from './source-outages.ts'

export interface TranscriberOptions {
  /** Its name. */
  source: string
  schemas: SchemaSource
  dialect: DialectName | undefined
  /** What is known of all alerts of a topic. */
  givenOf (topic: string): Omit<Given, 'carrier'>
  /** Asks for the light curves of objects that are only named; without it such a record is an error. */
  followUp?: FollowUp | undefined
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
 * waits while the schema registry, the service for light curves or the brokers are away.
 * @throws CandelaError from the function, as PhotometryWriter.write; the signal's reason once it aborts
 */
export function transcriber ({ source, schemas, dialect, followUp, givenOf, keepPackets, write, outageOf, measures, report }: TranscriberOptions): (batch: SurveyBatch, signal: AbortSignal) => Promise<void> {
  const registry = outageOf(DECODING, registryOf, { isWaitedFor: isOutage, endsWithoutSuccess: true })
  return async (batch, signal) => {
    const given = givenOf(batch.topic)
    const decode = (bytes: Uint8Array, carrier: Carrier): Promise<readonly Alert[]> => registry.over(() => decodeMessage(bytes, { schemas, dialect, given: { ...given, carrier } }), signal)
    const follow: Follow = async (error, receivedAt) => {
      const { announcement } = error
      if (isBody(error)) {
        measures.announced(source, 'declined')
        return [declinedBody(announcement, receivedAt)]
      }
      if (followUp?.follows(announcement)) return await followUp.follow(announcement, given, signal)
      measures.announced(source, 'failed')
      throw error
    }
    let pending: PhotometryMessage[] = []
    let bytes = 0
    for await (const all of inOrder(batch.messages, followUp?.ahead ?? 1, message => photometryOf(batch, message, { decode, follow, keepPackets }))) {
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

/** @param receivedAt [ms since 1970, UTC] @throws the error itself where nobody is to be asked, FollowUpError */
type Follow = (error: AnnouncementError, receivedAt: number) => Promise<readonly Alert[]>

interface Reading {
  decode: (bytes: Uint8Array, carrier: Carrier) => Promise<readonly Alert[]>
  follow: Follow
  keepPackets: boolean
}

/** Of each alert of a message; the first one keeps the packet, except where it only names the object. */
async function photometryOf ({ topic, partition }: SurveyBatch, message: Message, { decode, follow, keepPackets }: Reading): Promise<Photometry[]> {
  const { value, offset, timestamp } = message
  const packet = value ?? Buffer.alloc(0)
  const published = Number(timestamp)
  const about = { origin: `${topic}/${partition}@${offset}`, surveyPublishedAt: published >= 0 && published <= LATEST ? published : null, ingestedAt: Date.now() }
  try {
    let isFollowed = false
    const alerts = await decode(packet, carrierOf(topic, message)).catch(async (error: unknown) => {
      if (!(error instanceof AnnouncementError)) throw error
      isFollowed = true
      return await follow(error, about.surveyPublishedAt ?? about.ingestedAt)
    })
    return alerts.map((alert, part) => ({ ...about, alert, error: null, packet: keepPackets && part === 0 && !isFollowed ? packet : null }))
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
