/** On Kafka: one of the roles ingest, classify and query, or all of them in one process, with their HTTP API. */
import type { FastifyBaseLogger } from 'fastify'
import { loadClassifier, schemaSource, type Classifier } from '../app.ts'
import type { SchemaSource } from '../alert/schemas/source.ts'
import type { Settings } from '../config.ts'
import { api, type Readiness } from '../http/api.ts'
import { operationApi } from '../http/operation/operation.ts'
import { Incidents } from '../stream/incidents.ts'
import { createMeasures } from '../stream/measures.ts'
import { referenceOf } from '../model/reference-distribution.ts'
import { diskUse } from '../state/storage/disk-use.ts'
import { createReplays } from '../state/processor/replays.ts'
import type { RunningRole } from '../stream/kafka/role.ts'
import { registryOf } from '../stream/kafka/subjects.ts'
import { accessOf, hostsOf, httpServer, listen } from './listen.ts'
import { startClassify, startIngest, startQuery, type KafkaParts, type RegistrySettings } from './kafka-roles.ts'
import { processMetrics } from './process-metrics.ts'
import type { RunningServer } from './running-server.ts'
import { VERSION } from '../version.ts'

/**
 * @throws CandelaError before anything is served where a setting, the model, a data folder, the port or Kafka is wrong
 */
export async function startOnKafka (settings: Settings, logger: FastifyBaseLogger): Promise<RunningServer> {
  const { role } = settings
  const warn = (message: string): void => logger.warn(message)
  const has = (part: Settings['role']): boolean => role === 'all' || role === part
  const opened: SchemaSource[] = []
  /** A source may have its own registry. */
  const schemasOf = (registry: RegistrySettings): SchemaSource => {
    const part = `schemas of ${opened.length === 0 ? 'the main registry' : `registry ${opened.length}`}`
    const schemas = schemaSource({ ...settings, ...registry }, warn, {
      onAway: (error, message) => incidents.doWithout(part, registryOf(error), error, `${message} [${error.code}]`),
      onBack: () => incidents.end(part)
    })
    opened.push(schemas)
    return schemas
  }
  const classifier = role === 'ingest' ? null : await loadClassifier(settings, warn)
  const measures = createMeasures({ reference: classifier && referenceOf(classifier.model.card) })
  const incidents = new Incidents({ log: logger, measures })
  const schemas = schemasOf(settings)
  const parts: KafkaParts = { settings, measures, log: logger, incidents, schemas }
  const roles: RunningRole[] = []
  const http = httpServer(settings, logger)
  const stopping = new AbortController()
  const ready = (): Readiness => stopping.signal.aborted ? { ready: false, reason: 'stopping' } : readinessOf(roles)
  const stop = async (): Promise<void> => {
    stopping.abort(new Error('stopping'))
    incidents.close()
    await Promise.allSettled([...roles.map(role => role.stop()), http.close()])
    for (const schemas of opened) schemas.close?.()
    classifier?.network.dispose()
  }
  try {
    const query = has('query') ? await startQuery(parts) : null
    if (query) roles.push(query)
    const classify = classifier && has('classify') ? await startClassify(classifier, parts) : null
    if (classify) roles.push(classify)
    if (has('ingest')) roles.push(...await startIngest(parts, schemasOf))
    const operation = { version: VERSION, access: accessOf(settings), hosts: hostsOf(settings), corsOrigins: settings.httpCors, models: () => classifier?.models ?? [], ready, measures, diskUse: role === 'ingest' ? undefined : () => diskUse(settings.dataDir), process: processMetrics() }
    if (query && classifier) {
      const { reader, deadLetters } = query
      await http.register(api, { ...operation, reader, deadLetters, replays: createReplays({ ...classifier, reader }), frameAncestors: settings.httpFrameAncestors, mostStreams: { address: settings.streamsPerAddress, all: settings.streams } })
    } else await http.register(operationApi, { ...operation, ...classify && { reader: classify } })
    const url = await listen(http, settings)
    announce(logger, settings, classifier, url)
    const finished = Promise.race(roles.map(({ finished }) => finished))
    return { url, finished, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The readiness of all roles together; several may wait for the same thing. */
function readinessOf (roles: readonly RunningRole[]): Readiness {
  const all = roles.map(role => role.readiness())
  const notReady = all.filter(({ ready }) => !ready)
  const reasons = (notReady.length > 0 ? notReady : all).flatMap(({ reason }) => reason ?? [])
  return { ready: notReady.length === 0 && roles.length > 0, ...reasons.length > 0 && { reason: [...new Set(reasons)].join('; ') } }
}

function announce (logger: FastifyBaseLogger, { role, kafkaBrokers, dataDir }: Settings, classifier: Classifier | null, url: string): void {
  logger.info(`role ${role} on Kafka at ${kafkaBrokers.join(', ')}, data folder ${dataDir}`)
  if (classifier) logger.info({ engine: classifier.engine.name, engineVersion: classifier.engine.version }, `engine ${classifier.engine.name} ${classifier.engine.version}, model ${classifier.model.name}/${classifier.model.version}`)
  logger.info(role === 'all' || role === 'query' ? `dashboard ${url}, API ${url}/v1/objects, reference ${url}/docs` : `health ${url}/health/ready, metrics ${url}/metrics, reference ${url}/docs`)
}
