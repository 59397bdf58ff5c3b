/** A night: every role in processes of its own, alerts at the rate of a survey, and what goes wrong in between. */
import { exec } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { ownTopics } from '../../../src/stream/kafka/role.ts'
import { ensureTopic } from '../../../src/stream/kafka/client/topics.ts'
import type { StoreStatistics } from '../../../src/state/views.ts'
import type { StreamStatistics } from '../../../src/stream/measures.ts'
import { serve, type Cleanup, type Serving } from '../../e2e/candela-process.ts'
import { clientOf } from '../../e2e/kafka/broker.ts'
import { until } from '../../until.ts'
import { Fleet, type Member } from '../fleet.ts'
import { progressOf } from '../topics.ts'
import type { FeedRequest } from './feed-process.ts'
import type { Happening } from './latencies.ts'
import { plan } from './plan.ts'
import { watchReceipts, type Receipts } from './receipts.ts'
import { COLLECTS, machineBusy, Watch, type Watched } from './samples.ts'
import { startFeed, type Second } from './survey-feed.ts'
import type { Topics } from './way.ts'

export interface NightOptions extends Omit<FeedRequest, 'topic' | 'folder'> {
  /** For data folders. */
  folder: string
  packetFolder: string
  processes: number
  partitions: number
  surveyPartitions: number
  sessionSeconds: number
  engine: string
  /** Restarts the broker; null where nothing can. */
  restartBroker: (() => Promise<void>) | null
  onEvent: (line: string) => void
}

export interface Night {
  topics: Topics
  began: number
  /** When the last alert was sent. */
  ended: number
  happenings: Happening[]
  fed: { sent: number, refused: number }
  seconds: Second[]
  receipts: Receipts
  statistics: StoreStatistics
  /** By process, as it tells itself. */
  streams: Array<{ name: string, stream: StreamStatistics }>
  watched: Watched[]
  /** Processors that were busy on average, with what else ran on the machine. */
  busy: number
  /** Of the objects that were asked for, what the query process serves; undefined for one that it does not know. */
  served (diaObjectIds: readonly string[]): Promise<Map<string, { probabilityIa: number, epochs: number, revision: number } | undefined>>
  faults: string[]
  log: string[]
  end (): Promise<void>
}

const LOOK_EVERY = 2000
/** One of the processes collects its garbage. */
const COLLECT_EVERY = 7000
const PATIENCE = 300_000
/** What a supervisor needs to start a process again. */
const SUPERVISOR = 1000

const json = async <T>(url: string): Promise<T> => await (await fetch(url)).json() as T

/** A process that cannot start, as while the broker is away, is started again, as a supervisor does. */
async function supervised (start: () => Promise<Member>, onEvent: (line: string) => void): Promise<Member> {
  const began = performance.now()
  for (;;) {
    await delay(SUPERVISOR)
    try {
      return await start()
    } catch (error) {
      if (performance.now() - began > PATIENCE) throw error
      onEvent(String(error).split('\n', 1)[0]!)
    }
  }
}

async function ready ({ url }: Serving): Promise<void> {
  await until(`${url} is ready`, async () => (await fetch(`${url}/health/ready`)).ok)
}

