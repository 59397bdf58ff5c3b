/** Without Kafka: the simulated sky through the embedded pipeline, served over HTTP. */
import type { FastifyBaseLogger } from 'fastify'
import { createApp, type App } from '../app.ts'
import type { Settings } from '../config.ts'
import { describeError, withCode, type CandelaError } from '../errors.ts'
import { api } from '../http/api.ts'
import type { Readiness } from '../http/operation/health.ts'
import { liveSky, resumePosition } from '../simulator/live/live.ts'
import { createSky } from '../simulator/live/sky.ts'
import { diskUse } from '../state/storage/disk-use.ts'
import { boundDeadLetters, runRetention } from '../state/archive/retention.ts'
import { runEmbeddedStream, type Packet } from '../stream/embedded.ts'
import { Incidents } from '../stream/incidents.ts'
import { subjectOf } from '../stream/kafka/subjects.ts'
import { accessOf, hostsOf, httpServer, listen } from './listen.ts'
import { processMetrics } from './process-metrics.ts'
import type { RunningServer } from './running-server.ts'
import { VERSION } from '../version.ts'

const SOURCE = 'simulated-sky'

/**
 * @throws CandelaError before anything is served where a setting, the model, the data folder or the port is wrong
 */
export async function startEmbedded (settings: Settings, logger: FastifyBaseLogger): Promise<RunningServer> {
  const app = await createApp(settings, message => logger.warn(message))
  const stopping = new AbortController()
  const incidents = new Incidents({ log: logger })
  let state: Readiness = { ready: false, reason: 'starting' }
  const http = httpServer(settings, logger)
  try {
    const sky = createSky({ seed: settings.skySeed })
    const from = resumePosition(app.store.position(SOURCE), sky)
    await http.register(api, {
      version: VERSION,
      access: accessOf(settings),
      hosts: hostsOf(settings),
      corsOrigins: settings.httpCors,
      reader: app.store.reader,
      deadLetters: app.store.deadLetters,
      replay: app.deadLetterReplay,
      discard: app.deadLetterDiscard,
      archives: app.archives,
      models: () => app.models,
      ready: () => state,
      submit: app.submit,
      giveHost: app.giveHost,
      rebuild: app.rebuild,
      replays: app.replays,
      schemas: app.schemas,
      measures: app.measures,
      diskUse: () => diskUse(settings.dataDir),
      process: processMetrics(),
      bodyLimit: settings.httpBodyMib * 2 ** 20,
      frameAncestors: settings.httpFrameAncestors,
      mostStreams: { address: settings.streamsPerAddress, all: settings.streams }
    })
    const url = await listen(http, settings)
    logger.info({ engine: app.engine.name, engineVersion: app.engine.version, model: app.processor.model }, `engine ${app.engine.name} ${app.engine.version}, model ${app.processor.model}`)
    const { objects, accounting } = app.store.reader.statistics()
    logger.info({ dataDir: settings.dataDir, objects, received: accounting.received }, `state store ${settings.dataDir}: ${objects} objects, ${accounting.received} alerts received so far`)
    logger.info(`simulated sky, seed ${from.seed}: ${from.night === 0 && from.given === 0 ? 'from night 0' : `on from night ${from.night}, alert ${from.given}`}, ${settings.skyNightSeconds} s a night`)
    logger.info(`dashboard ${url}, API ${url}/v1/objects, reference ${url}/docs`)
    state = { ready: true }
    const background = inBackground(app, settings, logger, incidents, stopping.signal)
    const stream = streamSky(app, liveSky(sky, from, settings.skyNightSeconds, stopping.signal), logger, incidents, stopping.signal, readiness => {
      if (!stopping.signal.aborted) state = readiness
    })
    const finished = stream.catch((error: unknown) => {
      state = { ready: false, reason: 'the alert stream failed' }
      throw error
    })
    return {
      url,
      finished,
      async stop () {
        state = { ready: false, reason: 'stopping' }
        stopping.abort()
        incidents.close()
        await Promise.allSettled([finished, ...background, http.close()])
        await app.close()
      }
    }
  } catch (error) {
    await http.close()
    await app.close()
    throw error
  }
}

/** Names of what waits, see Incidents.begin. */
const ALERTS = 'alerts wait'
const LETTERS = 'dead letters are not bounded'
const ARCHIVING = 'archiving waits'
const OVER = { [ALERTS]: 'alerts wait no longer', [LETTERS]: 'dead letters are bounded again', [ARCHIVING]: 'archiving goes on' }

const goesWithout = (incidents: Incidents, part: keyof typeof OVER, error: CandelaError): void =>
  incidents.doWithout(part, subjectOf(error, [], part, OVER[part]), error, `${part}: ${describeError(error)}`)

async function streamSky (app: App, packets: AsyncIterable<Packet>, logger: FastifyBaseLogger, incidents: Incidents, signal: AbortSignal, tell: (readiness: Readiness) => void): Promise<void> {
  let classified = false
  await runEmbeddedStream({
    source: SOURCE,
    packets,
    decode: app.decode,
    processor: app.processor,
    measures: app.measures,
    signal,
    onOutage (error) {
      goesWithout(incidents, ALERTS, error)
      if (error.code === 'commit-failed') tell({ ready: false, reason: `alerts wait: ${withCode(error)}` })
    },
    onOutageEnd () {
      incidents.end(ALERTS)
      tell({ ready: true })
    },
    onBatch (outcomes) {
      const first = outcomes.find(({ outcome }) => outcome === 'classified')
      if (!classified && first) logger.info({ diaObjectId: first.diaObjectId, probabilityIa: first.probabilityIa }, `first classification: object ${first.diaObjectId}, P(Ia) ${first.probabilityIa!.toFixed(3)}`)
      classified ||= first !== undefined
      for (const { outcome, reason, message } of outcomes) if (outcome === 'dead-lettered') logger.warn({ reason }, `an alert became a dead letter: ${message} [${reason}]`)
    }
  })
}

/** The background work that keeps the store bounded. An error there ends nothing else. */
function inBackground ({ archives, store, deadLetterDiscard: discard }: App, { retentionDays: days, deadLettersMib }: Settings, logger: FastifyBaseLogger, incidents: Incidents, signal: AbortSignal): Array<Promise<void>> {
  const failed = (what: string) => (error: unknown): void => logger.error(error, `${what} has ended: ${describeError(error)}`)
  const bound = boundDeadLetters({
    discard,
    bytes: deadLettersMib * 2 ** 20,
    signal,
    onDiscarded: letters => logger.warn({ letters }, `discarded the oldest ${letters} dead letters: all took more than ${deadLettersMib} MiB (CANDELA_DEAD_LETTERS_MIB)`),
    onFailure: error => goesWithout(incidents, LETTERS, error),
    onWell: () => incidents.end(LETTERS)
  }).catch(failed('the bound of dead letters'))
  if (days === 0) return [bound]
  logger.info({ days, folder: archives.folder }, `objects that were not seen for ${days} d leave for archives in ${archives.folder}`)
  return [bound, runRetention({
    archives,
    days,
    signal,
    onArchive ({ path, objects, stayed, bytes }) {
      const { objects: kept } = store.reader.statistics()
      logger.info({ path, objects, stayed, bytes }, `archived ${objects - stayed} objects, not seen for ${days} d, in ${path}; ${kept} are kept`)
    },
    onDamaged: id => logger.error({ diaObjectId: id }, `object ${id} cannot be archived: its record is damaged; it stays`),
    onFailure: error => goesWithout(incidents, ARCHIVING, error),
    onWell: () => incidents.end(ARCHIVING)
  }).catch(failed('archiving'))]
}
