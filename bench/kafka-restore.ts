/**
 * How fast a partition's state comes back from the changelog into an empty folder, against kcat that reads the same topic.
 * A process that classifies has written it, from one alert with 40 points of each object.
 */
import { randomUUID } from 'node:crypto'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { openRestored } from '../src/stream/kafka/classify/restore.ts'
import { median, tell } from './comparison.ts'
import { deploy, fill, kcat, withBroker } from './kafka/deployment.ts'
import { lightCurves } from './kafka/light-curves.ts'

const RECORDS = Number(process.env['CANDELA_BENCH_RECORDS'] ?? 100_000)
/** An object of 40 points has four records: itself, and what lies beside it. */
const OBJECTS = Math.ceil(RECORDS / 4)
const PREVIOUS = 39
const ROUNDS = 5
/** Alerts that are made and sent together. */
const PART = 1000

await withBroker(async bench => {
  const { kafka, folder } = bench
  const deployment = await deploy(bench, { name: 'restore', roles: 'classify', partitions: 1, processes: 1 })
  const { survey, own: { objectRecords: topic } } = deployment
  const { packet } = lightCurves(1, 0)
  for (let sent = 0; sent < OBJECTS; sent += PART) await fill(bench, survey, Array.from({ length: Math.min(PART, OBJECTS - sent) }, (_, k) => packet(sent + k, PREVIOUS)))
  await deployment.published(OBJECTS)
  await deployment.end()
  const restored = join(folder, 'restored')
  const times: number[] = []
  const peers: number[] = []
  let records = 0
  for (let round = -1; round < ROUNDS; round++) {
    const peer = await kcat(bench, topic)
    records = 0
    const began = performance.now()
    const store = await openRestored({ kafka, cluster: 'bench', topic, partition: 0, folder: restored, group: randomUUID(), signal: new AbortController().signal, onRecords: count => { records += count } })
    const time = performance.now() - began
    const { objects } = store.reader.statistics()
    await store.close()
    rmSync(restored, { recursive: true })
    if (objects !== OBJECTS) throw new Error(`${objects} of ${OBJECTS} objects came back`)
    if (round < 0) continue
    times.push(time)
    peers.push(peer)
  }
  tell({
    question: `restore of ${records} records of ${OBJECTS} objects from the changelog: rate to that of kcat`,
    measured: `into an empty folder: ${(records / median(times) * 1000).toFixed(0)} records/s`,
    reference: `kcat to /dev/null: ${(records / median(peers) * 1000).toFixed(0)} records/s`,
    ratios: times.map((time, round) => peers[round]! / time),
    aim: { atLeast: 0.4 }
  })
})
