/**
 * How fast a partition of packets that lie in the broker is classified and published, against kcat that reads the same
 * packets and throws them away: in alternation, one after the other on the same cores. Candela is what a small
 * deployment has: a process that ingests and one that classifies, so that an alert passes the broker twice. Both are
 * warm: their objects are known, and every alert brings one new point. The processes stand still while packets are put
 * into the topic.
 */
import { deploy, explained, fill, kcat, withBroker, type DeploymentOptions } from './kafka/deployment.ts'
import { lightCurves } from './kafka/light-curves.ts'
import { median, tell } from './comparison.ts'

const ROUNDS = Number(process.env['CANDELA_BENCH_ROUNDS'] ?? 5)
const ROLES = (process.env['CANDELA_BENCH_ROLES'] ?? 'apart') as DeploymentOptions['roles']
const NAMES = { apart: 'ingest and classify', all: 'all roles in one process', classify: 'classify alone' }
const OBJECTS = 1000
/** Earlier points when the rounds begin. */
const PREVIOUS = 95
/** Points of each object before the rounds, one at a time. */
const WARM_UP = 3

const KINDS = [
  { what: 'with cut-outs', name: 'large', cutoutBytes: 38_000, turns: 4, aim: 0.6 },
  { what: 'without cut-outs', name: 'small', cutoutBytes: 0, turns: 4, aim: 0.15 }
]

await withBroker(async bench => {
  for (const { what, name, cutoutBytes, turns, aim } of KINDS) {
    const deployment = await deploy(bench, { name, roles: ROLES, partitions: 1, processes: 1 })
    const curves = lightCurves(OBJECTS, cutoutBytes)
    let previous = PREVIOUS - WARM_UP
    let sent = 0
    let bytes = 0
    const more = async (turns: number): Promise<void> => {
      for (const end = previous + turns; previous < end; previous++) {
        const filled = await fill(bench, deployment.survey, Array.from({ length: OBJECTS }, (_, object) => curves.packet(object, previous)))
        sent += filled.sent
        bytes = filled.bytes / filled.sent
      }
    }
    await more(WARM_UP)
    await deployment.published(sent)
    const alerts = turns * OBJECTS
    const times: number[] = []
    const peers: number[] = []
    const parts = await explained(deployment, ROUNDS * alerts, async () => {
      for (let round = 0; round < ROUNDS; round++) {
        await deployment.freeze()
        const from = sent
        await more(turns)
        peers.push(await kcat(bench, deployment.survey, from))
        deployment.thaw()
        const began = performance.now()
        await deployment.published(sent)
        times.push(performance.now() - began)
      }
    })
    tell({
      question: `${alerts} Rubin packets of ${(bytes / 1000).toFixed(0)} KB ${what}, Kafka → published, 1 partition: rate of Candela to that of kcat`,
      measured: `${NAMES[ROLES]}: ${(alerts / median(times) * 1000).toFixed(0)} alerts/s`,
      reference: `kcat to /dev/null: ${(alerts / median(peers) * 1000).toFixed(0)} alerts/s`,
      ratios: times.map((time, round) => peers[round]! / time),
      aim: { atLeast: aim }
    })
    for (const part of parts) console.log(`  ${part}`)
    await deployment.end()
  }
})
