/**
 * What more partitions and more processes bring to the classifying of alerts that lie in Candela's own topic as ingest
 * has written them: 1, 2 and 4 partitions, 1 and 2 processes, to one of each, on the same cores as the broker.
 */
import { median, tell } from './comparison.ts'
import { deploy, fill, withBroker } from './kafka/deployment.ts'
import { lightCurves } from './kafka/light-curves.ts'
import { progressOf } from '../test/kafka/topics.ts'
import { until } from '../test/until.ts'

const ROUNDS = Number(process.env['CANDELA_BENCH_ROUNDS'] ?? 3)
const OBJECTS = 1000
const PREVIOUS = 20
const WARM_UP = 3
const TURNS = 4
const SHAPES = [[1, 1], [2, 1], [4, 1], [2, 2], [4, 2]] as const

await withBroker(async bench => {
  const rates = SHAPES.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) {
    for (const [k, [partitions, processes]] of SHAPES.entries()) {
      const deployment = await deploy(bench, { name: `scaling-${round}-${k}`, roles: 'apart', partitions, processes })
      const ingest = deployment.processes.at(-1)!
      const curves = lightCurves(OBJECTS, 0)
      const put = async (first: number, turns: number): Promise<void> => {
        for (let turn = first; turn < first + turns; turn++) await fill(bench, deployment.survey, Array.from({ length: OBJECTS }, (_, object) => curves.packet(object, PREVIOUS + turn)))
      }
      await put(0, WARM_UP)
      await deployment.published(WARM_UP * OBJECTS)
      await deployment.freeze()
      ingest.child.kill('SIGCONT')
      await put(WARM_UP, TURNS)
      const all = (WARM_UP + TURNS) * OBJECTS
      await until('all is ingested', async () => (await progressOf(bench.kafka, deployment.own.photometry, 'none')).records === all)
      deployment.thaw()
      const began = performance.now()
      await deployment.published(all)
      rates[k]!.push(TURNS * OBJECTS / (performance.now() - began) * 1000)
      await deployment.end()
    }
  }
  for (const [k, [partitions, processes]] of SHAPES.entries()) {
    if (k === 0) continue
    tell({
      question: `classifying ${TURNS * OBJECTS} alerts, ${partitions} partitions in ${processes === 1 ? '1 process' : `${processes} processes`}: rate to that of 1 in 1`,
      measured: `${median(rates[k]!).toFixed(0)} alerts/s`,
      reference: `1 partition, 1 process: ${median(rates[0]!).toFixed(0)} alerts/s`,
      ratios: rates[k]!.map((rate, round) => rate / rates[0]![round]!)
    })
  }
})
