/** Reads and checks a JSON file of sources. Keys that a source leaves out stay absent. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { DIALECT_NAMES } from '../../../alert/dialect-names.ts'
import { UsageError } from '../../../errors.ts'
import { brokers, SASL_MECHANISMS, start, tokenUrl, topics } from '../../../kafka-settings.ts'
import { shownJson } from '../../../shown-value.ts'
import { isPlainUrl, notShown, withoutCredentials, yesOrNo } from '../../../setting-rules.ts'

/** The name of the source of the main settings. */
export const MAIN_SOURCE = 'main'

const list = z.union([z.string(), z.array(z.string()).transform(parts => parts.join(','))], { error: 'a text or a list of texts is expected' })
const text = z.string()

const SECURITY_KEYS = {
  tls: yesOrNo,
  tlsCa: text,
  tlsCert: text,
  tlsKey: text,
  tlsHostCheck: yesOrNo,
  saslMechanism: z.enum(SASL_MECHANISMS),
  saslUsername: text,
  saslPassword: text,
  saslPasswordFile: text,
  oauthTokenUrl: tokenUrl,
  oauthScope: text
}

const sourceSchema = z.strictObject({
  name: text.regex(/^[\w.-]{1,100}$/, 'not 1 to 100 letters, digits, dots, hyphens and underscores').refine(name => name !== MAIN_SOURCE, `'${MAIN_SOURCE}' is the source of the main settings`),
  topics: list.pipe(topics).refine(topics => topics.length > 0, 'at least one topic is expected'),
  brokers: list.pipe(brokers).optional(),
  dialect: z.enum(DIALECT_NAMES).optional(),
  group: text.regex(/^[\w.-]{1,249}$/, 'not 1 to 249 letters, digits, dots, hyphens and underscores').optional(),
  start: start.optional(),
  minReliability: z.number('a number from 0 to 1 is expected').min(0, 'below 0').max(1, 'above 1').optional(),
  ...z.object(SECURITY_KEYS).partial().shape,
  schemaTopic: z.union([yesOrNo, text.regex(/^[\w.-]{1,249}$/, 'not a name of a topic')], { error: 'true or a name of a topic is expected' }).optional(),
  schemaFile: text.min(1, 'a path is expected').optional(),
  schemaRegistry: text.refine(isPlainUrl, 'not a URL that begins with http:// or https://').optional(),
  schemaRegistryAuth: text.regex(/^([^:]+:.*)?$/s, 'no colon between user and password').optional()
})
export type GivenSource = z.output<typeof sourceSchema>

const SHOWN: Record<string, (value: unknown) => string> = { saslPassword: notShown, schemaRegistryAuth: notShown, schemaRegistry: withoutCredentials, oauthTokenUrl: withoutCredentials }

/** @throws UsageError that names file, place and value of what is wrong, and what was expected; never a secret */
export function readSources (file: string): GivenSource[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    // A message of JSON.parse quotes the file, and could show a password.
    const { message } = cause as Error
    const reason = cause instanceof SyntaxError ? ['it is no JSON', / at position \d+.*/.exec(message)?.[0]].join('') : message
    throw new UsageError(`sources file ${file} cannot be read: ${reason}`, { value: file, action: 'Check the file and its permissions.' })
  }
  if (!Array.isArray(content)) throw new UsageError(`sources file ${file} holds no list of sources`, { value: file, action: 'Write [{"name": …, "topics": …}, …]; see docs/kafka-ingest.md.' })
  return content.map((entry: unknown, index) => {
    const parsed = sourceSchema.safeParse(entry)
    if (parsed.success) return parsed.data
    const issue = parsed.error.issues[0]!
    const key = issue.path[0] === undefined ? undefined : String(issue.path[0])
    const where = `sources file ${file}: [${index}]`
    if (issue.code === 'unrecognized_keys') {
      throw new UsageError(`${where} has unknown keys: ${issue.keys.join(', ')}`, { value: issue.keys, action: `Known keys: ${Object.keys(sourceSchema.shape).join(', ')}.` })
    }
    if (key === undefined) throw new UsageError(`${where} is no source: ${issue.message}`, { action: 'Write {"name": …, "topics": …}; see docs/kafka-ingest.md.' })
    const value = (entry as Record<string, unknown>)[key]
    const shown = value === undefined ? 'missing' : (SHOWN[key] ?? shownJson)(value)
    throw new UsageError(`${where} ${key} is ${shown}: ${issue.message}`, { value: shown, action: 'See docs/kafka-ingest.md for what a source consists of.' })
  })
}
