/** A Kafka client as the settings say. */
import kafkajs from 'kafkajs'
import type { Settings } from '../../config.ts'
import { hideAbortedOfFetches } from './aborted.ts'
import { registerCodecs } from './codecs.ts'
import { rememberCoordinators } from './coordinators.ts'
import { writeSparingly } from './encoding.ts'
import { fetchPromptlyWhenIdle } from './idle-fetches.ts'
import { incidentLog, type KafkaReport } from './log.ts'
import { readAhead } from './read-ahead.ts'
import { securityOf, type SecuritySettings } from './security.ts'

export type KafkaSettings = SecuritySettings & Pick<Settings, 'kafkaBrokers'>

const CONNECTION_TIMEOUT = 5000
const AUTHENTICATION_TIMEOUT = 10_000

/**
 * @param report is told of Kafka's incidents, one line each
 * @throws UsageError where settings do not fit each other, CandelaError 'file-unreadable'
 */
export function kafkaClient (settings: KafkaSettings, report: KafkaReport): kafkajs.Kafka {
  registerCodecs()
  hideAbortedOfFetches()
  writeSparingly()
  rememberCoordinators()
  fetchPromptlyWhenIdle()
  readAhead()
  return new kafkajs.Kafka({
    clientId: 'candela',
    brokers: settings.kafkaBrokers,
    ...securityOf(settings),
    connectionTimeout: CONNECTION_TIMEOUT,
    authenticationTimeout: AUTHENTICATION_TIMEOUT,
    retry: { retries: 3 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: incidentLog(report)
  })
}
