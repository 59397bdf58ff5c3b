/** A real broker of Kafka in a container, on one port throughout, and what is in its topics. */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type kafkajs from 'kafkajs'
import pRetry from 'p-retry'
import { GenericContainer, Wait } from 'testcontainers'
import { feed, type FedPacket } from '../../../src/stream/kafka/feeder.ts'
import { ensureOwnTopic } from '../../../src/stream/kafka/own-topics.ts'
import type { OwnTopics } from '../../../src/stream/kafka/role.ts'
import { freePort } from '../free-port.ts'
import { brokerImage, type KafkaVersion } from './broker-image/broker-image.ts'
import { clientOf } from './client.ts'

export { clientOf }

/** A test, or whatever else ends what it has started. */
interface Cleanup { after (end: () => unknown): void }

export type { KafkaVersion }

export interface Broker {
  /** host:port, without TLS and user. */
  address: string
  /** host:port where there is a secure listener; otherwise ''. */
  secureAddress: string
  /** host:port of a listener with the same users and no TLS, where there is a secure one; otherwise ''. */
  loginAddress: string
  /** Orderly, or as a machine that loses its power; what is in its topics stays. */
  stop (how: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** Goes on where it was stopped, under the same address; resolves when it answers. */
  start (): Promise<void>
  /** Runs a line of shell beside the broker, with Kafka's tools in its path. */
  run (line: string): Promise<string>
}

/** Its address for what runs beside it. */
export const INSIDE = 'localhost:19092'

/** A listener with SASL over TLS, and one with the same SASL without TLS. */
export interface SecureListener {
  /** PEM: the private key and the certificates of the broker. */
  keyAndCertificates: string
  /** Settings of both listeners behind listener.name.secure, in the image's way of writing them. */
  settings: Record<string, string>
}

const docker = (...args: string[]): Promise<unknown> => promisify(execFile)('docker', args)

/** A broker that starts anew is asked again until it answers. */
async function answers (address: string): Promise<void> {
  await pRetry(async () => {
    const admin = clientOf(address).admin()
    try {
      await admin.connect()
      await admin.describeCluster()
    } finally {
      await admin.disconnect()
    }
  }, { retries: 200, minTimeout: 200, factor: 1 })
}

const SETTINGS_FILE = '/opt/kafka/config/server.properties'
const START = ['/opt/kafka/bin/kafka-server-start.sh', SETTINGS_FILE]

/** The image's way of writing a setting: KAFKA_NUM_PARTITIONS is num.partitions, ___ a hyphen and __ an underscore. */
const settingOf = (name: string): string => name.replace(/^KAFKA_/, '').toLowerCase().replace(/_{1,3}/g, marks => ({ _: '.', __: '_' })[marks] ?? '-')

const KEY_FILE = '/etc/kafka/secrets/broker.pem'

/** Both listeners have the same users; one of them has TLS. */
const secured = ({ settings }: SecureListener): Record<string, string> => ({
  KAFKA_LISTENER_NAME_SECURE_SSL_KEYSTORE_TYPE: 'PEM',
  KAFKA_LISTENER_NAME_SECURE_SSL_KEYSTORE_LOCATION: KEY_FILE,
  ...Object.fromEntries(Object.entries(settings).flatMap(([name, value]) => ['SECURE', 'LOGIN'].map(listener => [`KAFKA_LISTENER_NAME_${listener}_${name}`, value])))
})

/**
 * A broker that lives for minutes on two cores would spend half of its time on compiling itself, and its start on loading
 * classes, which the image has ready (broker-image/Dockerfile).
 */
const SHORT_LIVED = '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:SharedArchiveFile=/opt/first-start/classes.jsa'

/** @param environment further settings of the broker, in the image's way of writing them */
export async function startBroker (t: Cleanup, version: KafkaVersion, secure?: SecureListener, environment: Record<string, string> = {}): Promise<Broker> {
  const port = await freePort()
  const [securePort, loginPort] = secure ? [await freePort(), await freePort()] : [0, 0]
  const more = (text: string): string => secure ? `,${text}` : ''
  const settings = {
    KAFKA_NODE_ID: '1',
    KAFKA_LOG_DIRS: '/tmp/kafka-logs',
    KAFKA_PROCESS_ROLES: 'broker,controller',
    KAFKA_LISTENERS: `OUTSIDE://:${port},INSIDE://${INSIDE},CONTROLLER://localhost:19093${more(`SECURE://:${securePort},LOGIN://:${loginPort}`)}`,
    KAFKA_ADVERTISED_LISTENERS: `OUTSIDE://localhost:${port},INSIDE://${INSIDE}${more(`SECURE://localhost:${securePort},LOGIN://localhost:${loginPort}`)}`,
    KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: `OUTSIDE:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT${more('SECURE:SASL_SSL,LOGIN:SASL_PLAINTEXT')}`,
    KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
    KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:19093',
    KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
    KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
    KAFKA_TRANSACTION_STATE_LOG_NUM_PARTITIONS: '3',
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_NUM_PARTITIONS: '3',
    ...secure && secured(secure),
    ...environment
  }
  const container = await new GenericContainer(await brokerImage(version))
    .withEntrypoint(START)
    .withExposedPorts({ container: port, host: port }, ...secure ? [securePort, loginPort].map(port => ({ container: port, host: port })) : [])
    .withCopyContentToContainer([
      { content: Object.entries(settings).map(([name, value]) => `${settingOf(name)}=${value}\n`).join(''), target: SETTINGS_FILE },
      ...secure ? [{ content: secure.keyAndCertificates, target: KEY_FILE }] : []
    ])
    .withEnvironment({ KAFKA_JVM_PERFORMANCE_OPTS: SHORT_LIVED })
    .withStartupTimeout(120_000)
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
  t.after(() => container.stop({ timeout: 0 }))
  return {
    address: `localhost:${port}`,
    secureAddress: secure ? `localhost:${securePort}` : '',
    loginAddress: secure ? `localhost:${loginPort}` : '',
    stop: async how => { await (how === 'SIGKILL' ? docker('kill', container.getId()) : docker('stop', '--time', '60', container.getId())) },
    async start () {
      await docker('start', container.getId())
      await answers(`localhost:${port}`)
    },
    async run (line) {
      const { exitCode, output } = await container.exec(['sh', '-c', line], { env: { PATH: '/opt/kafka/bin:/opt/java/openjdk/bin:/usr/local/bin:/usr/bin:/bin' } })
      assert.equal(exitCode, 0, output)
      return output
    }
  }
}

/** Candela's own topics, as its roles make them. */
export async function makeOwnTopics ({ address }: Pick<Broker, 'address'>, own: OwnTopics, partitions: number): Promise<void> {
  const kafka = clientOf(address)
  const log = { info () {}, warn () {}, error () {} }
  for (const kind of ['photometry', 'classifications', 'objectRecords', 'deadLetters'] as const) await ensureOwnTopic(kind, own[kind], { kafka, brokers: [address], partitions, replication: 1, log })
}

/** As a survey does, byte for byte and in their order. */
export async function sendAll ({ address }: Pick<Broker, 'address'>, topic: string, packets: ReadonlyArray<Omit<FedPacket, 'origin'>>): Promise<void> {
  async function * each () { for (const packet of packets) yield { ...packet, origin: 'sky' } }
  assert.equal((await feed(clientOf(address), each(), { topic, brokers: [address], signal: new AbortController().signal })).sent, packets.length)
}

/** A consumer that looks at what is in topics waits for a broker that has just started. */
export const PATIENT: kafkajs.RetryOptions = { retries: 40, maxRetryTime: 2000 }

/** kafkajs begins again by itself where a group's coordinator, new as its broker, is still loading. */
export const startsAnew = ({ restart, error }: { restart: boolean, error: Error }): boolean => restart && 'type' in error && error.type === 'GROUP_LOAD_IN_PROGRESS'

export interface TopicMessage { partition: number, key: string | null, value: Buffer }

/** Everything in a topic, in the order of each partition. */
export async function readTopic (address: string, topic: string): Promise<TopicMessage[]> {
  const kafka = clientOf(address)
  const admin = kafka.admin()
  await admin.connect()
  const offsets = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const total = offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0)
  const messages: TopicMessage[] = []
  if (total === 0) return messages
  const consumer = kafka.consumer({ groupId: randomUUID(), retry: PATIENT })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => { if (!startsAnew(payload) || messages.length > 0) reject(payload.error) })
      consumer.run({
        async eachMessage ({ partition, message }) {
          messages.push({ partition, key: message.key?.toString() ?? null, value: message.value! })
          if (messages.length === total) resolve()
        }
      }).catch(reject)
    })
  } finally {
    await consumer.disconnect()
  }
  return messages
}
