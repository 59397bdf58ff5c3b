/** `candela serve`: classifies and serves, until it is told to stop. */
import type { FastifyBaseLogger } from 'fastify'
import type { Settings } from '../config.ts'
import { UsageError } from '../errors.ts'
import { startEmbedded } from './embedded.ts'
import { startOnKafka } from './on-kafka.ts'
import type { RunningServer } from './running-server.ts'

/**
 * @throws CandelaError before anything is served where a setting, the model, the data folder, the port or Kafka is wrong
 */
export async function startServer (settings: Settings, logger: FastifyBaseLogger): Promise<RunningServer> {
  const { role, source } = settings
  if (role !== 'all' && source === 'simulated') {
    throw new UsageError(`role ${role} with the source simulated`, { value: role, action: 'Roles share the work on Kafka: leave --source out, or --role.' })
  }
  const start = role !== 'all' || source === 'kafka' ? startOnKafka : startEmbedded
  return await start(settings, logger)
}
