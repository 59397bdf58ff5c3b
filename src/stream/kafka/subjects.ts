/** What a part waits for, by its error. Parts that wait for the same subject share one incident, see incidents.ts. */
import { isOutage } from '../../alert/schemas/outage.ts'
import type { CandelaError } from '../../errors.ts'
import type { Incidents, Subject } from '../incidents.ts'
import type { KafkaReport } from './client/log.ts'
import type { RoleLog } from './role.ts'

/** A cluster, with what it depends on: its coordinators, a token endpoint. */
export const clusterOf = (brokers: readonly string[]): Subject => ({ key: `Kafka at ${[...brokers].sort().join()}`, over: `Kafka at ${brokers.join(', ')} answers again` })

export const topicOf = (topic: string, brokers: readonly string[]): Subject => ({ key: `topic ${topic} of ${clusterOf(brokers).key}`, over: `topic ${topic} is there` })

export const rightsOf = (topic: string, brokers: readonly string[]): Subject => ({ key: `rights to ${topicOf(topic, brokers).key}`, over: `topic ${topic} may be read` })

export const patternOf = (pattern: string, brokers: readonly string[]): Subject => ({ key: `topics ${pattern} of ${clusterOf(brokers).key}`, over: `a topic matches ${pattern}` })

export const schemaTopicOf = (topic: string, brokers: readonly string[]): Subject => ({ key: `schema in ${topicOf(topic, brokers).key}`, over: `topic ${topic} has a schema` })

/** @param error an outage, see isOutage */
export const registryOf = ({ value }: CandelaError): Subject => ({ key: `schema registry ${String(value)}`, over: `the schema registry ${String(value)} answers again` })

const DISK: Subject = { key: 'disk', over: 'the data folder can be written again' }

/**
 * @param part that waits, see Incidents.begin
 * @param over for an error that only this part can have
 */
export function subjectOf (error: CandelaError, brokers: readonly string[], part: string, over = `${part} goes on`): Subject {
  const { code, canRetry } = error
  if (code === 'commit-failed') return DISK
  if (isOutage(error)) return registryOf(error)
  if (code.startsWith('kafka-') && canRetry) return clusterOf(brokers)
  return { key: `${code} ${part}`, over }
}

/** Adds what kafkajs logs of an outage to its incident; everything else is a line of its own. */
export const reportTo = (incidents: Incidents, log: Pick<RoleLog, 'warn'>, brokers: readonly string[], about: object = {}): KafkaReport => (line, isOutage) => {
  if (isOutage) incidents.symptom(clusterOf(brokers))
  else log.warn(about, `Kafka: ${line}`)
}
