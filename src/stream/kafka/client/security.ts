/** TLS and SASL of the connections to brokers, from settings that must fit each other. */
import { readFileSync } from 'node:fs'
import type { KafkaConfig, SASLOptions } from 'kafkajs'
import { flagOf, type Settings } from '../../../config.ts'
import { CandelaError, UsageError, reasonIn } from '../../../errors.ts'
import { tokenProvider } from './oauth.ts'

export const TLS_SETTINGS = ['kafkaTls', 'kafkaTlsCa', 'kafkaTlsCert', 'kafkaTlsKey', 'kafkaTlsHostCheck'] as const
export const SASL_SETTINGS = ['kafkaSaslMechanism', 'kafkaSaslUsername', 'kafkaSaslPassword', 'kafkaSaslPasswordFile', 'kafkaOauthTokenUrl', 'kafkaOauthScope'] as const
type SecuritySetting = typeof TLS_SETTINGS[number] | typeof SASL_SETTINGS[number]
export type SecuritySettings = Pick<Settings, SecuritySetting>

/** Names of settings where they were given, for error messages. */
export interface SettingWords {
  /** In the sentence that says what is wrong. */
  setting (name: SecuritySetting): string
  /** In the sentence that says what to do. */
  given (name: SecuritySetting): string
}

const SETTING_WORDS: SettingWords = {
  setting: name => `setting ${name}`,
  given: name => name === 'kafkaSaslPassword' ? 'CANDELA_KAFKA_SASL_PASSWORD' : flagOf(name)
}

/**
 * kafkajs's `ssl` and `sasl`.
 * @throws UsageError where settings do not fit each other, CandelaError 'file-unreadable' where a file of theirs cannot be read
 */
export function securityOf (settings: SecuritySettings, words: SettingWords = SETTING_WORDS): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const ssl = tlsOf(settings, words)
  const sasl = saslOf(settings, words)
  return { ...ssl && { ssl }, ...sasl && { sasl } }
}

function tlsOf ({ kafkaTls, kafkaTlsCa, kafkaTlsCert, kafkaTlsKey, kafkaTlsHostCheck }: SecuritySettings, words: SettingWords): KafkaConfig['ssl'] {
  const misfit = misfitWith(words)
  if (!kafkaTls) {
    for (const [name, value] of Object.entries({ kafkaTlsCa, kafkaTlsCert, kafkaTlsKey })) {
      if (value !== '') throw misfit(name as SecuritySetting, 'is given without TLS', `Add ${words.given('kafkaTls')} true, or leave it out.`)
    }
    if (!kafkaTlsHostCheck) throw misfit('kafkaTlsHostCheck', 'is false without TLS', `Add ${words.given('kafkaTls')} true, or leave it out.`)
    return undefined
  }
  if (kafkaTlsCert === '' && kafkaTlsKey !== '') throw misfit('kafkaTlsKey', 'is given without the certificate that it belongs to', `Add ${words.given('kafkaTlsCert')}.`)
  if (kafkaTlsCert !== '' && kafkaTlsKey === '') throw misfit('kafkaTlsCert', 'is given without its key', `Add ${words.given('kafkaTlsKey')}.`)
  // A certificate of some authority that everybody knows is to be had by everybody.
  if (!kafkaTlsHostCheck && kafkaTlsCa === '') throw misfit('kafkaTlsHostCheck', 'is false without an authority of its own', `Name the brokers' authority with ${words.given('kafkaTlsCa')}, or leave it out.`)
  const content = contentWith(words)
  return {
    // Node verifies the chain before it asks for the name.
    ...!kafkaTlsHostCheck && { checkServerIdentity: () => undefined },
    ...kafkaTlsCa !== '' && { ca: content('kafkaTlsCa', kafkaTlsCa) },
    ...kafkaTlsCert !== '' && { cert: content('kafkaTlsCert', kafkaTlsCert), key: content('kafkaTlsKey', kafkaTlsKey) }
  }
}

