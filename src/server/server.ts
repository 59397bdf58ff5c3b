/** `candela serve`: classifies and serves, until it is told to stop. */
import type { FastifyBaseLogger } from 'fastify'
import type { Settings } from '../config.ts'
import { UsageError } from '../errors.ts'
import type { RunningServer } from './running-server.ts'

/**
 * @throws CandelaError before anything is served where a setting, the model, the data folder, the port or Kafka is wrong
 */
export async function startServer (settings: Settings, logger: FastifyBaseLogger): Promise<RunningServer> {
  const { role, source } = settings
  if (role !== 'all' && source === 'simulated') {
    throw new UsageError(`role ${role} with the source simulated`, { value: role, action: 'Roles share the work on Kafka: leave --source out, or --role.' })
  }
  return role !== 'all' || source === 'kafka'
    ? await (await import('./on-kafka.ts')).startOnKafka(settings, logger)
    : await (await import('./embedded.ts')).startEmbedded(settings, logger)
}
