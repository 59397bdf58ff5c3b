/**
 * The role ingest: alerts of a survey's topics → candela.photometry, keyed by diaObjectId. At least once: positions are
 * committed after the write. Reading pauses while ingest waits for an outage.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Given } from '../../../alert/given.ts'
import { PointReport } from '../../../alert/points/point-report.ts'
import type { SchemaSource } from '../../../alert/schemas/source.ts'
import type { Settings } from '../../../config.ts'
import type { CandelaError } from '../../../errors.ts'
import { Incidents } from '../../incidents.ts'
import type { Measures } from '../../measures.ts'
import { kafkaClient } from '../client/client.ts'
import { kafkaError } from '../client/errors.ts'
import type { OwnKafkaSettings } from '../own-topics.ts'
import { PhotometryWriter } from './photometry-writer.ts'
import { isOwnTopic, type OwnTopics, type RoleLog, type RunningRole } from '../role.ts'
import type { IngestSource } from './sources.ts'
import { subjectOf, reportTo } from '../subjects.ts'
import { SurveyTopics } from './survey-topics.ts'
import { readTopics } from '../group/topic-reader.ts'
import { FollowUp } from './follow-up/follow-up.ts'
import { WriterSchemas } from './writer-schemas.ts'
import { transcriber } from './transcribe.ts'
import { outagesOf } from './source-outages.ts'

export interface IngestOptions {
  source: IngestSource
  /** Where the schemas of the source's alerts come from. */
  schemas: SchemaSource
  /** Of the cluster that has Candela's own topics, and of the group. */
  settings: OwnKafkaSettings & Pick<Settings, 'kafkaSessionTimeoutSeconds' | 'kafkaLingerMs' | 'kafkaPrefix' | 'kafkaOutputs'>
  topics: Pick<OwnTopics, 'photometry'>
  /** Whether the survey's bytes travel along with decoded alerts, as some outputs want them. */
  keepPackets: boolean
  measures: Measures
  log: RoleLog
  /** Of the process; its own where not given. */
  incidents?: Incidents | undefined
  /** Whether this is the only source of the process. An error that no retry helps then ends the role; with several sources, the others are read on. */
  alone?: boolean
  /** Between two looks for topics that are missing, new or gone [ms]. */
  lookEveryMs?: number
}

/** After an error that no retry helps [ms]: an administrator may correct rights or a password at the broker. */
const LONG_WAIT = 30_000
/** How long a start waits for one of several sources [ms]. */
const LONGEST_START = 5000
const LOOK_EVERY = 5000
/** Names of topics in a line of the log. */
const MOST_NAMES = 20
/** Before the group is joined again; doubled each time [ms]. */
const FIRST_WAIT = 500
const LONGEST_WAIT = 5000
/** How long stop() waits for the current batch, and for everything together [ms]. */
const PATIENCE = 3000
const LONGEST_STOP = 4500

/**
 * Resolves when alerts are read, or when the source waits for a broker or a topic; with several sources, after some
 * seconds at the latest.
 * @throws CandelaError where no retry helps: of Candela's own cluster 'kafka-topic-differs' and as kafkaError, of the
 *   source's as kafkaError where it is alone; UsageError where settings do not fit each other. `finished` rejects with the
 *   same later.
 */
