/** `candela serve`: run until Ctrl-C. */
import { Command } from 'commander'
import { pino } from 'pino'
import pretty from 'pino-pretty'
import type { SettingName } from '../config.ts'
import { describeError } from '../errors.ts'
import { startServer } from '../server/server.ts'
import { addSettingFlags, SERVED, settingsOf } from './flags/settings.ts'

/** Never in the log, wherever an error carries them along. */
const SECRETS = ['authorization', 'password', 'token', 'clientSecret', 'auth', 'sasl', 'headers'].flatMap(name => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`])

/** How long open handles may live after everything has stopped [ms]. */
const LONGEST_AFTERWARDS = 500

export function serveCommand (): Command {
  const command = new Command('serve')
    .description('classify a simulated sky, or alerts from Kafka (--source kafka), and serve P(Ia) over HTTP, until Ctrl-C')
  return addSettingFlags(command, SERVED)
    .addHelpText('after', `
Examples:
  candela serve --http-port 8080 --data-dir ./data      # then: curl -s localhost:8080/v1/objects?minProbability=0.9
  candela serve --source kafka --kafka-brokers localhost:9092 --kafka-topics lsst-alerts
  candela serve --role classify                         # one role on Kafka: docs/kafka.md`)
    .action(serve)
}

async function serve (options: Partial<Record<SettingName | 'config', string>>): Promise<void> {
  const settings = settingsOf(options)
  const logging = { level: settings.logLevel, redact: { paths: SECRETS, censor: '(not shown)' } }
  const logger = process.stdout.isTTY
    ? pino(logging, pretty({ ignore: 'pid,hostname', singleLine: true, hideObject: true }))
    : pino(logging)
  const stopped = new Promise<string>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve)
  })
  const server = await startServer(settings, logger)
  const failed = server.finished.then(() => 'the end of the stream', (error: unknown) => {
    logger.fatal(error, `the alert stream failed: ${describeError(error)}`)
    process.exitCode = 1
    return null
  })
  const reason = await Promise.race([stopped, failed])
  await server.stop()
  logger.info(reason === null
    ? 'stopped after the failure: what was committed before it is kept, the next start goes on from there'
    : `stopped by ${reason}: everything received is committed, the next start goes on from there`)
  // kafkajs goes on trying to reach brokers that are away.
  setTimeout(() => process.exit(), LONGEST_AFTERWARDS).unref()
}
