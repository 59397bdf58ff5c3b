/** Errors of kafkajs → what was wrong, what to do, and whether a retry helps. */
import kafkajs from 'kafkajs'
import { CandelaError, messageOf } from '../../../errors.ts'

/** The circumstances, for error messages. */
export interface KafkaContext {
  brokers: readonly string[]
  topic?: string | undefined
  /** Consumer group. */
  group?: string | undefined
}

/** Fields of kafkajs's errors, which wrap each other as `cause`. */
interface Thrown extends Error {
  code?: string | number
  type?: string
  broker?: string
  retriable?: boolean
}

/**
 * Codes: 'kafka-unreachable', 'kafka-certificate', 'kafka-tls', 'kafka-authentication', 'kafka-not-authorised',
 * 'kafka-topic-unknown', 'kafka-topic-invalid', 'kafka-message-too-large', 'kafka-fenced', 'kafka-no-coordinator',
 * 'kafka-failed'; 'internal-error' for errors that are not Kafka's. A CandelaError in the chain of causes, as
 * 'kafka-token-unavailable' of oauth.ts, is returned as it is.
 */
export function kafkaError (error: unknown, context: KafkaContext): CandelaError {
  const chain = causes(error)
  // kafkajs wraps errors of its callbacks, such as the token provider.
  const own = chain.find(thrown => thrown instanceof CandelaError)
  if (own) return own
  for (const kind of KINDS) {
    for (const thrown of chain) {
      const found = kind(thrown, context)
      if (found) return new CandelaError(found.code, found.message, { value: found.value, action: found.action, canRetry: found.canRetry ?? false, cause: error })
    }
  }
  const innermost = chain.at(-1)
  if (!chain.some(({ name }) => name.startsWith('KafkaJS'))) {
    return new CandelaError('internal-error', messageOf(innermost ?? error), { cause: error, action: 'Report this as a bug of Candela.' })
  }
  return new CandelaError('kafka-failed', `Kafka at ${context.brokers.join(', ')}: ${messageOf(innermost ?? error)}`, {
    value: innermost?.type, canRetry: chain.some(({ retriable }) => retriable === true), cause: error, action: 'See the broker\'s own log at this time.'
  })
}

function causes (error: unknown): Thrown[] {
  const chain: Thrown[] = []
  for (let next = error; next instanceof Error && !chain.includes(next); next = next instanceof kafkajs.KafkaJSAggregateError ? next.errors[0] : next.cause) chain.push(next)
  return chain
}

interface Found { code: string, message: string, value?: unknown, action: string, canRetry?: boolean }
type Kind = (thrown: Thrown, context: KafkaContext) => Found | undefined

const UNTRUSTED = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/
const NOT_TLS = /wrong version number|packet length too long|EPROTO|before secure TLS connection/i

const at = ({ broker }: Thrown, { brokers }: KafkaContext): string => broker ?? brokers.join(', ')

const certificate: Kind = (thrown, context) => typeof thrown.code === 'string' && UNTRUSTED.test(thrown.code)
  ? {
      code: 'kafka-certificate',
      message: `the certificate of ${at(thrown, context)} is not trusted: ${thrown.message.replace(/^Connection error: /, '')}`,
      value: thrown.code,
      action: 'Name the authority that signed it with --kafka-tls-ca (CANDELA_KAFKA_TLS_CA), and the broker by the name that the certificate has. Where the broker has none of its certificate\'s names: --kafka-tls-host-check false.'
    }
  : undefined

const notTls: Kind = (thrown, context) => NOT_TLS.test(`${thrown.code} ${thrown.message}`)
  ? {
      code: 'kafka-tls',
      message: `${at(thrown, context)} could not be spoken to by TLS: ${thrown.message.replace(/^Connection error: /, '')}`,
      action: 'Where this port of the broker does not speak TLS, leave --kafka-tls out or choose its TLS port; it may also want a client certificate (--kafka-tls-cert).'
    }
  : undefined

const authentication: Kind = (thrown, context) => thrown.name === 'KafkaJSSASLAuthenticationError' || thrown.type === 'SASL_AUTHENTICATION_FAILED'
  ? {
      code: 'kafka-authentication',
      message: `${at(thrown, context)} did not accept user and password: ${thrown.message}`,
      action: 'Check --kafka-sasl-mechanism, --kafka-sasl-username and the password (CANDELA_KAFKA_SASL_PASSWORD or --kafka-sasl-password-file) against the broker\'s.'
    }
  : undefined

const unknownMechanism: Kind = (thrown, context) => thrown.type === 'UNSUPPORTED_SASL_MECHANISM'
  ? {
      code: 'kafka-authentication',
      message: `${at(thrown, context)} does not have this SASL mechanism`,
      action: 'Choose one of the broker\'s (its sasl.enabled.mechanisms) with --kafka-sasl-mechanism.'
    }
  : undefined

