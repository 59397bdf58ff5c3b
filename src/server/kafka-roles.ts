/** The roles on Kafka, each from the settings. */
import { join } from 'node:path'
import type { Classifier } from '../app.ts'
import { avroRecordOf } from '../alert/avro/record.ts'
import { decodeAlert } from '../alert/decode.ts'
import type { SchemaSource } from '../alert/schemas/source.ts'
import type { Settings } from '../config.ts'
import { OWN_OUTPUT } from '../kafka-settings.ts'
import { withAdmin } from '../stream/kafka/client/admin.ts'
import { kafkaClient, type KafkaSettings } from '../stream/kafka/client/client.ts'
import { dangerOf } from '../stream/kafka/client/security.ts'
import { reportTo } from '../stream/kafka/subjects.ts'
import { runClassify, type RunningClassify } from '../stream/kafka/classify/classify.ts'
import type { TopicOutput } from '../stream/kafka/classify/outgoing.ts'
import { ensureOptions, ensureOwnTopic, growTopic, partitionsOf, type EnsureOptions } from '../stream/kafka/own-topics.ts'
import { runIngest } from '../stream/kafka/ingest/ingest.ts'
import { runReplica, type RunningReplica } from '../stream/kafka/query/replica.ts'
import { ownTopics, type OwnTopics, type RoleLog, type RunningRole } from '../stream/kafka/role.ts'
import type { Incidents } from '../stream/incidents.ts'
import type { Measures } from '../stream/measures.ts'
import { ingestSources } from '../stream/kafka/ingest/sources.ts'
import { output, type OutputSettings } from '../stream/outputs/outputs.ts'
import type kafkajs from 'kafkajs'
import { VERSION } from '../version.ts'

/** Where the schemas of framed alerts come from. */
export type RegistrySettings = Pick<Settings, 'schemaRegistry' | 'schemaRegistryAuth'>

/** What every role gets. */
export interface KafkaParts {
  settings: Settings
  measures: Measures
  log: RoleLog
  /** Of the process: roles that wait for the same say it once. */
  incidents: Incidents
  schemas: SchemaSource
}

const BROKER_NAME = 'Candela'

const classifyGroup = (kafkaGroup: string): string => `${kafkaGroup}-classify`

/** Outputs that pass on a part of the survey's own packet. */
const NEED_PACKETS: ReadonlySet<string> = new Set(['elasticc', 'fastdb', 'fastdb-11.1'])
const needsPackets = ({ kafkaOutputs }: Settings): boolean => kafkaOutputs.some(({ format }) => NEED_PACKETS.has(format))

/** What each process has said of connections that are not safe. */
const warned = new WeakMap<Incidents, Set<string>>()

/** Once for each cluster and user, however many roles and sources connect. */
function warnOfDanger (connection: KafkaSettings, { incidents, log }: Pick<KafkaParts, 'incidents' | 'log'>): void {
  const said = warned.get(incidents) ?? new Set()
  warned.set(incidents, said)
  const danger = dangerOf(connection)
  if (danger === undefined || said.has(danger)) return
  said.add(danger)
  log.warn({ user: connection.kafkaSaslUsername }, danger)
}

const clientOf = ({ settings, log, incidents }: KafkaParts): kafkajs.Kafka => kafkaClient(settings, reportTo(incidents, log, settings.kafkaBrokers))

const clusterId = async (kafka: kafkajs.Kafka, brokers: readonly string[]): Promise<string> =>
  (await withAdmin(kafka, admin => admin.describeCluster(), { brokers })).clusterId

/** Candela's own record of every alert first, then the others that are wanted. */
function outputsOf ({ model }: Classifier, { kafkaOutputs, kafkaPrefix, kafkaSaslUsername, lasairTopic, publicUrl }: Settings): TopicOutput[] {
  const url = publicUrl === '' ? undefined : publicUrl
  const settings: OutputSettings = {
    brokerName: BROKER_NAME,
    brokerVersion: VERSION,
    model: { name: model.name, version: model.version, classes: model.classes },
    lasair: lasairTopic === '' ? undefined : { topic: lasairTopic, url },
    hopskotch: { sender: kafkaSaslUsername === '' ? undefined : kafkaSaslUsername, url }
  }
  return [
    { topic: ownTopics(kafkaPrefix).classifications, encode: output(OWN_OUTPUT, settings) },
    ...kafkaOutputs.map(({ format, topic }) => ({ topic: topic ?? `${kafkaPrefix}${format}`, encode: output(format, settings) }))
  ]
}

