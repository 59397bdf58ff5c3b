/** Alerts through processes that classify from Kafka while something goes wrong, against a replay that nobody disturbs. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type kafkajs from 'kafkajs'
import { feed } from '../../src/stream/kafka/feeder.ts'
import { ensureTopic } from '../../src/stream/kafka/client/topics.ts'
import { Transactions } from '../../src/stream/kafka/classify/transactions.ts'
import type { Accounting, StoreStatistics } from '../../src/state/views.ts'
import type { Cleanup } from '../e2e/candela-process.ts'
import { clientOf, type Broker } from '../e2e/kafka/broker.ts'
import { generator } from '../pipeline.ts'
import type { ListedAlert } from './alert-list.ts'
import { compare } from './compare.ts'
import { Fleet } from './fleet.ts'
import type { Replayed } from './replayed.ts'
import { progressOf } from './topics.ts'

/** What goes wrong while alerts come. */
export interface Scenario {
  name: string
  /** Processes that run from the beginning on, in places 0, 1 and so on. */
  processes: number
  /** Until the signal aborts: then all alerts have come. It leaves one process or more running. */
  disturb (fault: Fault): Promise<void>
}

export interface Fault {
  fleet: Fleet
  broker: Broker
  /** Uniform in 0 to 1, from the seed. */
  random: () => number
  signal: AbortSignal
  /** Waits; false where the signal aborted meanwhile. */
  pause (ms: number): Promise<boolean>
  /** Begins a transaction under the name of each partition's task, as another process does that takes it over. */
  fence (): Promise<void>
  onEvent: (line: string) => void
}

export interface CampaignOptions {
  broker: Broker
  scenario: Scenario
  list: readonly ListedAlert[]
  /** Of the alerts that can be read. */
  replayed: Replayed
  /** An empty one. */
  folder: string
  seed: number
  partitions: number
  /** Alerts per second; as fast as they go where not given. */
  rate?: number
  sessionSeconds?: number
  /** How long it may take until everything is committed after the last fault [ms]. */
  patience?: number
  onEvent?: (line: string) => void
}

export interface CampaignResult {
  scenario: string
  records: number
  /** What happened, in order. */
  events: string[]
  seconds: number
  accounting: Accounting
  objects: number
  /** What is wrong. */
  differences: string[]
  /** Lines of the logs of all processes. */
  log: string[]
}

let number = 0

export async function runKafkaCampaign (t: Cleanup, options: CampaignOptions): Promise<CampaignResult> {
  const { broker, scenario, list, replayed, seed, partitions, rate, sessionSeconds = 6, patience = 180_000, onEvent = () => {} } = options
  const began = performance.now()
  const events: string[] = []
  const event = (line: string): void => {
    const timed = `${((performance.now() - began) / 1000).toFixed(1)} s: ${line}`
    events.push(timed)
    onEvent(timed)
  }
  mkdirSync(options.folder, { recursive: true })
  const folder = mkdtempSync(join(options.folder, `${scenario.name}-`))
  const prefix = `${scenario.name}${++number}.`
  const topic = `${prefix}photometry`
  const group = `${prefix}-classify`
  const kafka = clientOf(broker.address)
  await ensureTopic(kafka, { topic, partitions, settings: { 'max.message.bytes': String(10 * 2 ** 20) } }, [broker.address])
  const fleet = new Fleet(t, { address: broker.address, prefix, partitions, folder, sessionSeconds, onEvent: event })
  await Promise.all(Array.from({ length: scenario.processes }, (_, place) => fleet.start(place)))
  const come = new AbortController()
  const fence = async (): Promise<void> => {
    event('every task is fenced')
    await Promise.all(Array.from({ length: partitions }, async (_, partition) => {
      const transactions = new Transactions({ kafka, brokers: [broker.address], transactionalId: `${group}-${partition}`, compression: 'none' })
      await transactions.begin()
      await transactions.close()
    }))
  }
  const disturbing = scenario.disturb({
    fleet,
    broker,
    random: generator(seed),
    signal: come.signal,
    pause: ms => delay(ms, true, { signal: come.signal }).catch(() => false),
    fence,
    onEvent: event
  })
  const feeding = feed(kafka, packets(list), { topic, brokers: [broker.address], signal: new AbortController().signal, ...rate !== undefined && { pace: { rate, burst: 10 } } })
  await Promise.race([feeding, disturbing.then(() => feeding)])
  event('all alerts have come')
  come.abort()
  await disturbing
  await caughtUp(() => progressOf(kafka, topic, group), list.length, patience).catch((error: unknown) => { throw new Error([error, ...fleet.faults, ...fleet.log].join('\n')) })
  event('everything is committed')
  await fleet.ready(patience)
  const statistics = await settled(() => fleet.statistics(), list.length)
  await fleet.endAll()
  const { differences, objects } = await compare({ kafka, cluster: await clusterOf(kafka), prefix, partitions, statistics, dataDirs: fleet.folders, list, replayed, folder: join(folder, 'restored') })
  differences.push(...fleet.faults)
  return { scenario: scenario.name, records: list.length, events, seconds: (performance.now() - began) / 1000, accounting: statistics.accounting, objects, differences, log: fleet.log }
}

async function * packets (list: readonly ListedAlert[]): AsyncGenerator<{ bytes: Uint8Array, key: string | null, origin: string }> {
  for (const [k, { bytes, diaObjectId }] of list.entries()) yield { bytes, key: diaObjectId, origin: `alert ${k}` }
}

async function clusterOf (kafka: kafkajs.Kafka): Promise<string> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return (await admin.describeCluster()).clusterId
  } finally {
    await admin.disconnect()
  }
}

const LOOK_EVERY = 300
const LONGEST_SETTLING = 15_000

/** A process that stood still until now learns by its next heartbeat that others have its partitions. */
async function settled (ask: () => Promise<StoreStatistics>, received: number): Promise<StoreStatistics> {
  const began = performance.now()
  for (;;) {
    const statistics = await ask()
    if (statistics.accounting.received === received || performance.now() - began > LONGEST_SETTLING) return statistics
    await delay(LOOK_EVERY)
  }
}

async function caughtUp (progress: () => Promise<{ records: number, committed: number }>, wanted: number, patience: number): Promise<void> {
  const began = performance.now()
  let last = 'nothing'
  while (performance.now() - began < patience) {
    const { records, committed } = await progress()
    if (records !== wanted) throw new Error(`photometry has ${records} records, ${wanted} were sent`)
    if (committed >= records) return
    last = `${committed} of ${records}`
    await delay(LOOK_EVERY)
  }
  throw new Error(`after ${patience / 1000} s ${last} records are committed`)
}