function saslOf (settings: SecuritySettings, words: SettingWords): SASLOptions | undefined {
  const { kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword, kafkaSaslPasswordFile, kafkaOauthTokenUrl, kafkaOauthScope } = settings
  const misfit = misfitWith(words)
  const unneeded = {
    ...mechanism === 'none' && { kafkaSaslUsername: username, kafkaSaslPassword, kafkaSaslPasswordFile },
    ...mechanism !== 'oauthbearer' && { kafkaOauthTokenUrl, kafkaOauthScope }
  }
  for (const [name, value] of Object.entries(unneeded)) {
    if (value !== '') throw misfit(name as SecuritySetting, `is given without ${name.startsWith('kafkaOauth') ? 'the SASL mechanism oauthbearer' : 'a SASL mechanism'}`, `Add ${words.given('kafkaSaslMechanism')}, or leave it out.`)
  }
  if (mechanism === 'none') return undefined
  if (username === '') throw misfit('kafkaSaslUsername', `is missing: ${mechanism} wants a user`, `Give ${words.given('kafkaSaslUsername')}.`)
  if (kafkaSaslPassword !== '' && kafkaSaslPasswordFile !== '') throw misfit('kafkaSaslPasswordFile', 'is given, and a password too', 'Give one of them.')
  // Editors end a file with a line break, which is no part of the password.
  const password = kafkaSaslPasswordFile === '' ? kafkaSaslPassword : contentWith(words)('kafkaSaslPasswordFile', kafkaSaslPasswordFile).replace(/\r?\n$/, '')
  if (password === '') throw misfit('kafkaSaslPassword', `is missing: ${mechanism} wants a password`, `Give ${words.given('kafkaSaslPassword')}, or ${words.given('kafkaSaslPasswordFile')}.`)
  if (mechanism !== 'oauthbearer') return { mechanism, username, password }
  if (kafkaOauthTokenUrl === '') throw misfit('kafkaOauthTokenUrl', 'is missing: oauthbearer wants a token endpoint', `Give ${words.given('kafkaOauthTokenUrl')}.`)
  return { mechanism, oauthBearerProvider: tokenProvider({ url: kafkaOauthTokenUrl, clientId: username, clientSecret: password, scope: kafkaOauthScope }) }
}

/**
 * What is at stake where a user is sent without TLS; undefined where none is, or the brokers are on this machine. Such
 * brokers are read all the same: several of astronomy have no other port.
 */
export function dangerOf ({ kafkaTls, kafkaSaslMechanism: mechanism, kafkaBrokers }: SecuritySettings & Pick<Settings, 'kafkaBrokers'>): string | undefined {
  if (kafkaTls || mechanism === 'none' || kafkaBrokers.every(broker => LOOPBACK.test(broker))) return undefined
  const where = `no TLS to ${kafkaBrokers.join(', ')}`
  return mechanism.startsWith('scram')
    ? `${where}: whoever is on the way can read and change what comes, and try passwords against the login of ${mechanism}. Use it where the network is trusted, or with a long password of its own`
    : `${where}: ${mechanism} sends ${mechanism === 'plain' ? 'the password' : 'its token'} in clear text, and whoever is on the way can take it. Use TLS, or a SCRAM mechanism where the broker has one`
}

const LOOPBACK = /^(localhost|127\.[\d.]+|\[::1\]):\d+$/

const misfitWith = (words: SettingWords) => (name: SecuritySetting, what: string, action: string): UsageError =>
  new UsageError(`${words.setting(name)} ${what}`, { value: name, action })

const contentWith = (words: SettingWords) => (name: SecuritySetting, path: string): string => contentOf(path, words.setting(name))

/** @param what for the error @throws CandelaError 'file-unreadable' */
export function contentOf (path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CandelaError('file-unreadable', `${what}: ${path} cannot be read: ${reasonIn(cause)}`, {
      value: path, cause, action: 'Check the file and its permissions.'
    })
  }
}
