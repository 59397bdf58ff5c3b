/**
 * The role ingest: alerts of a survey's topics → candela.photometry, keyed by diaObjectId. At least once: positions are
 * committed behind the writing. What a retry mends is waited for; nothing is read further meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { PointReport } from '../../../alert/point-report.ts'
import type { SchemaSource } from '../../../alert/schemas/source.ts'
import type { Settings } from '../../../config.ts'
import type { CandelaError } from '../../../errors.ts'
import { Incidents } from '../../incidents.ts'
import type { Measures } from '../../measures.ts'
import { kafkaClient } from '../client/client.ts'
import { kafkaError } from '../client/errors.ts'
import type { OwnKafkaSettings } from '../own-topics.ts'
import { PhotometryWriter } from './photometry-writer.ts'
import type { OwnTopics, RoleLog, RunningRole } from '../role.ts'
import type { IngestSource } from './sources.ts'
import { subjectOf, topicOf, reportTo } from '../subjects.ts'
import { LOOK_EVERY, topicMissing, topicsThere, untilThere } from './survey-topics.ts'
import { readTopics } from '../group/topic-reader.ts'
import { transcriber } from './transcribe.ts'
import { Troubles } from './source-outages.ts'

export interface IngestOptions {
  source: IngestSource
  /** Where the schemas of the source's alerts come from. */
  schemas: SchemaSource
  /** Of the cluster that has Candela's own topics, and of the group. */
  settings: OwnKafkaSettings & Pick<Settings, 'kafkaSessionTimeoutSeconds' | 'kafkaLingerMs'>
  topics: Pick<OwnTopics, 'photometry'>
  /** Whether the survey's bytes travel along with decoded alerts, as some outputs want them. */
  keepPackets: boolean
  measures: Measures
  log: RoleLog
  /** Of the process; its own where not given. */
  incidents?: Incidents | undefined
  /** Whether the process reads this source alone: what no retry mends of it then ends the role. It keeps no other source from being read. */
  alone?: boolean
}

/** All of the source waits, see Troubles.begin. */
const ALL = ''
const topicPart = (topic: string): string => `topic ${topic}`
/** What no retry mends may be mended at the broker: a user's rights, a password [ms]. */
const LONG_WAIT = 30_000
/** How long a start waits for one of several sources [ms]. */
const LONGEST_START = 5000
/** Before the group is joined again; doubled each time [ms]. */
const FIRST_WAIT = 500
const LONGEST_WAIT = 5000
/** What stop() gives the batch in hand, and everything together [ms]. */
const PATIENCE = 3000
const LONGEST_STOP = 4500

/**
 * Resolves when alerts are read, or when that waits for a broker or a topic; where the source is not alone, after some
 * seconds at the latest.
 * @throws CandelaError where no retry helps: of Candela's own cluster 'kafka-topic-differs' and as kafkaError, of the
 *   source's as kafkaError where it is alone; UsageError where settings do not fit each other. `finished` rejects with the
 *   same later.
 */
export async function runIngest (options: IngestOptions): Promise<RunningRole> {
  const { source, schemas, settings, topics, keepPackets, measures, log, incidents = new Incidents({ log, measures }), alone = true } = options
  const { connection, dialect, group: groupId } = source
  const brokers = connection.kafkaBrokers
  const about = { source: source.name }
  const stopping = new AbortController()
  const impatient = new AbortController()
  let start = (): void => {}
  const started = new Promise<void>(resolve => { start = resolve })
  const troubles = new Troubles({ source: source.name, incidents, onBegin: start })
  const writer = new PhotometryWriter({ settings, topic: topics.photometry, log, troubles, incidents })
  const kafka = kafkaClient(connection, reportTo(incidents, log, brokers, about))
  const report = new PointReport(message => log.warn(about, message))
  const missing = new Set<string>()
  const awaited = new Set<string>()
  let read: readonly string[] = []
  let wait = FIRST_WAIT
  let hasJoined = false
  /** What no retry mends of Candela's own cluster, which all sources need. */
  let ownFault: CandelaError | undefined

  const own = async (work: Promise<void>, signal: AbortSignal): Promise<void> => await work.catch((cause: unknown) => {
    if (signal.aborted) throw cause
    const error = kafkaError(cause, { brokers: settings.kafkaBrokers, topic: topics.photometry })
    if (!error.canRetry) ownFault = error
    throw error
  })
  const handle = transcriber({ schemas, dialect, keepPackets, write: (messages, signal) => own(writer.write(messages, signal), signal), troubles, measures, report })

  function onJoined (there: readonly string[]): void {
    if (read.join() !== there.join()) log.info({ ...about, group: groupId }, `reading ${there.join(', ')} of ${brokers.join(', ')}`)
    read = there
    hasJoined = true
    wait = FIRST_WAIT
    troubles.end(ALL)
    start()
  }

  /** Those that there are; the others are waited for. */
  async function look (): Promise<string[]> {
    const there = await topicsThere(kafka, source.topics)
    for (const topic of source.topics) {
      if (there.includes(topic)) {
        missing.delete(topic)
        troubles.end(topicPart(topic))
      } else {
        missing.add(topic)
        awaited.add(topic)
        troubles.begin(topicPart(topic), topicOf(topic, brokers), topicMissing(topic))
      }
    }
    return there
  }

  /** One membership in the group. */
  async function readOnce (): Promise<void> {
    await own(writer.open(stopping.signal), stopping.signal)
    const there = await look()
    if (there.length === 0) {
      troubles.end(ALL)
      await sleep(LOOK_EVERY, undefined, { signal: stopping.signal }).catch(() => {})
      return
    }
    const more = new AbortController()
    const ending = AbortSignal.any([stopping.signal, more.signal])
    if (missing.size > 0) untilThere(kafka, [...missing], ending).then(() => more.abort(), () => {})
    try {
      await readTopics({
        kafka,
        groupId,
        topics: there,
        start: source.start,
        awaited,
        sessionTimeout: 1000 * settings.kafkaSessionTimeoutSeconds,
        lingerMs: settings.kafkaLingerMs,
        handle,
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
        const error = kafkaError(cause, { brokers })
        if (ownFault) throw ownFault
        const passes = error.canRetry || error.code === 'kafka-topic-unknown'
        if (!passes && alone) throw error
        // One that was there: which, the next look tells.
        const isGone = error.code === 'kafka-topic-unknown' && wait === FIRST_WAIT
        if (!isGone) troubles.begin(ALL, subjectOf(error, brokers, troubles.part(ALL)), error)
        await sleep(passes ? wait : LONG_WAIT, undefined, { signal: stopping.signal }).catch(() => {})
        wait = Math.min(2 * wait, LONGEST_WAIT)
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
  // Whoever does not look at it has stop() and the readiness.
  finished.catch(() => {})
  return {
    finished,
    readiness: () => hasJoined ? troubles.readiness() : { ready: false, reason: troubles.readiness().reason ?? `${troubles.part(ALL)} is not read yet` },
    async stop () {
      stopping.abort()
      await finished.catch(() => {})
    }
  }
}
