/** Sends packets to a topic: byte for byte, in order, at a given pace. */
import type kafkajs from 'kafkajs'
import { setTimeout as sleep } from 'node:timers/promises'
import { CandelaError } from '../../errors.ts'
import { COMPRESSION_TYPES } from './client/codecs.ts'
import type { Compression } from '../../kafka-settings.ts'
import { Outage } from '../outage.ts'
import { kafkaError } from './client/errors.ts'
import { idempotentProducer, isFull, sendApart } from './client/sending.ts'

export interface FedPacket {
  bytes: Uint8Array
  /** diaObjectId, so that the packets of an object stay in order in one partition, or what a broker has there; null for any partition. */
  key: string | Buffer | null
  headers?: Readonly<Record<string, string | Buffer>>
  origin: string
}

export interface Pace {
  /** Mean number of packets per second. */
  rate: number
  /** Packets sent together, as those of a visit are. */
  burst: number
}

export interface FeederOptions {
  topic: string
  brokers: readonly string[]
  compression?: Compression
  /** As fast as the broker takes them where neither this nor `due` is given. */
  pace?: Pace | undefined
  /** When the packet in a place, from 0, is due [ms since the feeding began]; never earlier than the one before. */
  due?: ((place: number) => number) | undefined
  /** Ends the feed after the packets that are on their way. */
  signal: AbortSignal
  onSent?: (progress: FeedCounts) => void
  /**
   * Creates the topic again where it was deleted, as where Kafka is set up anew. Called while a send has no answer.
   * Without this function the feed waits until somebody else creates the topic.
   * @returns whether it was deleted
   */
  makeAgain?: (() => Promise<boolean>) | undefined
  /** Called repeatedly while a send has no answer; later packets wait. */
  onWaiting?: (error: CandelaError) => void
  /** Called where the broker refuses a packet; the feed continues. */
  onRefused?: (packet: FedPacket, error: CandelaError) => void
}

export interface FeedCounts {
  /** Acknowledged by all in-sync replicas. */
  sent: number
  bytes: number
  refused: number
  /** On their way when the feed ended, without an answer: they may be in the topic or not. */
  unconfirmed: number
}

/** While no broker answers. */
const WAITS = { firstWaitMs: 500, longestWaitMs: 5000 }
/** How often the topic is looked for while a send has no answer [ms]. */
const LOOK_EVERY = 3000
/** How long a send on its way may take after the signal [ms]. */
const PATIENCE = 5000

/**
 * Sends packets with an idempotent producer until they end or the signal aborts. One send is on its way at a time, so the
 * source is read at the speed of the broker. The feed waits for a broker that goes away.
 * @throws CandelaError as kafkaError; packets sent before are in the topic
 */
export async function feed (kafka: kafkajs.Kafka, packets: AsyncIterable<FedPacket>, options: FeederOptions): Promise<FeedCounts> {
  const { topic, brokers, compression = 'none', pace, due = pace && steadily(pace), signal } = options
  const counts: FeedCounts = { sent: 0, bytes: 0, refused: 0, unconfirmed: 0 }
  const producer = idempotentProducer(kafka, Number.MAX_SAFE_INTEGER)
  const outage = new Outage({ isWaitedFor: ({ canRetry }) => canRetry, ...WAITS })
  const send = async (batch: readonly FedPacket[]): Promise<void> => {
    const record = { topic, compression: COMPRESSION_TYPES[compression], messages: batch.map(messageOf) }
    const attempt = async (): Promise<unknown> => await producer.send(record).catch((error: unknown) => { throw kafkaError(error, { brokers, topic }) })
    // kafkajs gives up where no broker can be reached for some seconds. A retry sends the same sequence numbers: nothing is written twice.
    await looking(outage.over(attempt, signal), options)
    counts.sent += batch.length
    counts.bytes += sizeOf(batch)
    options.onSent?.(counts)
  }
  const refuse = (packet: FedPacket, error: CandelaError): void => {
    counts.refused++
    options.onRefused?.(packet, error)
  }
  try {
    await producer.connect()
    for await (const batch of batches(packets, due, signal)) {
      const before = counts.sent + counts.refused
      if (!await withPatience(sendApart(batch, send, refuse, { brokers, topic }), signal)) {
        counts.unconfirmed = batch.length - (counts.sent + counts.refused - before)
        break
      }
    }
  } catch (error) {
    throw kafkaError(error, { brokers, topic })
  } finally {
    if (counts.unconfirmed === 0) await producer.disconnect()
  }
  return counts
}

/** Looks for the topic while a send waits. kafkajs retries meanwhile, and does not notice that a topic was created anew. */
async function looking<T> (work: Promise<T>, { topic, brokers, signal, makeAgain = async () => false, onWaiting }: FeederOptions): Promise<T> {
  const done = new AbortController()
  const look = async (): Promise<void> => {
    while (await sleep(LOOK_EVERY, true, { signal: AbortSignal.any([done.signal, signal]) }).catch(() => false)) {
      try {
        if (!await makeAgain()) onWaiting?.(unanswered(brokers))
      } catch (error) {
        if (!done.signal.aborted) onWaiting?.(kafkaError(error, { brokers, topic }))
      }
    }
  }
  const watching = look()
  try {
    return await work
  } finally {
    done.abort()
    await watching
  }
}

const unanswered = (brokers: readonly string[]): CandelaError => new CandelaError('kafka-unreachable', `Kafka at ${brokers.join(', ')} does not take what is sent`, {
  canRetry: true, action: 'See the broker\'s own log at this time; it is tried again by itself.'
})

/** As kafkajs wants it. */
const messageOf = ({ key, headers, bytes }: FedPacket): kafkajs.Message =>
  ({ key, value: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), ...headers !== undefined && { headers: { ...headers } } })

const sizeOf = (batch: readonly FedPacket[]): number => batch.reduce((bytes, packet) => bytes + packet.bytes.length, 0)

/** @returns false where the work is not done some time after the signal */
async function withPatience (work: Promise<void>, signal: AbortSignal): Promise<boolean> {
  const done = new AbortController()
  const impatient = new Promise<false>(resolve => {
    const wait = (): void => { setTimeout(resolve, PATIENCE, false).unref() }
    if (signal.aborted) wait()
    else signal.addEventListener('abort', wait, { once: true, signal: done.signal })
  })
  try {
    return await Promise.race([work.then(() => true), impatient])
  } finally {
    done.abort()
  }
}

const steadily = ({ rate, burst }: Pace) => (place: number): number => Math.floor(place / burst) * burst / rate * 1000

/** Groups packets that are due into sends of bounded size. */
async function * batches (packets: AsyncIterable<FedPacket>, due: FeederOptions['due'], signal: AbortSignal): AsyncGenerator<FedPacket[]> {
  const began = performance.now()
  let taken = 0
  let batch: FedPacket[] = []
  let bytes = 0
  for await (const packet of packets) {
    if (signal.aborted) return
    const wait = due === undefined ? 0 : began + due(taken) - performance.now()
    // A key may be larger than its value: Fink's is a whole schema.
    const size = packet.bytes.length + (packet.key?.length ?? 0)
    if ((batch.length > 0 && wait > 0) || isFull(batch.length, bytes, size)) {
      yield batch
      batch = []
      bytes = 0
    }
    if (wait > 1) await sleep(wait, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    batch.push(packet)
    bytes += size
    taken++
  }
  if (batch.length > 0) yield batch
}
