/** The settings that only Kafka needs. */
import { z } from 'zod'
import { DIALECT_NAMES } from './alert/dialect-names.ts'
import { isPlainUrl, notShown, number, yesOrNo, type SettingRule } from './setting-rules.ts'

/** Names of the compressions of Kafka's record batches. */
export const COMPRESSIONS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Compression = typeof COMPRESSIONS[number]

/** Candela's own record of every alert, which is always published, and the formats of outputs beside it. */
export const OWN_OUTPUT = 'candela'
export const OTHER_OUTPUTS = ['candela-json', 'elasticc', 'fastdb', 'fastdb-11.1', 'lasair', 'hopskotch'] as const

export const SASL_MECHANISMS = ['none', 'plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer'] as const

/** 'one, two or three' */
const listed = (names: readonly string[]): string => `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`

const broker = /^(\[[\da-f:.]+\]|[^\s:,/@]+):\d{1,5}$/i
const TOPIC = /^[\w.-]{1,249}$/

const parts = (text: string): string[] => text.split(',').map(part => part.trim()).filter(part => part !== '')

/** 'host:port,host:port' → its parts. */
export const brokers = z.string()
  .transform(parts)
  .refine(parts => parts.length > 0 && parts.every(part => broker.test(part) && Number(part.slice(part.lastIndexOf(':') + 1)) <= 65_535), 'not host:port, or several with commas between them')

/** Commas, but those within the braces of a regular expression: `^lc_\\d{1,8}`. */
const BETWEEN_TOPICS = /,(?![^{},]*\})/

/** A text that begins with ^ is a regular expression for names of topics, as librdkafka has it. */
export const isPattern = (topic: string): boolean => topic.startsWith('^')

/** 'topic,^pattern' → its parts; '' → none. Whether a pattern is a regular expression, topic-pattern.ts says. */
export const topics = z.string()
  .transform(text => text.split(BETWEEN_TOPICS).map(part => part.trim()).filter(part => part !== ''))
  .refine(parts => parts.every(part => isPattern(part) || TOPIC.test(part)), 'not a name of a topic (1 to 249 letters, digits, dots, hyphens and underscores) or a regular expression for names (^ at its beginning), or several with commas between them')

const reliabilityExpected = 'a number from 0 to 1'
/** '' → undefined: the survey's own. */
export const minReliability = z.union([z.literal('').transform(() => undefined), number.pipe(z.number(reliabilityExpected).min(0, reliabilityExpected).max(1, reliabilityExpected))], reliabilityExpected)

/** '' or the address of a token endpoint; user and password have settings of their own. */
export const tokenUrl = z.string().refine(url => url === '' || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).username === ''), 'not a URL that begins with http:// or https://, without a user in it')

const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/

/** Where a group begins in a topic that it has not read yet. */
export type Start = 'earliest' | 'latest' | { time: number } | { offset: number }

export const start = z.union([z.string(), z.int().transform(String)], { error: 'earliest, latest, a time or an offset is expected' })
  .transform((text, context): Start => {
    if (text === 'earliest' || text === 'latest') return text
    if (/^\d{1,15}$/.test(text)) return { offset: Number(text) }
    const time = TIME.test(text) ? Date.parse(text) : NaN
    if (!Number.isNaN(time)) return { time }
    context.addIssue({ code: 'custom', message: 'not earliest, latest, a time (ISO 8601, with Z or an offset) or an offset' })
    return z.NEVER
  })

/** One output beside Candela's own record. */
export interface OutputSetting {
  format: string
  /** Null for the topic of its own name. */
  topic: string | null
}

/** 'elasticc,fastdb=topic' → its parts; each format once. */
export const outputs = z.string()
  .transform(text => parts(text).map((part): OutputSetting => {
    const [format = '', topic = null] = part.split('=', 2)
    return { format, topic }
  }))
  .refine(all => all.every(({ format, topic }) => isOutput(format) && (topic === null || TOPIC.test(topic))), 'not outputs with commas between them, each with =TOPIC or not')
  .refine(all => new Set(all.map(({ format }) => format)).size === all.length, 'an output is named twice')

const isOutput = (format: string): boolean => (OTHER_OUTPUTS as readonly string[]).includes(format)

