/** Settings: from flags, then CANDELA_* variables, then a config file; checked once. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { messageOf, UsageError } from './errors.ts'
import { shownJson } from './shown-value.ts'
import { kafkaSettings } from './kafka-settings.ts'
import { bandNames, corsOrigins, frameAncestors, hostNames, isPlainUrl, notShown, number, withoutCredentials, type SettingRule } from './setting-rules.ts'

/** Which requests need an API token. */
export const AUTH_MODES = ['writes', 'all', 'none'] as const

/** What a process on Kafka does. */
export const ROLES = ['all', 'ingest', 'classify', 'query'] as const
export type Role = typeof ROLES[number]

/** The class shares where none are set. */
export const CLASS_SHARES = 'survey'

/** Each setting: its check, its default, its environment variable, what it is. */
const settings = {
  httpHost: { schema: z.string().min(1), initial: '127.0.0.1', variable: 'CANDELA_HTTP_HOST', about: 'address to listen on' },
  httpPort: { schema: number.pipe(z.int().min(0).max(65535)), initial: 8080, variable: 'CANDELA_HTTP_PORT', about: 'port to listen on, 0 to 65535, 0 for any free one' },
  httpHosts: {
    schema: hostNames,
    initial: '',
    variable: 'CANDELA_HTTP_HOSTS',
    about: 'names under which the service may be asked, beside addresses, localhost and the machine\'s own: candela.example.org or *.example.org, with commas between them, or * for all'
  },
  httpBodyMib: { schema: number.pipe(z.int().min(1).max(1024)), initial: 64, variable: 'CANDELA_HTTP_BODY_MIB', about: 'largest body of POST /v1/alerts, 1 to 1024 MiB' },
  httpExpandedMib: { schema: number.pipe(z.int().min(1).max(2 ** 20)), initial: 1024, variable: 'CANDELA_HTTP_EXPANDED_MIB', about: 'most that the compressed blocks of a container in POST /v1/alerts become in all, in MiB' },
  streams: { schema: number.pipe(z.int().min(0).max(1e6)), initial: 2000, variable: 'CANDELA_STREAMS', about: 'live streams (GET /v1/stream) at a time, 0 for any number' },
  streamsPerAddress: { schema: number.pipe(z.int().min(0).max(1e6)), initial: 64, variable: 'CANDELA_STREAMS_PER_ADDRESS', about: 'live streams of one address at a time, 0 for any number' },
  httpFrameAncestors: { schema: frameAncestors, initial: 'self', variable: 'CANDELA_HTTP_FRAME_ANCESTORS', about: 'pages that may show /embed/objects/… in a frame: self, none, *, or self and origins such as https://tom.example.org with commas between' },
  httpTlsCert: { schema: z.string(), initial: '', variable: 'CANDELA_HTTP_TLS_CERT', about: 'PEM file of certificates: with it, and its key, everything is served by HTTPS' },
  httpTlsKey: { schema: z.string(), initial: '', variable: 'CANDELA_HTTP_TLS_KEY', about: 'PEM file of the key' },
  httpProxies: { schema: z.string(), initial: '', variable: 'CANDELA_HTTP_PROXIES', about: 'addresses or networks (CIDR) of proxies, with commas between them, whose X-Forwarded-For, -Host and -Proto are believed' },
  httpCors: {
    schema: corsOrigins,
    initial: '',
    variable: 'CANDELA_HTTP_CORS',
    about: 'origins such as https://example.org whose pages may read the API, with commas between them, or * for all; none where not given'
  },
  auth: { schema: z.enum(AUTH_MODES), initial: 'writes', variable: 'CANDELA_AUTH', about: 'writes, all or none: which requests need an API token (docs/security.md)' },
  tokenDir: { schema: z.string(), initial: '', variable: 'CANDELA_TOKEN_DIR', about: 'folder of API tokens; where not given, tokens in the data folder' },
  token: { schema: z.string(), initial: '', variable: 'CANDELA_TOKEN', about: 'API token that commands send to a service', shown: notShown, secret: true },
  addressRate: { schema: number.pipe(z.int().min(0).max(1e9)), initial: 6000, variable: 'CANDELA_ADDRESS_RATE', about: 'requests per minute of an address that sends no API token, 0 for any number' },
  tokenRate: { schema: number.pipe(z.int().min(0).max(1e9)), initial: 60_000, variable: 'CANDELA_TOKEN_RATE', about: 'requests per minute with an API token, 0 for any number' },
  dataDir: { schema: z.string().min(1), initial: './data', variable: 'CANDELA_DATA_DIR', about: 'folder of the state store' },
  model: { schema: z.string().min(1), initial: 'sky', variable: 'CANDELA_MODEL', about: 'model: name, name/version or folder' },
  classShares: {
    schema: z.string().min(1),
    initial: CLASS_SHARES,
    variable: 'CANDELA_CLASS_SHARES',
    about: 'the mix of classes that probabilities hold for: training, survey (by the form of an object\'s id), lsst, ztf, or a JSON file (docs/operations.md)'
  },
  engine: { schema: z.enum(['auto', 'tensorflow', 'wasm']), initial: 'auto', variable: 'CANDELA_ENGINE', about: 'auto, tensorflow or wasm' },
  logLevel: { schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), initial: 'info', variable: 'CANDELA_LOG_LEVEL', about: 'fatal, error, warn, info, debug, trace or silent' },
  role: { schema: z.enum(ROLES), initial: 'all', variable: 'CANDELA_ROLE', about: 'all, ingest, classify or query: what this process does of the work on Kafka (docs/kafka.md)' },
  source: { schema: z.enum(['', 'simulated', 'kafka']), initial: '', variable: 'CANDELA_SOURCE', about: 'simulated or kafka: where alerts come from; where not given, Kafka for a role other than all, a simulated sky otherwise' },
  bandNames: { schema: bandNames, initial: '', variable: 'CANDELA_BAND_NAMES', about: 'bands of filters whose names are not known, as MYCAM-g=g,V=none with commas between: u, g, r, i, z, y or none (docs/alerts.md)' },
  schemaDir: { schema: z.string(), initial: '', variable: 'CANDELA_SCHEMA_DIR', about: 'folder of further LSST schemas, MAJOR/MINOR/*.avsc' },
  schemaRegistry: {
    schema: z.string().refine(isPlainUrl, 'not a URL that begins with http:// or https://'),
    initial: '',
    variable: 'CANDELA_SCHEMA_REGISTRY',
    about: 'URL of a schema registry with Confluent\'s API; user:password in it or in CANDELA_SCHEMA_REGISTRY_AUTH',
    shown: withoutCredentials
  },
  schemaRegistryAuth: {
    schema: z.string().regex(/^([^:]+:.*)?$/s, 'no colon between user and password'),
    initial: '',
    variable: 'CANDELA_SCHEMA_REGISTRY_AUTH',
    about: 'user:password for the schema registry',
    shown: notShown,
    secret: true
  },
  ...kafkaSettings,
  retentionDays: { schema: number.pipe(z.number().min(0).max(1e6)), initial: 0, variable: 'CANDELA_RETENTION_DAYS', about: 'days of the survey after which an object that is not seen any more is archived, 0 to keep all' },
  archiveDir: { schema: z.string(), initial: '', variable: 'CANDELA_ARCHIVE_DIR', about: 'folder of archives; where not given, archive in the data folder' },
  deadLettersMib: { schema: number.pipe(z.number().min(0).max(2 ** 30)), initial: 1024, variable: 'CANDELA_DEAD_LETTERS_MIB', about: 'most that dead letters take on disk, in MiB; beyond it the oldest are discarded' },
  unreadableAlerts: {
    schema: number.pipe(z.int().min(1).max(1e9)),
    initial: 1000,
    variable: 'CANDELA_UNREADABLE_ALERTS',
    about: 'alerts of one body or file that cannot be read, where they are more than those that can, before the rest is refused as one dead letter'
  },
  skySeed: { schema: number.pipe(z.int().min(0).max(2 ** 31 - 1)), initial: 1, variable: 'CANDELA_SKY_SEED', about: 'seed of the simulated sky, a whole number' },
  skyNightSeconds: { schema: number.pipe(z.number().min(0).max(86_400)), initial: 10, variable: 'CANDELA_SKY_NIGHT_SECONDS', about: 'how long a simulated night takes, 0 to 86400 s' }
} as const satisfies Record<string, SettingRule>

