/** The sources that ingest reads: the topics of the main settings, and those of a JSON file. */
import type { Settings } from '../../../config.ts'
import type { DialectName } from '../../../alert/dialect-names.ts'
import { UsageError } from '../../../errors.ts'
import { isPattern, type Start } from '../../../kafka-settings.ts'
import type { KafkaSettings } from '../client/client.ts'
import { contentOf, securityOf, type SecuritySettings, type SettingWords, type TLS_SETTINGS } from '../client/security.ts'
import { MAIN_SOURCE, readSources, type GivenSource } from './sources-file.ts'
import { topicPattern } from './topic-pattern.ts'
import type { WriterSchema } from './writer-schemas.ts'

/** Topics of one cluster, read by one consumer group. */
export interface IngestSource {
  name: string
  topics: readonly string[]
  /** Undefined where the bytes decide. */
  dialect: DialectName | undefined
  group: string
  start: Start
  /** Sources with a lower score are left out; undefined for the survey's own bound. */
  minReliability?: number | undefined
  connection: KafkaSettings
  /** Of the schemas of its alerts. */
  registry: RegistrySettings
  /** Of alerts that neither name nor carry it. */
  writerSchema?: WriterSchema | undefined
}

type RegistrySettings = Pick<Settings, 'schemaRegistry' | 'schemaRegistryAuth'>
export type SourceSettings = KafkaSettings & RegistrySettings & Pick<Settings, 'kafkaTopics' | 'kafkaDialect' | 'kafkaStart' | 'kafkaMinReliability' | 'kafkaSources' | 'kafkaGroup'>

/**
 * The source of the main settings first, where they name topics.
 * @throws UsageError that names file, place and value of what is wrong, and what was expected; where no topic is named,
 *   or two sources of a cluster share a consumer group. CandelaError 'file-unreadable' for a file that a source names
 */
export function ingestSources (settings: SourceSettings): IngestSource[] {
  const sources = [
    ...settings.kafkaTopics.length === 0 ? [] : [mainSource(settings)],
    ...settings.kafkaSources === '' ? [] : sourcesIn(settings.kafkaSources, settings)
  ]
  if (sources.length === 0) {
    throw new UsageError('no topic is named that ingest could read', { action: 'Name topics with --kafka-topics (CANDELA_KAFKA_TOPICS), or a file of sources with --kafka-sources (docs/kafka-ingest.md).' })
  }
  for (const [index, source] of sources.entries()) {
    const earlier = sources.slice(0, index).find(other => other.group === source.group && shareBroker(other, source))
    if (earlier) {
      throw new UsageError(`the sources ${earlier.name} and ${source.name} have one consumer group on one cluster: ${source.group}`, {
        value: source.group, action: 'Give each a group of its own, or put their topics into one source.'
      })
    }
  }
  return sources
}

function mainSource (settings: SourceSettings): IngestSource {
  const { kafkaTopics: topics, kafkaDialect, kafkaGroup, kafkaStart, kafkaMinReliability: minReliability } = settings
  requirePatterns(topics, 'setting kafkaTopics')
  return { name: MAIN_SOURCE, topics, dialect: kafkaDialect || undefined, group: `${kafkaGroup}-ingest`, start: kafkaStart, minReliability, connection: connectionOf(settings), registry: registryOf(settings) }
}

/** @throws UsageError that names the pattern that is refused, and why */
function requirePatterns (topics: readonly string[], where: string): void {
  for (const pattern of topics.filter(isPattern)) {
    const refused = topicPattern(pattern)
    if (typeof refused === 'string') throw new UsageError(`${where} has ${JSON.stringify(pattern)}, which is no regular expression that Candela takes: ${refused}`, { value: pattern, action: 'Write it in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), or the name of a topic without ^.' })
  }
}

const shareBroker = (one: IngestSource, other: IngestSource): boolean => one.connection.kafkaBrokers.some(broker => other.connection.kafkaBrokers.includes(broker))

const connectionOf = (settings: SourceSettings): KafkaSettings => ({ kafkaBrokers: settings.kafkaBrokers, ...mainTls(settings), ...mainSasl(settings) })
const registryOf = ({ schemaRegistry, schemaRegistryAuth }: RegistrySettings): RegistrySettings => ({ schemaRegistry, schemaRegistryAuth })

function sourcesIn (file: string, settings: SourceSettings): IngestSource[] {
  const given = readSources(file)
  return given.map((source, index) => {
    const twin = given.findIndex(({ name }) => name === source.name)
    if (twin < index) throw new UsageError(`sources file ${file}: [${index}] has the name of [${twin}]: ${JSON.stringify(source.name)}`, { value: source.name, action: 'Give each source a name of its own.' })
    return sourceOf(source, settings, `sources file ${file}: [${index}] (${source.name})`)
  })
}

