/** A broker and processes of Candela around it, as a small deployment has them, for benchmarks; all of them end with it. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type kafkajs from 'kafkajs'
import { feed, type FedPacket } from '../../src/stream/kafka/feeder.ts'
import { ownTopics, type OwnTopics } from '../../src/stream/kafka/role.ts'
import { ensureTopic } from '../../src/stream/kafka/client/topics.ts'
import { serve, type Serving, type StartOptions } from '../../test/e2e/candela-process.ts'
import { clientOf, startBroker, type Broker } from '../../test/e2e/kafka/broker.ts'
import { watchReceipts, type Receipts } from '../../test/kafka/soak/receipts.ts'
import { until } from '../../test/until.ts'

const run = promisify(execFile)

const PATIENCE = 120_000
/** Where each process leaves its profile, for bench/profile.ts. */
const PROFILES = process.env['CANDELA_BENCH_PROFILES']
/** Processes that stand still while a topic is filled stay in their groups. */
const SESSION_SECONDS = '60'

async function require (command: string, args: readonly string[], what: string): Promise<void> {
  try {
    await run(command, args)
  } catch {
    throw new Error(`${what} is needed, and '${[command, ...args].join(' ')}' fails`)
  }
}

const profiled = (name: string): StartOptions => PROFILES === undefined ? {} : { nodeArgs: ['--cpu-prof', `--cpu-prof-dir=${PROFILES}`, `--cpu-prof-name=${name}.cpuprofile`] }

export interface Bench {
  /** Runs before what was begun earlier ends. */
  after (end: () => unknown): void
  broker: Broker
  kafka: kafkajs.Kafka
  /** For data folders. */
  folder: string
}

/** Ends all that the work begins, whatever comes of it; a failure is one line. */
export async function withBroker (work: (bench: Bench) => Promise<void>): Promise<void> {
  const endings: Array<() => unknown> = []
  const after = (end: () => unknown): void => { endings.unshift(end) }
  let ending: Promise<void> | undefined
  const end = async (): Promise<void> => {
    ending ??= (async () => { for (const one of endings) await one() })()
    await ending
  }
  const stopped = (signal: NodeJS.Signals): void => { end().finally(() => process.exit(signal === 'SIGINT' ? 130 : 143)) }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stopped)
  try {
    await require('docker', ['version'], 'a Docker engine')
    await require('kcat', ['-V'], 'kcat')
    const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
    after(() => rmSync(folder, { recursive: true, force: true }))
    const broker = await startBroker({ after }, '4.1.0')
    await work({ after, broker, kafka: clientOf(broker.address), folder })
  } catch (error) {
    console.error(String(error).split('\n', 1)[0])
    process.exitCode = 1
  } finally {
    await end()
  }
  // Connections that kafkajs has given up may keep the process for some seconds.
  process.exit()
}

export interface Deployment {
  own: OwnTopics
  /** The topic that alerts are put into; its times are the broker's. */
  survey: string
  receipts: Receipts
  /** Ingest first, where there is one. */
  processes: ReadonlyArray<Serving & { name: string }>
  /** Stands still once what is published is stored as well, so that no stage counts the time; and goes on. */
  freeze (): Promise<void>
  thaw (): void
  /** Resolves when so many alerts have been published since the beginning, as a consumer sees it. */
  published (alerts: number): Promise<void>
  end (): Promise<void>
}

export interface DeploymentOptions {
  /** Beginning of the names of its topics and groups. */
  name: string
  /** `apart`: ingest and classify are processes of their own; `classify`: alerts are put into Candela's own topic of photometry. */
  roles: 'apart' | 'all' | 'classify'
  partitions: number
  /** That classify. */
  processes: number
  lingerMs?: number
}