export type SettingName = keyof typeof settings
export type Settings = { [Name in SettingName]: z.output<typeof settings[Name]['schema']> }

/** Name, default, variable and meaning of every setting, for --help. */
export const SETTINGS: ReadonlyArray<{ name: SettingName, initial: string | number, variable: string, about: string, secret?: boolean }> =
  (Object.keys(settings) as SettingName[]).map(name => ({ name, ...settings[name] }))

/** How brokers are reached: what every command that speaks to Kafka needs. */
export const KAFKA_CONNECTION = SETTINGS.map(({ name }) => name).filter(name => /^kafka(Brokers|Tls|Sasl|Oauth)/.test(name))

export const flagOf = (name: SettingName): string => `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`

function readConfigFile (path: string): Record<string, unknown> {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new UsageError(`config file ${path} cannot be read as JSON: ${messageOf(cause)}`, { cause, value: path })
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new UsageError(`config file ${path} is not a JSON object`, { value: path })
  const unknown = Object.keys(content).filter(name => !Object.hasOwn(settings, name))
  if (unknown.length > 0) {
    throw new UsageError(`config file ${path}: unknown setting ${unknown.join(', ')}`, { value: unknown, action: `Known settings: ${Object.keys(settings).join(', ')}.` })
  }
  return content as Record<string, unknown>
}

/** What is in the file that a variable with _FILE names, as container platforms hand secrets over. */
function fileOfSecret (name: SettingName, env: NodeJS.ProcessEnv): string | undefined {
  const { variable, secret }: SettingRule = settings[name]
  const path = env[`${variable}_FILE`]
  if (!secret || path === undefined || path === '' || `${name}File` in settings) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new UsageError(`${variable}_FILE: ${path} cannot be read: ${messageOf(cause)}`, { cause, value: path })
  }
}

/**
 * @param flags settings given on the command line, as text
 * @throws UsageError that names the wrong setting, where it came from, its value and what was expected
 */
export function readSettings (
  flags: Partial<Record<SettingName, string>> = {}, { env = process.env, configFile }: { env?: NodeJS.ProcessEnv, configFile?: string | undefined } = {}
): Settings {
  const file = configFile === undefined || configFile === '' ? {} : readConfigFile(configFile)
  const entries = (Object.keys(settings) as SettingName[]).map(name => {
    const { schema, initial, variable, about, shown = shownJson }: SettingRule = settings[name]
    const sources: Array<[string, unknown]> = [[flagOf(name), flags[name]], [variable, env[variable]], [`${variable}_FILE`, fileOfSecret(name, env)], [`${configFile}: ${name}`, file[name]]]
    const [source, value] = sources.find(([, value]) => value !== undefined && value !== '') ?? ['default', initial]
    const parsed = schema.safeParse(value)
    if (!parsed.success) {
      throw new UsageError(`${source} is ${shown(value)}: ${parsed.error.issues.map(({ message }) => message).join('; ')}`, { value: shown(value), action: `Expected: ${about}.` })
    }
    return [name, parsed.data]
  })
  return Object.fromEntries(entries) as Settings
}