export const kafkaSettings = {
  kafkaBrokers: { schema: brokers, initial: 'localhost:9092', variable: 'CANDELA_KAFKA_BROKERS', about: 'Kafka brokers to begin with, host:port, several with commas between them' },
  kafkaTls: { schema: yesOrNo, initial: 'false', variable: 'CANDELA_KAFKA_TLS', about: 'whether the brokers are spoken to by TLS, true or false' },
  kafkaTlsCa: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_TLS_CA', about: 'PEM file of the authority that signed the brokers\' certificates; where not given, Node\'s own list' },
  kafkaTlsCert: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_TLS_CERT', about: 'PEM file of the client certificate, where the brokers want one' },
  kafkaTlsKey: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_TLS_KEY', about: 'PEM file of its key' },
  kafkaTlsHostCheck: { schema: yesOrNo, initial: 'true', variable: 'CANDELA_KAFKA_TLS_HOST_CHECK', about: 'whether the brokers\' certificates must have the names of their hosts, true or false; false needs an authority of its own, and takes whatever it signed' },
  kafkaSaslMechanism: { schema: z.enum(SASL_MECHANISMS), initial: 'none', variable: 'CANDELA_KAFKA_SASL_MECHANISM', about: listed(SASL_MECHANISMS) },
  kafkaSaslUsername: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_SASL_USERNAME', about: 'user for SASL; the client id for oauthbearer' },
  kafkaSaslPassword: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_SASL_PASSWORD', about: 'password for SASL; the client secret for oauthbearer', shown: notShown, secret: true },
  kafkaSaslPasswordFile: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_SASL_PASSWORD_FILE', about: 'file that holds the password for SASL' },
  kafkaOauthTokenUrl: { schema: tokenUrl, initial: '', variable: 'CANDELA_KAFKA_OAUTH_TOKEN_URL', about: 'http(s) URL of the token endpoint for oauthbearer, which is asked by the client-credentials grant' },
  kafkaOauthScope: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_OAUTH_SCOPE', about: 'scopes for oauthbearer with spaces between them, where the token endpoint wants any' },
  kafkaTopics: { schema: topics, initial: '', variable: 'CANDELA_KAFKA_TOPICS', about: 'topics of alerts that ingest reads, with commas between them; one that begins with ^ is a regular expression for names' },
  kafkaDialect: { schema: z.enum(['', ...DIALECT_NAMES]), initial: '', variable: 'CANDELA_KAFKA_DIALECT', about: `survey dialect of the alerts in these topics: ${DIALECT_NAMES.join(', ')}; where not given, the bytes decide` },
  kafkaStart: { schema: start, initial: 'earliest', variable: 'CANDELA_KAFKA_START', about: 'where ingest begins in a topic that its group has not read yet: earliest, latest, a time (ISO 8601) or an offset' },
  kafkaMinReliability: { schema: minReliability, initial: '', variable: 'CANDELA_KAFKA_MIN_RELIABILITY', about: 'real–bogus score, 0 to 1, below which sources in these topics are left out; where not given, the survey\'s own: 0.1 for LSST, 0 for ZTF (docs/alerts.md)' },
  kafkaSources: { schema: z.string(), initial: '', variable: 'CANDELA_KAFKA_SOURCES', about: 'JSON file of further sources, each with its own brokers, topics, dialect, group, start, TLS and SASL (docs/kafka-ingest.md)' },
  kafkaGroup: { schema: z.string().regex(/^[\w.-]{1,200}$/, 'not 1 to 200 letters, digits, dots, hyphens and underscores'), initial: 'candela', variable: 'CANDELA_KAFKA_GROUP', about: 'beginning of the names of consumer groups and transactions; processes that share the work have the same' },
  kafkaPrefix: { schema: z.string().regex(/^[\w.-]{0,200}$/, 'not letters, digits, dots, hyphens and underscores'), initial: 'candela.', variable: 'CANDELA_KAFKA_PREFIX', about: 'beginning of the names of Candela\'s own topics' },
  kafkaPartitions: { schema: number.pipe(z.int().min(1).max(4096)), initial: 12, variable: 'CANDELA_KAFKA_PARTITIONS', about: 'partitions of Candela\'s own topics when they are made, 1 to 4096: most processes that can classify' },
  kafkaReplication: { schema: number.pipe(z.int().min(0).max(32)), initial: 0, variable: 'CANDELA_KAFKA_REPLICATION', about: 'replicas of Candela\'s own topics when they are made; 0 for the broker\'s default' },
  kafkaSessionTimeoutSeconds: { schema: number.pipe(z.int().min(6).max(1800)), initial: 15, variable: 'CANDELA_KAFKA_SESSION_TIMEOUT_SECONDS', about: 'how long a process may be silent before its partitions go to others [s], 6 to 1800' },
  kafkaLingerMs: { schema: number.pipe(z.int().min(1).max(1000)), initial: 25, variable: 'CANDELA_KAFKA_LINGER_MS', about: 'how long a broker waits for more records before it hands over those that it has [ms], 1 to 1000: more of them go in one transaction, each later by as much at most; one that comes after a pause is handed over at once' },
  kafkaCompression: { schema: z.enum(COMPRESSIONS), initial: 'none', variable: 'CANDELA_KAFKA_COMPRESSION', about: `of what is written to Candela's own topics: ${listed(COMPRESSIONS)}` },
  kafkaOutputs: { schema: outputs, initial: '', variable: 'CANDELA_KAFKA_OUTPUTS', about: `outputs beside Candela's own record: ${OTHER_OUTPUTS.join(', ')}, several with commas between them, each with =TOPIC where it has a topic of another name (docs/outputs.md)` },
  lasairTopic: { schema: z.string(), initial: '', variable: 'CANDELA_LASAIR_TOPIC', about: 'name of the annotator for the output lasair' },
  publicUrl: { schema: z.string().refine(isPlainUrl, 'not a URL that begins with http:// or https://'), initial: '', variable: 'CANDELA_PUBLIC_URL', about: 'address of this Candela for others, where outputs link to it' }
} as const satisfies Record<string, SettingRule>
