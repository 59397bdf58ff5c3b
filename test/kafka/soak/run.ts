/**
 * `npm run soak`: a survey's night in short. Alerts at a rate, with bursts, bad ones and repeats, through ingest, classify
 * and query processes and a broker; a classify process is killed and the broker restarted. Exit code 1 where alerts were
 * lost or counted wrong, a P(Ia) is not that of `candela replay`, memory rises or the calm's p99 is above its limit.
 */
import { program } from 'commander'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { clientOf, startBroker, type KafkaVersion } from '../../e2e/kafka/broker.ts'
import { generator } from '../../pipeline.ts'
import { replay } from '../replayed.ts'
import { wrongInAccounting, wrongInLatency, wrongInMemory, wrongInSample, type Limits } from './checks.ts'
import { latenciesOf } from './latencies.ts'
import { growthOf } from './memory.ts'
import { byCommand, runNight } from './night.ts'
import { mix, packetReader, packetsIn, prepare } from './packets.ts'
import { plan, type Moment } from './plan.ts'
import { prepareApart } from './survey-feed.ts'
import { text, type Report } from './report.ts'
import { findWays } from './way.ts'

const number = (least: number) => (given: string): number => /^\d+(\.\d+)?$/.test(given) && Number(given) >= least ? Number(given) : program.error(`'${given}' is not a number of at least ${least}`, { exitCode: 2 })
const whole = (least: number) => (given: string): number => Number.isInteger(number(least)(given)) ? Number(given) : program.error(`'${given}' is not a whole number`, { exitCode: 2 })
const moment = (given: string): Moment => given === 'never' ? given : number(0)(given)

interface Options {
  minutes: number
  rate: number
  burst: number
  burstEvery: number
  bad: number
  repeats: number
  killAt?: Moment
  restartAt?: Moment
  processes: number
  partitions: number
  surveyPartitions: number
  sessionTimeout: number
  engine: string
  objects: number
  seed: number
  sample: number
  warmUp: number
  p99: number
  recovery: number
  memoryRise: number
  kafka: KafkaVersion
  brokers?: string
  restartCommand?: string
  packets: string
  report?: string
  logs?: true
}

program
  .option('--minutes <n>', 'length', number(0.2), 10)
  .option('--rate <n>', 'alerts per second', whole(1), 333)
  .option('--burst <n>', 'alerts that come at once', whole(0), 10_000)
  .option('--burst-every <minutes>', 'between two bursts', number(0.1), 2)
  .option('--bad <share>', 'of alerts that nobody can read', number(0), 0.01)
  .option('--repeats <share>', 'of alerts that came before', number(0), 0.01)
  .option('--kill-at <minute>', 'SIGKILL of a classify process, or never (default: between two bursts, after 30 % of the time)', moment)
  .option('--restart-at <minute>', 'restart of the broker, or never (default: between two bursts, after 60 %)', moment)
  .option('--processes <n>', 'that classify', whole(1), 2)
  .option('--partitions <n>', 'of Candela\'s topics', whole(1), 2)
  .option('--survey-partitions <n>', 'of the survey\'s topic', whole(1), 3)
  .option('--session-timeout <seconds>', '--kafka-session-timeout-seconds of the processes', whole(6), 15)
  .option('--engine <name>', 'auto, tensorflow or wasm', 'auto')
  .option('--objects <n>', 'of the simulated sky: supernovae that are detectable at a time', whole(1), 20_000)
  .option('--seed <n>', 'decides sky, mixture and sample', whole(1), 11)
  .option('--sample <n>', 'objects whose P(Ia) is held against a replay', whole(1), 300)
  .option('--warm-up <seconds>', 'told apart from the calm', whole(0), 20)
  .option('--p99 <ms>', 'limit of the calm\'s p99', whole(1), 1000)
  .option('--recovery <seconds>', 'limit from what happened to the calm', whole(1), 60)
  .option('--memory-rise <MiB/min>', 'limit of each process, in the second half of its time', number(0), 3)
  .option('--kafka <version>', 'of the broker that is started', '4.1.0')
  .option('--brokers <host:port>', 'a broker that is there, instead')
  .option('--restart-command <line>', 'of shell, that restarts it and returns when it answers')
  .option('--packets <folder>', 'keeps the packets of the simulated sky for the next time', join(tmpdir(), 'candela-soak-packets'))
  .option('--report <file>', 'everything that was measured, as JSON')
  .option('--logs', 'show the logs of the processes')
  .parse()
