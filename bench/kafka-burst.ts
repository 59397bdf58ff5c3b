/**
 * A burst: 10,000 alerts of the simulated sky, as one visit of LSST gives them, lie in the survey's topic all at once.
 * From then on, how long until the last of them is published, on the same cores as the broker, against the 39 s from one
 * visit to the next. A process ingests and one classifies, both warm. They stand still while the alerts are put there:
 * whoever sends them has other cores.
 */
import { createSky } from '../src/simulator/live/sky.ts'
import type { FedPacket } from '../src/stream/kafka/feeder.ts'
import { median, tell } from './comparison.ts'
import { deploy, explained, fill, withBroker } from './kafka/deployment.ts'

const SEED = 11
const OBJECTS = 20_000
const BURST = Number(process.env['CANDELA_BENCH_BURST'] ?? 10_000)
const ROUNDS = Number(process.env['CANDELA_BENCH_ROUNDS'] ?? 3)
/** Of the survey's topic and of Candela's. */
const PARTITIONS = 3
/** Between two visits [s], and how much of that Candela may take. */
const VISIT = 39
const AIM = 4

/** One night after the other. */
function * alertsOf (): Generator<FedPacket> {
  const sky = createSky({ seed: SEED, activeObjects: OBJECTS })
  for (let night = 0; ; night++) for (const { diaObjectId: key, bytes } of sky.night(night)) yield { key, bytes, origin: key }
}

await withBroker(async bench => {
  const deployment = await deploy(bench, { name: 'burst', roles: 'apart', partitions: PARTITIONS, processes: 1 })
  const alerts = alertsOf()
  const times: number[] = []
  const parts = await explained(deployment, (1 + ROUNDS) * BURST, async () => {
    for (let round = -1; round < ROUNDS; round++) {
      const burst = Array.from({ length: BURST }, () => alerts.next().value as FedPacket)
      await deployment.freeze()
      await fill(bench, deployment.survey, burst)
      deployment.thaw()
      const began = performance.now()
      await deployment.published((round + 2) * BURST)
      if (round >= 0) times.push((performance.now() - began) / 1000)
    }
  })
  tell({
    question: `burst of ${BURST} alerts, Kafka → published: time to that from one visit to the next`,
    measured: `ingest and classify beside the broker, ${PARTITIONS} partitions: ${median(times).toFixed(1)} s`,
    reference: `LSST: ${VISIT} s`,
    ratios: times.map(time => time / VISIT),
    aim: { atMost: Number((AIM / VISIT).toFixed(3)) }
  })
  for (const part of parts) console.log(`  ${part}, with the burst that warms them up`)
  await deployment.end()
})
