/** Writes photometry to its topic. Nothing is lost, whatever its size and however long the brokers are away. */
import type kafkajs from 'kafkajs'
import { CandelaError } from '../../../errors.ts'
import type { Incidents } from '../../incidents.ts'
import { Outage } from '../../outage.ts'
import { alertKey } from '../../outputs/published.ts'
import { kafkaClient } from '../client/client.ts'
import { COMPRESSION_TYPES } from '../client/codecs.ts'
import { kafkaError } from '../client/errors.ts'
import { ensureOptions, ensureOwnTopic, type OwnKafkaSettings } from '../own-topics.ts'
import { encodePhotometry, type Photometry } from '../photometry.ts'
import type { RoleLog } from '../role.ts'
import { idempotentProducer, sendApart } from '../client/sending.ts'
import { clusterOf, reportTo } from '../subjects.ts'
import type { OutageOf } from './source-outages.ts'

export interface WriterOptions {
  settings: OwnKafkaSettings
  topic: string
  log: RoleLog
  outageOf: OutageOf
  incidents: Incidents
}

export interface PhotometryMessage {
  photometry: Photometry
  key: string
  value: Buffer
}

export const photometryMessage = (photometry: Photometry): PhotometryMessage => ({
  photometry,
  key: alertKey(photometry.alert ?? { diaObjectId: null, diaSourceId: null }, photometry.origin),
  value: encodePhotometry(photometry)
})

/** What waits, see OutageOf. */
const WRITING = 'writing'
/** Retries within kafkajs, for some seconds; then the writer connects anew. */
const RETRIES = 3
const FIRST_WAIT = 500
const LONGEST_WAIT = 5000
/** What is kept of a packet that is too large for the topic [B]. */
const REMAINDER = 1024

export class PhotometryWriter {
  readonly #options: WriterOptions
  readonly #kafka: kafkajs.Kafka
  readonly #outage: Outage
  #producer: kafkajs.Producer | undefined

  /** @throws UsageError where settings do not fit each other, CandelaError 'file-unreadable' */
  constructor (options: WriterOptions) {
    this.#options = options
    this.#kafka = kafkaClient(options.settings, reportTo(options.incidents, options.log, options.settings.kafkaBrokers, { topic: options.topic }))
    this.#outage = options.outageOf(WRITING, () => clusterOf(options.settings.kafkaBrokers), { isWaitedFor, firstWaitMs: FIRST_WAIT, longestWaitMs: LONGEST_WAIT })
  }

  /**
   * Creates the topic where it is missing. Waits while the brokers are away.
   * @throws CandelaError as ensureOwnTopic; the signal's reason once it aborts
   */
  open (signal: AbortSignal): Promise<void> {
    return this.#waiting(async () => { await this.#connected() }, signal)
  }

  /**
   * Resolves when all in-sync replicas have the messages. After an outage some may be there twice. Waits while the
   * brokers are away.
   * @throws CandelaError as kafkaError; the signal's reason once it aborts
   */
  write (messages: readonly PhotometryMessage[], signal: AbortSignal): Promise<void> {
    return this.#waiting(() => this.#send(messages), signal)
  }

  async close (): Promise<void> {
    await this.#producer?.disconnect()
  }

  /** A failed attempt discards its producer; the next attempt connects anew. */
  async #waiting (work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const { settings: { kafkaBrokers: brokers }, topic } = this.#options
    await this.#outage.over(() => work().catch((cause: unknown) => {
      const producer = this.#producer
      this.#producer = undefined
      producer?.disconnect().catch(() => {})
      throw kafkaError(cause, { brokers, topic })
    }), signal)
  }

  async #connected (): Promise<kafkajs.Producer> {
    if (this.#producer) return this.#producer
    const { settings, topic, log } = this.#options
    await ensureOwnTopic('photometry', topic, ensureOptions(this.#kafka, settings, log))
    const producer = idempotentProducer(this.#kafka, RETRIES)
    await producer.connect()
    this.#producer = producer
    return producer
  }

  async #send (messages: readonly PhotometryMessage[]): Promise<void> {
    const { settings: { kafkaBrokers: brokers, kafkaCompression }, topic, log } = this.#options
    const producer = await this.#connected()
    const send = async (messages: readonly PhotometryMessage[]): Promise<void> => {
      await producer.send({ topic, compression: COMPRESSION_TYPES[kafkaCompression], messages: messages.map(({ key, value }) => ({ key, value })) })
    }
    const sendSmaller = async (message: PhotometryMessage, error: CandelaError): Promise<void> => {
      const smaller = withoutPacket(message, error)
      if (smaller === null) throw error
      log.warn({ topic, origin: message.photometry.origin, bytes: message.value.length, action: error.action }, smaller.photometry.alert === null
        ? `the topic does not take an alert of this size: it becomes a dead letter with the first ${REMAINDER} bytes of its packet`
        : 'the topic does not take an alert of this size with its packet: it goes on without it')
      await sendApart([smaller], send, sendSmaller, { brokers, topic })
    }
    await sendApart(messages, send, sendSmaller, { brokers, topic })
  }
}

/** A deleted topic is created again with the next connection. */
const isWaitedFor = ({ canRetry, code }: CandelaError): boolean => canRetry || code === 'kafka-topic-unknown'

/**
 * The alert without its packet; where it has none, or there is no alert, an error with the beginning of the packet.
 * @returns null where the message is that already
 */
function withoutPacket ({ photometry, value }: PhotometryMessage, { message, action }: CandelaError): PhotometryMessage | null {
  if (photometry.alert !== null && photometry.packet !== null) return photometryMessage({ ...photometry, packet: null })
  if (photometry.error?.code === TOO_LARGE) return null
  const error = new CandelaError('kafka-message-too-large', `an alert of ${value.length} bytes: ${message}${photometry.error ? `; before that: ${photometry.error.message}` : ''}`, {
    value: value.length, action: `${action} Then read it again from the survey's topic: it was not kept whole.`
  })
  return photometryMessage({ ...photometry, alert: null, error, packet: photometry.packet?.subarray(0, REMAINDER) ?? new Uint8Array() })
}

const TOO_LARGE = 'kafka-message-too-large'
