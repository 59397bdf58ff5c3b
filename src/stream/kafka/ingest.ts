/**
 * The role ingest: alerts of a survey's topics → candela.photometry, keyed by diaObjectId. At least once: positions are
 * committed behind the writing. What a retry mends is waited for; nothing is read further meanwhile.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { PointReport } from '../../alert/point-report.ts'
import type { SchemaSource } from '../../alert/schema-source.ts'
import type { Settings } from '../../config.ts'
import type { CandelaError } from '../../errors.ts'
import type { Measures } from '../measures.ts'
import { kafkaClient } from './client.ts'
import { kafkaError } from './errors.ts'
import type { OwnKafkaSettings } from './own-topics.ts'
import { PhotometryWriter } from './photometry-writer.ts'
import type { OwnTopics, RoleLog, RunningRole } from './role.ts'
import type { IngestSource } from './sources.ts'
import { readTopics } from './topic-reader.ts'
import { transcriber } from './transcribe.ts'
import { Troubles } from './troubles.ts'

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
}

/** The part of Troubles that this is. */
const SOURCE = 'the source'
/** Before the group is joined again; doubled each time [ms]. */
const FIRST_WAIT = 500
const LONGEST_WAIT = 5000
/** What stop() gives the batch in hand, and everything together [ms]. */
const PATIENCE = 3000
const LONGEST_STOP = 4500

/**
 * Resolves when alerts are read, or when that waits for a broker.
 * @throws CandelaError where no retry helps: 'kafka-topic-unknown', 'kafka-topic-differs', as kafkaError; UsageError
 *   where settings do not fit each other. `finished` rejects with the same later.
 */
export async function runIngest ({ source, schemas, settings, topics, keepPackets, measures, log }: IngestOptions): Promise<RunningRole> {
  const { connection, dialect, group: groupId } = source
  const brokers = connection.kafkaBrokers
  const about = { source: source.name }
  const stopping = new AbortController()
  const impatient = new AbortController()
  let start = (): void => {}
  const started = new Promise<void>(resolve => { start = resolve })
  const troubles = new Troubles(log, about, start, code => measures.incident(code))
  const writer = new PhotometryWriter({ settings, topic: topics.photometry, log, troubles })
  const kafka = kafkaClient(connection, line => log.warn(about, `Kafka: ${line}`))
  const report = new PointReport(message => log.warn(about, message))
  const handle = transcriber({ schemas, dialect, keepPackets, writer, troubles, measures, report })
  let wait = FIRST_WAIT
  let hasJoined = false

  function onJoined (): void {
    if (!hasJoined) log.info({ ...about, group: groupId }, `reading ${source.topics.join(', ')} of ${brokers.join(', ')}`)
    hasJoined = true
    wait = FIRST_WAIT
    troubles.end(SOURCE)
    start()
  }

  /** Memberships in the group, one after the other. */
  async function read (): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await writer.open(stopping.signal)
        await readTopics({ kafka, groupId, topics: source.topics, start: source.start, sessionTimeout: 1000 * settings.kafkaSessionTimeoutSeconds, lingerMs: settings.kafkaLingerMs, handle, onJoined, stopping: stopping.signal, impatient: impatient.signal })
      } catch (cause) {
        if (stopping.signal.aborted) return
        const error = kafkaError(cause, { brokers })
        if (!isWaitedFor(error, hasJoined)) throw error
        troubles.begin(SOURCE, error)
        await sleep(wait, undefined, { signal: stopping.signal }).catch(() => {})
        wait = Math.min(2 * wait, LONGEST_WAIT)
      }
    }
  }

  const ending = read().finally(() => writer.close().catch(() => {}))
  const stopped = new Promise<void>(resolve => {
    stopping.signal.addEventListener('abort', () => {
      setTimeout(() => impatient.abort(), PATIENCE).unref()
      setTimeout(resolve, LONGEST_STOP).unref()
    }, { once: true })
  })
  const finished = Promise.race([ending, stopped])
  await Promise.race([started, finished])
  // Whoever does not look at it has stop() and the readiness.
  finished.catch(() => {})
  return {
    finished,
    readiness: () => hasJoined ? troubles.readiness() : { ready: false, reason: troubles.readiness().reason ?? `${SOURCE} is not read yet` },
    async stop () {
      stopping.abort()
      await finished.catch(() => {})
    }
  }
}

/** A topic that was there is waited for: brokers that come back may know of it a little later. */
const isWaitedFor = ({ canRetry, code }: CandelaError, hasJoined: boolean): boolean => canRetry || (hasJoined && code === 'kafka-topic-unknown')
