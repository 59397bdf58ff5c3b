/** The image of a broker: Kafka's own, formatted and with its classes ready. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

export const KAFKA_VERSIONS = ['3.9.1', '4.1.0'] as const
export type KafkaVersion = typeof KAFKA_VERSIONS[number]

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

/** The first one builds it, in half a minute; then Docker finds every layer. @returns its name */
export async function brokerImage (version: KafkaVersion): Promise<string> {
  const name = `candela-kafka:${version}`
  await promisify(execFile)('docker', ['build', '--quiet', '--network', 'none', '--build-arg', `VERSION=${version}`, '--tag', name, FOLDER])
  return name
}