const options = program.opts<Options>()
const { minutes, rate, burst, burstEvery, bad, repeats, killAt, restartAt, seed, objects, engine, kafka: version, packets: packetFolder } = options

const folder = mkdtempSync(join(tmpdir(), 'candela-soak-'))
const endings: Array<() => unknown> = [() => rmSync(folder, { recursive: true, force: true })]
const t = { after: (end: () => unknown): void => { endings.unshift(end) } }
const started = performance.now()
const say = (line: string): boolean => process.stderr.write(`${((performance.now() - started) / 1000).toFixed(1)} s: ${line}\n`)
const limits: Limits = { p99: options.p99, recovery: 1000 * options.recovery, memory: { slope: options.memoryRise, files: 20 } }
const settings = { plan: { minutes, rate, burst, burstEvery, killAt, restartAt }, packets: { seed, objects }, mix: { seed, bad, repeats } }

/** Some objects, at random. */
function sampleOf (diaObjectIds: readonly string[], size: number): string[] {
  const random = generator(seed)
  const left = [...diaObjectIds]
  return Array.from({ length: Math.min(size, left.length) }, () => left.splice(Math.floor(random() * left.length), 1)[0]!)
}

try {
  const mixed = mix(plan(settings.plan).due.length, settings.mix)
  await prepareApart(t, { folder: packetFolder, packets: settings.packets, wanted: packetsIn(mixed) })
  const broker = options.brokers === undefined ? await startBroker(t, version) : null
  const address = broker?.address ?? options.brokers!
  const restartBroker = broker
    ? async () => {
      await broker.stop('SIGTERM')
      await broker.start()
    }
    : options.restartCommand === undefined ? null : byCommand(options.restartCommand)
  const night = await runNight(t, {
    ...options, ...settings, address, folder, packetFolder, sessionSeconds: options.sessionTimeout, restartBroker, onEvent: say
  })
  const prepared = await prepare(packetFolder, settings.packets, packetsIn(mixed), say)
  const found = await findWays(clientOf(address), night.topics, night.receipts)
  say('the topics are read')
  const sample = sampleOf([...found.newest.keys()], options.sample)
  const chosen = new Set(sample)
  const { bytesOf, close } = packetReader(prepared)
  const list = mixed.filter(({ packet, kind }) => (kind === 'first' || kind === 'repeat') && chosen.has(prepared.diaObjectIds[packet]!))
    .map(({ packet }) => ({ diaObjectId: prepared.diaObjectIds[packet]!, bytes: bytesOf(packet) }))
  close()
  const replayed = await replay(t, list, folder, ['--engine', engine])
  const served = await night.served(sample)
  const latencies = latenciesOf(found.ways, { began: night.began, warmUp: 1000 * options.warmUp, limit: limits.p99, happenings: night.happenings })
  const growths = night.watched.flatMap(one => growthOf(one, night.began + 1000 * options.warmUp, night.ended) ?? [])
  await night.end()
  if (options.logs) for (const line of night.log) say(line)
  const report: Report = {
    date: new Date(night.began).toISOString(),
    settings: { ...options },
    machine: { processors: availableParallelism(), model: cpus()[0]!.model, node: process.versions.node, busy: night.busy },
    fed: { sent: night.fed.sent, seconds: night.seconds },
    accounting: night.statistics.accounting,
    objects: night.statistics.objects,
    repeatedByIngest: found.photometry - found.survey,
    latencies,
    streams: night.streams,
    growths,
    sample: sample.length,
    wrong: [
      ...wrongInAccounting(found, night.statistics.accounting, mixed, night.fed.sent),
      ...wrongInSample(sample, replayed, found.newest, served),
      ...wrongInLatency(latencies, limits),
      ...wrongInMemory(growths.filter(({ name }) => name !== 'the feed'), limits),
      ...restartBroker || restartAt === 'never' ? [] : ['the broker was not restarted: --restart-command is missing (or --restart-at never)'],
      ...night.faults
    ]
  }
  if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify({ ...report, samples: night.watched }, null, 1)}\n`)
  console.log(text(report))
  if (report.wrong.length > 0) process.exitCode = 1
} finally {
  for (const end of endings) await end()
}
