/** How brokers are spoken to: TLS and SASL, from settings that must fit each other. */
import { readFileSync } from 'node:fs'
import type { KafkaConfig, SASLOptions } from 'kafkajs'
import { flagOf, type SettingName, type Settings } from '../../config.ts'
import { CandelaError, UsageError } from '../../errors.ts'

export type SecuritySettings = Pick<Settings,
  'kafkaTls' | 'kafkaTlsCa' | 'kafkaTlsCert' | 'kafkaTlsKey' | 'kafkaSaslMechanism' | 'kafkaSaslUsername' | 'kafkaSaslPassword' | 'kafkaSaslPasswordFile'>

/**
 * kafkajs's `ssl` and `sasl`.
 * @throws UsageError where settings do not fit each other, CandelaError 'file-unreadable' where a file of theirs cannot be read
 */
export function securityOf (settings: SecuritySettings): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const ssl = tlsOf(settings)
  const sasl = saslOf(settings)
  return { ...ssl && { ssl }, ...sasl && { sasl } }
}

function tlsOf ({ kafkaTls, kafkaTlsCa, kafkaTlsCert, kafkaTlsKey }: SecuritySettings): KafkaConfig['ssl'] {
  if (!kafkaTls) {
    for (const [name, value] of Object.entries({ kafkaTlsCa, kafkaTlsCert, kafkaTlsKey })) {
      if (value !== '') throw misfit(name as SettingName, 'is given without TLS', `Add ${flagOf('kafkaTls')} true, or leave it out.`)
    }
    return undefined
  }
  if (kafkaTlsCert === '' && kafkaTlsKey !== '') throw misfit('kafkaTlsKey', 'is given without the certificate that it belongs to', `Add ${flagOf('kafkaTlsCert')}.`)
  if (kafkaTlsCert !== '' && kafkaTlsKey === '') throw misfit('kafkaTlsCert', 'is given without its key', `Add ${flagOf('kafkaTlsKey')}.`)
  return {
    ...kafkaTlsCa !== '' && { ca: contentOf('kafkaTlsCa', kafkaTlsCa) },
    ...kafkaTlsCert !== '' && { cert: contentOf('kafkaTlsCert', kafkaTlsCert), key: contentOf('kafkaTlsKey', kafkaTlsKey) }
  }
}

function saslOf ({ kafkaSaslMechanism: mechanism, kafkaSaslUsername: username, kafkaSaslPassword, kafkaSaslPasswordFile }: SecuritySettings): SASLOptions | undefined {
  if (mechanism === 'none') {
    for (const [name, value] of Object.entries({ kafkaSaslUsername: username, kafkaSaslPassword, kafkaSaslPasswordFile })) {
      if (value !== '') throw misfit(name as SettingName, 'is given without a SASL mechanism', `Add ${flagOf('kafkaSaslMechanism')}, or leave it out.`)
    }
    return undefined
  }
  if (username === '') throw misfit('kafkaSaslUsername', `is missing: ${mechanism} wants a user`, 'Give the user.')
  if (kafkaSaslPassword !== '' && kafkaSaslPasswordFile !== '') throw misfit('kafkaSaslPasswordFile', 'is given, and a password too', 'Give one of them.')
  // A file that an editor wrote ends in a line end, which is no part of the password.
  const password = kafkaSaslPasswordFile === '' ? kafkaSaslPassword : contentOf('kafkaSaslPasswordFile', kafkaSaslPasswordFile).replace(/\r?\n$/, '')
  if (password === '') throw misfit('kafkaSaslPassword', `is missing: ${mechanism} wants a password`, `Set CANDELA_KAFKA_SASL_PASSWORD, or ${flagOf('kafkaSaslPasswordFile')}.`)
  return { mechanism, username, password }
}

const misfit = (name: SettingName, what: string, action: string): UsageError =>
  new UsageError(`setting ${name} ${what}`, { value: name, action })

function contentOf (name: SettingName, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new CandelaError('file-unreadable', `setting ${name}: ${path} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, {
      value: path, cause, action: 'Check the file and its permissions.'
    })
  }
}
