/**
 * A broker for all tests of a process, each with topics, groups and transactional ids of its own. A test that stops its
 * broker, or wants settings of its own, starts one by `startBroker`.
 */
import { after } from 'node:test'
import { startBroker, type Broker, type KafkaVersion } from './broker.ts'

const brokers = new Map<KafkaVersion, Promise<Broker>>()
const ends: Array<() => unknown> = []
// Where this file is loaded, not where a test asks for a broker: behind the last test of the process.
after(async () => { for (const end of ends) await end() })

export function sharedBroker (version: KafkaVersion): Promise<Omit<Broker, 'stop' | 'start'>> {
  const broker = brokers.get(version) ?? startBroker({ after: end => ends.push(end) }, version)
  brokers.set(version, broker)
  return broker
}
