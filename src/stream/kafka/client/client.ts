/** A Kafka client as the settings say. */
import kafkajs from 'kafkajs'
import type { Settings } from '../../../config.ts'
import { amendKafkajs } from './amendments/amended-kafkajs.ts'
import { sortedLog, type KafkaReport } from './log.ts'
import { securityOf, type SecuritySettings } from './security.ts'

export type KafkaSettings = SecuritySettings & Pick<Settings, 'kafkaBrokers'>

const CONNECTION_TIMEOUT = 5000
const AUTHENTICATION_TIMEOUT = 10_000

/**
 * @param report is told of what kafkajs logs, see sortedLog
 * @throws UsageError where settings do not fit each other, CandelaError 'file-unreadable'
 */
export function kafkaClient (settings: KafkaSettings, report: KafkaReport): kafkajs.Kafka {
  amendKafkajs()
  return new kafkajs.Kafka({
    clientId: 'candela',
    brokers: settings.kafkaBrokers,
    ...securityOf(settings),
    connectionTimeout: CONNECTION_TIMEOUT,
    authenticationTimeout: AUTHENTICATION_TIMEOUT,
    retry: { retries: 3 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: sortedLog(report)
  })
}
