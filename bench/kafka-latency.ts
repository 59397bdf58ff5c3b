/**
 * How long an alert takes while hardly any come: from its append to the survey's topic, by the broker's clock, until a
 * consumer of committed records has its classification. A process ingests and one classifies; in each the broker lets a
 * record wait for more for as long as --kafka-linger-ms says. The aim counts it once.
 */
import { quantiles } from '../test/kafka/soak/latencies.ts'
import { findWays } from '../test/kafka/soak/way.ts'
import { setTimeout as delay } from 'node:timers/promises'
import { median, tell } from './comparison.ts'
import { deploy, explained, withBroker } from './kafka/deployment.ts'
import { lightCurves } from './kafka/light-curves.ts'
import { idempotentProducer } from '../src/stream/kafka/client/sending.ts'

const LINGER = 25
/** Over the linger [ms]. */
const AIMS = { p50: 15, p99: 60 }
/** Between two alerts, not in step with the linger [ms]. */
const EVERY = 203
const ROUNDS = 5
const ALERTS = Number(process.env['CANDELA_BENCH_ALERTS'] ?? 100)
const WARM_UP = 100
const PREVIOUS = 20

await withBroker(async bench => {
  const deployment = await deploy(bench, { name: 'latency', roles: 'apart', partitions: 1, processes: 1, lingerMs: LINGER })
  const { survey, own, receipts } = deployment
  const { packet } = lightCurves(1, 0)
  const producer = idempotentProducer(bench.kafka, 3)
  await producer.connect()
  bench.after(() => producer.disconnect())
  const alerts = WARM_UP + ROUNDS * ALERTS
  const parts = await explained(deployment, alerts, async () => {
    for (let k = 0; k < alerts; k++) {
      const { key, bytes } = packet(k, PREVIOUS)
      const next = performance.now() + (k < WARM_UP ? EVERY / 4 : EVERY)
      await producer.send({ topic: survey, messages: [{ key, value: Buffer.from(bytes) }] })
      await delay(Math.max(0, next - performance.now()))
    }
    await deployment.published(alerts)
  })
  const { ways, differences } = await findWays(bench.kafka, { survey, surveyPartitions: 1, photometry: own.photometry, classifications: own.classifications, partitions: 1 }, receipts)
  if (differences.length > 0) throw new Error(differences.join('; '))
  const rounds = Array.from({ length: ROUNDS }, (_, round) => ways.slice(WARM_UP + round * ALERTS, WARM_UP + (round + 1) * ALERTS))
  for (const name of ['p50', 'p99'] as const) {
    const measured = rounds.map(round => quantiles(round.map(({ appended, received }) => received - appended))[name])
    const allowed = LINGER + AIMS[name]
    tell({
      question: `idle latency, append → published, ${name}: to the linger and ${AIMS[name]} ms`,
      measured: `an alert each ${EVERY} ms: ${median(measured)} ms`,
      reference: `linger of ${LINGER} ms and ${AIMS[name]} ms`,
      ratios: measured.map(time => time / allowed),
      aim: { atMost: 1 }
    })
  }
  const all = rounds.flat()
  for (const [name, from, to] of [['append → sent to photometry', 'appended', 'ingested'], ['→ sent as a classification', 'ingested', 'sent'], ['→ received', 'sent', 'received']] as const) {
    const { p50, p99, max } = quantiles(all.map(way => way[to] - way[from]))
    console.log(`  ${name}: p50 ${p50}, p99 ${p99}, max ${max} ms`)
  }
  for (const part of parts) console.log(`  ${part}`)
  await deployment.end()
})