const noSasl: Kind = (thrown, context) => thrown.type === 'ILLEGAL_SASL_STATE'
  ? {
      code: 'kafka-authentication',
      message: `${at(thrown, context)} asks for no user on this port`,
      action: 'Leave --kafka-sasl-mechanism out, or choose the port on which it asks for one.'
    }
  : undefined

const authorisation: Kind = ({ type = '', message }, { topic }) => /AUTHORIZATION_FAILED$/.test(type)
  ? {
      code: 'kafka-not-authorised',
      message: `the broker does not allow it${topic === undefined ? '' : ` (topic ${topic})`}: ${message}`,
      value: type,
      action: `Have its administrator allow this user ${type.startsWith('TOPIC') ? 'to describe, create and write the topic' : 'that'} (kafka-acls.sh).`
    }
  : undefined

const groupRefused: Kind = (thrown, { group }) => thrown.type === 'GROUP_AUTHORIZATION_FAILED'
  ? {
      code: 'kafka-not-authorised',
      message: `the broker does not allow the consumer group${group === undefined ? '' : ` ${group}`} to this user: ${thrown.message}`,
      value: group ?? thrown.type,
      action: 'Choose a group that begins as the account says, often with the name of the user: the key group of a source (docs/sources.md), --kafka-group for the main settings. Or have the broker\'s administrator allow this group (kafka-acls.sh).'
    }
  : undefined

const topicUnknown: Kind = ({ type }, { topic }) => type === 'UNKNOWN_TOPIC_OR_PARTITION'
  ? { code: 'kafka-topic-unknown', message: `there is no topic ${topic ?? 'of this name'}`, value: topic, action: 'Check the name, or make the topic: kafka-topics.sh --create.' }
  : undefined

const topicInvalid: Kind = ({ type }, { topic }) => type === 'INVALID_TOPIC_EXCEPTION'
  ? { code: 'kafka-topic-invalid', message: `a topic cannot be called '${topic}'`, value: topic, action: 'A name has 1 to 249 letters, digits, dots, hyphens and underscores.' }
  : undefined

const tooLarge: Kind = ({ type }, { topic }) => type === 'MESSAGE_TOO_LARGE' || type === 'RECORD_LIST_TOO_LARGE'
  ? {
      code: 'kafka-message-too-large',
      message: `the topic ${topic} takes no message of this size`,
      value: topic,
      action: `Raise its limit: kafka-configs.sh --alter --entity-type topics --entity-name ${topic} --add-config max.message.bytes=11534336`
    }
  : undefined

const FENCED = new Set(['INVALID_PRODUCER_EPOCH', 'PRODUCER_FENCED', 'INVALID_PRODUCER_ID_MAPPING', 'FENCED_INSTANCE_ID'])

const fenced: Kind = ({ type = '' }) => FENCED.has(type)
  ? { code: 'kafka-fenced', message: 'another process has taken over, and this one may not write any more', value: type, canRetry: true, action: 'Nothing is to be done, unless two deployments have the same --kafka-group.' }
  : undefined

const UNREACHABLE = new Set(['KafkaJSConnectionError', 'KafkaJSConnectionClosedError', 'KafkaJSBrokerNotFound', 'KafkaJSNoBrokerAvailableError', 'KafkaJSRequestTimeoutError', 'KafkaJSTimeout'])

const unreachable: Kind = (thrown, context) => UNREACHABLE.has(thrown.name)
  ? {
      code: 'kafka-unreachable',
      message: thrown.code === 'ENOTFOUND'
        ? `Kafka cannot be reached: no host has the name in ${at(thrown, context)}`
        : `Kafka at ${at(thrown, context)} cannot be reached: ${thrown.message.replace(/^Connection error: /, '')}`,
      value: thrown.code,
      canRetry: true,
      action: 'Check that it runs, its address (--kafka-brokers, CANDELA_KAFKA_BROKERS), and that the addresses it advertises can be reached from here. A port that wants TLS or a user closes connections without: --kafka-tls true, --kafka-sasl-mechanism.'
    }
  : undefined

const COORDINATOR_COMING = new Set(['GROUP_LOAD_IN_PROGRESS', 'GROUP_COORDINATOR_NOT_AVAILABLE', 'NOT_COORDINATOR_FOR_GROUP'])

const noCoordinator: Kind = ({ name, type = '' }, { brokers }) => name === 'KafkaJSGroupCoordinatorNotFound' || COORDINATOR_COMING.has(type)
  ? {
      code: 'kafka-no-coordinator',
      message: `Kafka at ${brokers.join(', ')} has no coordinator for the group or its transactions now`,
      canRetry: true,
      action: 'Wait where it has just started. A cluster of fewer than 3 brokers needs offsets.topic.replication.factor, transaction.state.log.replication.factor and transaction.state.log.min.isr of that number at most.'
    }
  : undefined

/** In order of precedence: the first that fits an error in the chain of causes decides. */
const KINDS: readonly Kind[] = [certificate, notTls, authentication, unknownMechanism, noSasl, groupRefused, authorisation, topicUnknown, topicInvalid, tooLarge, fenced, unreachable, noCoordinator]