/**
 * The topics of which photometry decides the number of partitions; each as classify needs it.
 * @returns how many partitions photometry has
 */
async function ensureTopics (options: EnsureOptions, own: OwnTopics): Promise<number> {
  await ensureOwnTopic('photometry', own.photometry, options)
  const partitions = await partitionsOf(options.kafka, own.photometry, options.brokers)
  const alike = { ...options, partitions }
  await ensureOwnTopic('objectRecords', own.objectRecords, alike)
  await ensureOwnTopic('deadLetters', own.deadLetters, alike)
  await ensureOwnTopic('classifications', own.classifications, alike)
  return partitions
}

/** @throws CandelaError where Kafka, a topic or a setting is wrong */
export async function startClassify (classifier: Classifier, parts: KafkaParts): Promise<RunningClassify> {
  const { settings, measures, log, incidents, schemas } = parts
  const { kafkaBrokers: brokers, kafkaPrefix, kafkaGroup, kafkaCompression: compression, kafkaSessionTimeoutSeconds, kafkaLingerMs: lingerMs, dataDir } = settings
  warnOfDanger(settings, parts)
  const own = ownTopics(kafkaPrefix)
  const outputs = outputsOf(classifier, settings)
  const kafka = clientOf(parts)
  const options = ensureOptions(kafka, settings, log)
  const cluster = await clusterId(kafka, brokers)
  const partitions = await ensureTopics(options, own)
  for (const { topic } of outputs.slice(1)) await ensureOwnTopic('output', topic, { ...options, partitions })
  for (const topic of [own.objectRecords, own.deadLetters]) await growTopic(topic, partitions, options)
  return await runClassify({
    kafka,
    brokers,
    cluster,
    own,
    group: classifyGroup(kafkaGroup),
    folder: join(dataDir, 'classify'),
    sessionTimeout: 1000 * kafkaSessionTimeoutSeconds,
    lingerMs,
    network: classifier.network,
    model: classifier.model,
    shares: classifier.shares,
    outputs,
    compression,
    measures,
    log,
    incidents,
    decode: bytes => decodeAlert(bytes, { schemas }),
    avroRecord: needsPackets(settings) ? bytes => avroRecordOf(bytes, schemas) : undefined
  })
}

/**
 * Starts one role for each source; none where role all names no topic, since then another program writes photometry.
 * @throws CandelaError where Kafka, a topic or a setting is wrong
 */
export async function startIngest ({ settings, measures, log, incidents }: KafkaParts, schemasOf: (registry: RegistrySettings) => SchemaSource): Promise<RunningRole[]> {
  const { role, kafkaTopics, kafkaSources, kafkaPrefix } = settings
  if (role === 'all' && kafkaTopics.length === 0 && kafkaSources === '') {
    log.info({}, `no topic of a survey is named (--kafka-topics): alerts are those that others write to ${ownTopics(kafkaPrefix).photometry}`)
    return []
  }
  const topics = ownTopics(kafkaPrefix)
  const keepPackets = needsPackets(settings)
  const sources = ingestSources(settings)
  const alone = sources.length === 1
  for (const { connection } of [...sources, { connection: settings }]) warnOfDanger(connection, { incidents, log })
  const starting = await Promise.allSettled(sources.map(source => runIngest({ source, alone, schemas: schemasOf(source.registry), settings, topics, keepPackets, measures, log, incidents })))
  const started = starting.flatMap(one => one.status === 'fulfilled' ? [one.value] : [])
  const failed = starting.find(one => one.status === 'rejected')
  if (!failed) return started
  await Promise.all(started.map(role => role.stop()))
  throw failed.reason
}

/** @throws CandelaError where Kafka, a topic or the data folder is wrong */
export async function startQuery (parts: KafkaParts): Promise<RunningReplica> {
  const { settings, measures, log, incidents } = parts
  const { kafkaBrokers: brokers, kafkaPrefix, kafkaGroup, kafkaLingerMs: lingerMs, dataDir } = settings
  warnOfDanger(settings, parts)
  const own = ownTopics(kafkaPrefix)
  const kafka = clientOf(parts)
  await ensureTopics(ensureOptions(kafka, settings, log), own)
  return await runReplica({ kafka, brokers, cluster: await clusterId(kafka, brokers), own, classifyGroup: classifyGroup(kafkaGroup), group: `${kafkaGroup}-query`, folder: join(dataDir, 'query'), lingerMs, measures, log, incidents })
}