export async function runIngest (options: IngestOptions): Promise<RunningRole> {
  const { source, schemas, settings, topics, keepPackets, measures, log, incidents = new Incidents({ log, measures }), alone = true, lookEveryMs = LOOK_EVERY } = options
  const { connection, dialect, group: groupId, minReliability } = source
  const brokers = connection.kafkaBrokers
  const about = { source: source.name }
  const stopping = new AbortController()
  const impatient = new AbortController()
  let start = (): void => {}
  const started = new Promise<void>(resolve => { start = resolve })
  const outages = outagesOf(source.name, incidents, start)
  /** All of the source waits. */
  const reading = outages.of('', error => subjectOf(error, brokers, outages.part('')), { firstWaitMs: FIRST_WAIT, longestWaitMs: LONGEST_WAIT })
  const writer = new PhotometryWriter({ settings, topic: topics.photometry, log, outageOf: outages.of, incidents })
  const kafka = kafkaClient(connection, reportTo(incidents, log, brokers, about))
  const report = new PointReport(message => log.warn(about, message))
  const writerSchemas = new WriterSchemas({ kafka, brokers, given: source.writerSchema, lookEveryMs, outageOf: outages.of })
  const givenOf = (topic: string): Omit<Given, 'carrier'> => {
    const writerSchema = writerSchemas.schemaOf(topic)
    return { ...writerSchema !== undefined && { writerSchema }, ...minReliability !== undefined && { minReliability } }
  }
  const isOwn = isOwnTopic(settings)
  const surveyed = new SurveyTopics({
    kafka, brokers, lookEveryMs, wanted: source.topics, isExcluded: topic => isOwn(topic) || writerSchemas.isSchemaTopic(topic), outageOf: outages.of, onGone: topic => log.info({ ...about, topic }, `topic ${topic} is gone`)
  })
  let read: readonly string[] = []
  /** Since it last joined, or from the beginning. */
  let hasFailed = false
  let hasJoined = false
  /** An error of Candela's own cluster, which all sources need, that no retry helps. */
  let ownFault: CandelaError | undefined

  const own = async (work: Promise<void>, signal: AbortSignal): Promise<void> => await work.catch((cause: unknown) => {
    if (signal.aborted) throw cause
    const error = kafkaError(cause, { brokers: settings.kafkaBrokers, topic: topics.photometry })
    if (!error.canRetry) ownFault = error
    throw error
  })
  const followUp = source.followUp && new FollowUp({ settings: source.followUp, source: source.name, schemas, outageOf: outages.of, measures })
  const handle = transcriber({ source: source.name, schemas, dialect, givenOf, followUp, keepPackets, write: (messages, signal) => own(writer.write(messages, signal), signal), outageOf: outages.of, measures, report })

  function onJoined (there: readonly string[]): void {
    if (read.join() !== there.join()) log.info({ ...about, group: groupId, topics: there.length }, `reading ${listed(there)} of ${brokers.join(', ')}`)
    read = there
    hasJoined = true
    hasFailed = false
    reading.end()
    start()
  }

  /** One membership in the group. */
  async function readOnce (): Promise<void> {
    await own(writer.open(stopping.signal), stopping.signal)
    const found = await surveyed.look()
    const there = await writerSchemas.ready(found)
    if (there.length === 0) {
      reading.end()
      await sleep(lookEveryMs, undefined, { signal: stopping.signal }).catch(() => {})
      return
    }
    const more = new AbortController()
    const ending = AbortSignal.any([stopping.signal, more.signal])
    Promise.race([surveyed.untilChanged(found, ending), writerSchemas.untilReady(found, ending)]).then(() => more.abort(), () => {})
    try {
      await readTopics({
        kafka,
        groupId,
        topics: there,
        start: source.start,
        awaited: surveyed.awaited,
        sessionTimeout: 1000 * settings.kafkaSessionTimeoutSeconds,
        lingerMs: settings.kafkaLingerMs,
        handle,
        mostMessages: followUp?.mostMessages,
        onJoined: () => onJoined(there),
        stopping: ending,
        impatient: impatient.signal
      })
    } finally {
      more.abort()
    }
  }

  /** Memberships, one after the other. */
  async function readOn (): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await readOnce()
      } catch (cause) {
        if (stopping.signal.aborted) return
        const error = kafkaError(cause, { brokers, group: groupId })
        if (ownFault) throw ownFault
        const passes = error.canRetry || error.code === 'kafka-topic-unknown'
        if (!passes && alone) throw error
        // A topic was deleted. The next look finds out which.
        const isGone = error.code === 'kafka-topic-unknown' && !hasFailed
        hasFailed = true
        const wait = isGone ? FIRST_WAIT : reading.fail(error)
        await sleep(passes ? wait : LONG_WAIT, undefined, { signal: stopping.signal }).catch(() => {})
      }
    }
  }

  const ending = readOn().finally(() => writer.close().catch(() => {}))
  const stopped = new Promise<void>(resolve => {
    stopping.signal.addEventListener('abort', () => {
      setTimeout(() => impatient.abort(), PATIENCE).unref()
      setTimeout(resolve, LONGEST_STOP).unref()
    }, { once: true })
  })
  const finished = Promise.race([ending, stopped])
  await Promise.race([started, finished, ...alone ? [] : [sleep(LONGEST_START, undefined, { ref: false })]])
  // A failure nobody awaits must not end the process; the readiness shows it.
  finished.catch(() => {})
  return {
    finished,
    readiness: () => hasJoined ? outages.readiness() : { ready: false, reason: outages.readiness().reason ?? `${outages.part('')} is not read yet` },
    async stop () {
      stopping.abort()
      await finished.catch(() => {})
    }
  }
}

const listed = (topics: readonly string[]): string =>
  topics.length <= MOST_NAMES ? topics.join(', ') : `${topics.slice(0, MOST_NAMES).join(', ')} and ${topics.length - MOST_NAMES} more topics`
