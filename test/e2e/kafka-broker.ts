/** A real broker of Kafka in a container, on one port throughout, and what is in its topics. */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { TestContext } from 'node:test'
import type kafkajs from 'kafkajs'
import { GenericContainer, Wait } from 'testcontainers'
import { readSettings } from '../../src/config.ts'
import { kafkaClient } from '../../src/stream/kafka/client.ts'
import { freePort } from './free-port.ts'

export type KafkaVersion = '3.9.1' | '4.1.0'

/** For SASL and TLS: their port, and the user that may only use topics that begin with 'allowed'. */
export const USER = { username: 'candela', password: 'right-password' }

export interface Broker {
  /** host:port without TLS and user. */
  address: string
  /** host:port with both. */
  secureAddress: string
  /** Runs a line of shell beside the broker, with Kafka's tools in its path. */
  run (line: string): Promise<string>
  /** Stops and starts it. */
  restart (): Promise<void>
}

const INSIDE = 'localhost:19092'
const KEYSTORE = '/tmp/keystore.p12'
const KEYTOOL = `keytool -keystore ${KEYSTORE} -storetype PKCS12 -storepass keystore-password -alias broker`

export async function startBroker (t: TestContext, version: KafkaVersion, { secure = false } = {}): Promise<Broker> {
  const [port, securePort] = [await freePort(), await freePort()]
  const scram = 'org.apache.kafka.common.security.scram.ScramLoginModule required;'
  const plain = `org.apache.kafka.common.security.plain.PlainLoginModule required user_${USER.username}="${USER.password}";`
  const container = await new GenericContainer(`apache/kafka:${version}`)
    // Whoever owns the files of the image's configuration, its start writes them.
    .withUser('root')
    .withExposedPorts({ container: port, host: port }, { container: securePort, host: securePort })
    .withEntrypoint(['sh', '-c'])
    .withCommand([`${secure ? `${KEYTOOL} -genkeypair -keyalg RSA -dname CN=localhost -ext san=dns:localhost && ` : ''}exec /etc/kafka/docker/run`])
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `OUTSIDE://:${port},SECURE://:${securePort},INSIDE://${INSIDE},CONTROLLER://localhost:19093`,
      KAFKA_ADVERTISED_LISTENERS: `OUTSIDE://localhost:${port},SECURE://localhost:${securePort},INSIDE://${INSIDE}`,
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: `OUTSIDE:PLAINTEXT,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:${secure ? 'SASL_SSL' : 'PLAINTEXT'}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_INTER_BROKER_LISTENER_NAME: 'INSIDE',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@localhost:19093',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_OFFSETS_TOPIC_NUM_PARTITIONS: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      KAFKA_NUM_PARTITIONS: '3',
      ...secure && {
        KAFKA_SSL_KEYSTORE_LOCATION: KEYSTORE,
        KAFKA_SSL_KEYSTORE_TYPE: 'PKCS12',
        KAFKA_SSL_KEYSTORE_PASSWORD: 'keystore-password',
        KAFKA_LISTENER_NAME_SECURE_SASL_ENABLED_MECHANISMS: 'SCRAM-SHA-256,SCRAM-SHA-512,PLAIN',
        KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___256_SASL_JAAS_CONFIG: scram,
        KAFKA_LISTENER_NAME_SECURE_SCRAM___SHA___512_SASL_JAAS_CONFIG: scram,
        KAFKA_LISTENER_NAME_SECURE_PLAIN_SASL_JAAS_CONFIG: plain,
        KAFKA_AUTHORIZER_CLASS_NAME: 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        KAFKA_SUPER_USERS: 'User:ANONYMOUS'
      }
    })
    .withStartupTimeout(120_000)
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .start()
  t.after(() => container.stop({ timeout: 0 }))
  return {
    address: `localhost:${port}`,
    secureAddress: `localhost:${securePort}`,
    async run (line) {
      const { exitCode, output } = await container.exec(['sh', '-c', line], { env: { PATH: '/opt/kafka/bin:/opt/java/openjdk/bin:/usr/local/bin:/usr/bin:/bin' } })
      assert.equal(exitCode, 0, output)
      return output
    },
    restart: () => container.restart({ timeout: 0 })
  }
}

/** Makes the user and gives what a client needs to trust the broker: its certificate, PEM. */
export async function admitUser (broker: Broker): Promise<string> {
  const { username, password } = USER
  const scram = `kafka-configs.sh --bootstrap-server ${INSIDE} --alter --entity-type users --entity-name ${username} --add-config 'SCRAM-SHA-256=[password=${password}],SCRAM-SHA-512=[password=${password}]'`
  const allowed = `kafka-acls.sh --bootstrap-server ${INSIDE} --add --allow-principal User:${username} --operation All --topic allowed --resource-pattern-type prefixed`
  await broker.run(`${scram} & first=$!; ${allowed} && wait $first`)
  return broker.run(`${KEYTOOL} -exportcert -rfc 2>/dev/null`)
}

export const insideOf = INSIDE

export const clientOf = (address: string, report: (line: string) => void = () => {}): kafkajs.Kafka =>
  kafkaClient(readSettings({ kafkaBrokers: address }, { env: {} }), report)

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
  const consumer = kafka.consumer({ groupId: randomUUID() })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
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