export async function runNight (t: Cleanup, options: NightOptions): Promise<Night> {
  const { address, folder, processes, partitions, surveyPartitions, sessionSeconds, engine, restartBroker, onEvent } = options
  const { bursts, kill, restart, length } = plan(options.plan)
  const prefix = `soak${Date.now()}.`
  const survey = `${prefix}survey`
  const own = ownTopics(prefix)
  const kafka = clientOf(address)
  // Alerts are timed by the broker's clock, from the moment that it has them.
  await ensureTopic(kafka, { topic: survey, partitions: surveyPartitions, settings: { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': String(10 * 2 ** 20) } }, [address])
  const feed = await startFeed(t, { ...options, topic: survey, folder: options.packetFolder })
  const common = ['--engine', engine, '--kafka-brokers', address, '--kafka-prefix', prefix, '--kafka-group', prefix, '--kafka-partitions', String(partitions), '--kafka-session-timeout-seconds', String(sessionSeconds)]
  const fleet = new Fleet(t, { address, prefix, partitions, folder, sessionSeconds, engine, nodeArgs: COLLECTS, onEvent })
  const watch = new Watch(LOOK_EVERY, COLLECT_EVERY)
  t.after(() => watch.stop())
  for (let place = 0; place < processes; place++) {
    const { serving, folder } = await fleet.start(place)
    watch.add(`classify ${place}`, serving.child.pid!, { folder, stderr: serving.stderr })
  }
  const one = async (role: string, more: readonly string[] = []): Promise<Serving> => {
    const dataDir = join(folder, role)
    const serving = await serve(t, ['--role', role, ...common, ...more, '--data-dir', dataDir], {}, { nodeArgs: COLLECTS })
    watch.add(role, serving.child.pid!, { folder: role === 'query' ? dataDir : null, stderr: serving.stderr })
    return serving
  }
  const query = await one('query')
  const ingest = await one('ingest', ['--kafka-topics', survey])
  await fleet.ready(PATIENCE)
  await Promise.all([query, ingest].map(ready))
  const receipts = await watchReceipts(address, own.classifications)
  t.after(() => { receipts.close().catch(() => {}) })
  watch.add('the feed', feed.pid)
  onEvent('all is ready')

  const began = Date.now()
  const busyBefore = machineBusy()
  feed.go()
  const happenings: Happening[] = bursts.map((time, k) => ({ name: `burst ${k + 1}`, from: began + time, until: began + time }))
  const at = async (moment: number | null, name: string, work: () => Promise<void>): Promise<void> => {
    if (moment === null) return
    await delay(Math.max(0, began + moment - Date.now()))
    const happening: Happening = { name, from: Date.now(), until: Date.now() }
    happenings.push(happening)
    onEvent(name)
    await work()
    happening.until = Date.now()
  }
  const disturbing = Promise.all([
    at(kill, 'SIGKILL of a classify process', async () => {
      await fleet.end(0, 'SIGKILL')
      const { serving, folder } = await supervised(() => fleet.start(0), onEvent)
      watch.add('classify 0, started again', serving.child.pid!, { folder, stderr: serving.stderr })
    }),
    restartBroker && at(restart, 'broker restart', restartBroker)
  ])
  const telling = setInterval(() => {
    const { due = 0, sent = 0 } = feed.seconds.at(-1) ?? {}
    onEvent(`${sent} alerts sent of ${due} due, ${receipts.count} published`)
  }, 15_000)
  t.after(() => clearInterval(telling))
  const [fed] = await Promise.all([feed.done, disturbing])
  const ended = Date.now()
  onEvent(`all ${fed.sent} alerts are sent, ${((ended - began - length) / 1000).toFixed(1)} s after the end of the plan`)
  await until('all is classified and received', async () => {
    const [read, classified] = await Promise.all([progressOf(kafka, survey, `${prefix}-ingest`), progressOf(kafka, own.photometry, `${prefix}-classify`)])
    return read.committed === fed.sent && classified.committed === classified.records && receipts.count >= classified.records
  }, PATIENCE)
  onEvent(`all is published, ${((Date.now() - ended) / 1000).toFixed(1)} s later`)
  clearInterval(telling)
  watch.look()
  watch.stop()
  const busy = (machineBusy() - busyBefore) / (Date.now() - began) * 1000
  const statistics = await fleet.statistics()
  const streams: Night['streams'] = []
  for (const [name, { url }] of [['ingest', ingest], ...fleet.places.map(place => [`classify ${place}`, fleet.member(place).serving] as const), ['query', query]] as Array<[string, Serving]>) {
    streams.push({ name, stream: (await json<{ stream: StreamStatistics }>(`${url}/v1/statistics`)).stream })
  }
  return {
    topics: { survey, surveyPartitions, photometry: own.photometry, classifications: own.classifications, partitions },
    began,
    ended,
    happenings: happenings.sort((a, b) => a.from - b.from),
    fed,
    seconds: feed.seconds,
    receipts,
    statistics,
    streams,
    watched: watch.watched,
    busy,
    async served (diaObjectIds) {
      await until('the query process has what was classified', async () => (await json<StoreStatistics>(`${query.url}/v1/statistics`)).accounting.received === statistics.accounting.received, PATIENCE)
      const found: Awaited<ReturnType<Night['served']>> = new Map()
      for (const diaObjectId of diaObjectIds) {
        const answer = await fetch(`${query.url}/v1/objects/${diaObjectId}`)
        const { classification } = answer.ok ? await answer.json() as { classification?: { probabilityIa: number, epochs: number, revision: number } } : {}
        found.set(diaObjectId, classification && { probabilityIa: classification.probabilityIa, epochs: classification.epochs, revision: classification.revision })
      }
      return found
    },
    get faults () { return fleet.faults },
    get log () { return [...fleet.log, ...ingest.log.map(line => `ingest: ${line}`), ...query.log.map(line => `query: ${line}`)] },
    async end () {
      await receipts.close()
      await Promise.all([ingest.stop('SIGTERM'), query.stop('SIGTERM'), fleet.endAll()])
    }
  }
}

/** A restart by a command of the operator's. */
export const byCommand = (command: string) => async (): Promise<void> => { await promisify(exec)(command) }