/** Resolves when all of it is ready. */
export async function deploy ({ after, broker: { address }, kafka, folder }: Bench, { name, roles, partitions, processes: count, lingerMs }: DeploymentOptions): Promise<Deployment> {
  const prefix = `${name}.`
  const own = ownTopics(prefix)
  const survey = roles === 'classify' ? own.photometry : `${prefix}survey`
  const settings = { 'message.timestamp.type': 'LogAppendTime', 'max.message.bytes': String(10 * 2 ** 20), 'retention.ms': '-1' }
  await ensureTopic(kafka, { topic: survey, partitions, settings }, [address])
  const common = ['--kafka-brokers', address, '--kafka-prefix', prefix, '--kafka-group', prefix, '--kafka-partitions', String(partitions), '--kafka-session-timeout-seconds', SESSION_SECONDS,
    ...lingerMs === undefined ? [] : ['--kafka-linger-ms', String(lingerMs)]]
  const processes: Array<Serving & { name: string }> = []
  const start = async (role: string, place: number, more: readonly string[] = []): Promise<void> => {
    const serving = await serve({ after }, ['--role', role, ...role === 'all' ? ['--source', 'kafka'] : [], ...common, ...more, '--data-dir', join(folder, `${name}-${role}-${place}`)], {}, profiled(`${name}-${role}-${place}`))
    processes.push({ ...serving, name: count > 1 && role === 'classify' ? `${role} ${place}` : role })
  }
  if (roles === 'all') await start('all', 0, ['--kafka-topics', survey])
  else for (let place = 0; place < count; place++) await start('classify', place)
  if (roles === 'apart') await start('ingest', 0, ['--kafka-topics', survey])
  for (const { url } of processes) await until(`${url} is ready`, async () => (await fetch(`${url}/health/ready`)).ok)
  const receipts = await watchReceipts(address, own.classifications)
  after(() => receipts.close().catch(() => {}))
  const signal = (signal: NodeJS.Signals) => (): void => { for (const { child } of processes) child.kill(signal) }
  return {
    own,
    survey,
    receipts,
    processes,
    async freeze () {
      await until('what is published is stored', async () => (await Promise.all(processes.map(stored))).reduce((sum, alerts) => sum + alerts, 0) >= receipts.count)
      signal('SIGSTOP')()
    },
    thaw: signal('SIGCONT'),
    async published (alerts) {
      const end = performance.now() + PATIENCE
      while (receipts.count < alerts) {
        if (performance.now() > end) throw new Error(`${receipts.count} of ${alerts} alerts are published after ${PATIENCE / 1000} s`)
        await delay(2)
      }
    },
    async end () {
      await receipts.close()
      await Promise.all(processes.map(({ stop }) => stop('SIGTERM')))
    }
  }
}

/** As fast as the broker takes them. */
export async function fill ({ broker: { address }, kafka }: Bench, topic: string, packets: Iterable<FedPacket>): Promise<{ sent: number, bytes: number }> {
  async function * each (): AsyncGenerator<FedPacket> { yield * packets }
  const { sent, bytes } = await feed(kafka, each(), { topic, brokers: [address], signal: new AbortController().signal })
  return { sent, bytes }
}

/**
 * Reads a topic's only partition with librdkafka and throws it away. That it is at the end it learns from an answer that
 * the broker holds back, for 500 ms if nothing else is said.
 * @returns how long it took [ms]
 */
export async function kcat ({ broker: { address } }: Bench, topic: string, from: number | 'beginning' = 'beginning'): Promise<number> {
  const began = performance.now()
  await run('sh', ['-c', 'exec kcat -C -q -e -X fetch.wait.max.ms=5 -b "$0" -t "$1" -p 0 -o "$2" > /dev/null', address, topic, String(from)])
  return performance.now() - began
}

const metricsOf = async ({ url }: Serving): Promise<string> => await (await fetch(`${url}/metrics`)).text()

/** Alerts that a process has committed, as far as its metrics say. */
const stored = async (serving: Serving): Promise<number> => Number(/^candela_batch_alerts_sum (\S+)/m.exec(await metricsOf(serving))?.[1] ?? 0)

/** Processor time of a process, and of its commits by stage [ms]. */
export async function spent (serving: Serving): Promise<Map<string, number>> {
  const text = await metricsOf(serving)
  const found = new Map<string, number>()
  for (const [, stage, seconds] of text.matchAll(/^candela_batch_seconds_sum\{stage="(\w+)"\} (\S+)$/gm)) found.set(stage!, 1000 * Number(seconds))
  const processor = /^process_cpu_seconds_total (\S+)/m.exec(text)
  if (processor) found.set('processor', 1000 * Number(processor[1]))
  return found
}

/** Where the time of alerts goes, in words. */
export async function explained (deployment: Deployment, alerts: number, work: () => Promise<void>): Promise<string[]> {
  const before = await Promise.all(deployment.processes.map(spent))
  await work()
  const after = await Promise.all(deployment.processes.map(spent))
  return deployment.processes.map(({ name }, k) => `${name}: ${[...after[k]!].map(([what, ms]) => [what, (ms - (before[k]!.get(what) ?? 0)) / alerts * 1000] as const)
    .filter(([, us]) => us > 0).map(([what, us]) => `${what} ${us.toFixed(0)}`).join(', ')} µs an alert`)
}