/**
 * Settings that a source leaves out come from the main settings. TLS and SASL are exceptions: each comes from the main
 * settings only where the source is on the main cluster and gives none of its own.
 */
function sourceOf (source: GivenSource, settings: SourceSettings, where: string): IngestSource {
  const { name, topics, dialect, group = `${settings.kafkaGroup}-ingest-${name}`, schemaRegistry, schemaRegistryAuth } = source
  const kafkaBrokers = source.brokers ?? settings.kafkaBrokers
  const isMain = [...kafkaBrokers].sort().join() === [...settings.kafkaBrokers].sort().join()
  const says = (key: string): boolean => Object.keys(source).some(given => given.startsWith(key))
  const connection = {
    kafkaBrokers,
    ...isMain && !says('tls') ? mainTls(settings) : tlsOf(source),
    ...isMain && !says('sasl') && !says('oauth') ? mainSasl(settings) : saslOf(source)
  }
  const words: SettingWords = { setting: setting => `${where} ${keyOf(setting)}`, given: keyOf }
  securityOf(connection, words)
  requirePatterns(topics, `${where} topics`)
  if (schemaRegistry === undefined && schemaRegistryAuth !== undefined) {
    throw new UsageError(`${where} schemaRegistryAuth is given without schemaRegistry`, { value: 'schemaRegistryAuth', action: 'Add schemaRegistry, or leave it out.' })
  }
  const writerSchema = writerSchemaOf(source, where)
  return {
    name,
    topics,
    dialect,
    group,
    start: source.start ?? settings.kafkaStart,
    minReliability: source.minReliability ?? settings.kafkaMinReliability,
    connection,
    ...writerSchema && { writerSchema },
    registry: schemaRegistry === undefined ? registryOf(settings) : { schemaRegistry, schemaRegistryAuth: schemaRegistryAuth ?? '' }
  }
}

/** @throws UsageError, CandelaError 'file-unreadable' */
function writerSchemaOf ({ schemaTopic, schemaFile }: GivenSource, where: string): WriterSchema | undefined {
  if (schemaFile === undefined) return schemaTopic === undefined || schemaTopic === false ? undefined : { topic: schemaTopic }
  if (schemaTopic !== undefined) throw new UsageError(`${where} schemaFile is given, and schemaTopic too`, { value: schemaFile, action: 'Give one of them.' })
  const text = contentOf(schemaFile, `${where} schemaFile`)
  try {
    JSON.parse(text)
  } catch {
    throw new UsageError(`${where} schemaFile: ${schemaFile} is no JSON`, { value: schemaFile, action: 'Name the file of an Avro schema (.avsc).' })
  }
  return { text }
}

type Tls = Pick<SecuritySettings, typeof TLS_SETTINGS[number]>
type Sasl = Omit<SecuritySettings, keyof Tls>

const mainTls = ({ kafkaTls, kafkaTlsCa, kafkaTlsCert, kafkaTlsKey, kafkaTlsHostCheck }: SecuritySettings): Tls => ({ kafkaTls, kafkaTlsCa, kafkaTlsCert, kafkaTlsKey, kafkaTlsHostCheck })

const mainSasl = ({ kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword, kafkaSaslPasswordFile, kafkaOauthTokenUrl, kafkaOauthScope }: SecuritySettings): Sasl =>
  ({ kafkaSaslMechanism, kafkaSaslUsername, kafkaSaslPassword, kafkaSaslPasswordFile, kafkaOauthTokenUrl, kafkaOauthScope })

const tlsOf = ({ tls = false, tlsCa = '', tlsCert = '', tlsKey = '', tlsHostCheck = true }: GivenSource): Tls =>
  ({ kafkaTls: tls, kafkaTlsCa: tlsCa, kafkaTlsCert: tlsCert, kafkaTlsKey: tlsKey, kafkaTlsHostCheck: tlsHostCheck })

const saslOf = ({ saslMechanism = 'none', saslUsername = '', saslPassword = '', saslPasswordFile = '', oauthTokenUrl = '', oauthScope = '' }: GivenSource): Sasl => ({
  kafkaSaslMechanism: saslMechanism,
  kafkaSaslUsername: saslUsername,
  kafkaSaslPassword: saslPassword,
  kafkaSaslPasswordFile: saslPasswordFile,
  kafkaOauthTokenUrl: oauthTokenUrl,
  kafkaOauthScope: oauthScope
})

/** The key of a setting in a file of sources: without 'kafka'. */
const keyOf = (setting: keyof SecuritySettings): string => setting.replace(/^kafka./, beginning => beginning.slice(-1).toLowerCase())
