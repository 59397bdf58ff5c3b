import type kafkajs from 'kafkajs'
import { readSettings } from '../../../src/config.ts'
import { kafkaClient } from '../../../src/stream/kafka/client/client.ts'

export const clientOf = (address: string, report: (line: string) => void = () => {}): kafkajs.Kafka =>
  kafkaClient(readSettings({ kafkaBrokers: address }, { env: {} }), report)
