/**
 * What does an alert of 15,000 points cost, as a supernova in a deep drilling field has them: JSON to commit, against the
 * same points in 15 alerts? And how long does it hold up what else the process does (processor time between two turns
 * of the event loop), and how much memory does it take?
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { decodeFile } from '../src/alert/decode.ts'
import { schemaFolders, SHIPPED_SCHEMAS } from '../src/alert/schemas/source.ts'
import { positivePlaces } from '../src/model/classes.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor } from '../src/state/processor/processor.ts'
import { compare, inAlternation } from './comparison.ts'

const POINTS = 15_000
const PARTS = 15
const ROUNDS = 5
const VISITS_A_NIGHT = 130

const schemas = schemaFolders(SHIPPED_SCHEMAS)
const points = Array.from({ length: POINTS / 2 }, (_, visit) => {
  const midpointMjdTai = 61000 + Math.floor(visit / VISITS_A_NIGHT) + (visit % VISITS_A_NIGHT) * 0.002
  const flux = 20_000 * Math.exp(-(((midpointMjdTai - 61020) / 25) ** 2)) + 300 * Math.sin(visit * 7.3)
  const seen = { midpointMjdTai, band: 'grizy'[visit % 5], psfFlux: flux, psfFluxErr: 300, visit }
  return [seen, { ...seen, kind: 'forced' }]
}).flat()
const bytesOf = (diaObjectId: string, from: number, to: number): Buffer =>
  Buffer.from(JSON.stringify({ diaObjectId, diaSourceId: String(to), ra: 150, dec: 2, points: points.slice(from, to) }))

const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const model = loadModel(process.env['CANDELA_MODEL'] ?? 'spcc')
const engine = await loadEngine('auto')
const store = openLmdbStore(folder)
const processor = createProcessor({ store, network: engine.load(model.shape, model.weights, positivePlaces(model.classes)), model })

let object = 0
async function give (bytes: Buffer): Promise<void> {
  for await (const decoded of decodeFile(bytes, { schemas })) {
    const [outcome] = await processor.process([{ ...decoded, origin: 'bench' }])
    if (outcome!.outcome !== 'classified') throw new Error(`it was ${outcome!.outcome}: ${outcome!.message}`)
  }
}
const atOnce = async (): Promise<void> => await give(bytesOf(`o${object++}`, 0, POINTS))
async function inParts (): Promise<void> {
  const id = `o${object++}`
  for (let part = 0; part < PARTS; part++) await give(bytesOf(id, part * POINTS / PARTS, (part + 1) * POINTS / PARTS))
}

/** Processor time between two turns at most [ms], and memory on top [bytes], while something runs. */
async function watched (run: () => Promise<void>): Promise<{ longest: number, memory: number }> {
  globalThis.gc?.()
  const before = process.memoryUsage().rss
  let [longest, memory, last] = [0, 0, process.cpuUsage()]
  const look = (): void => {
    const { user, system } = process.cpuUsage(last)
    last = process.cpuUsage()
    longest = Math.max(longest, (user + system) / 1000)
    memory = Math.max(memory, process.memoryUsage().rss - before)
  }
  const turning = setInterval(look, 1)
  await sleep(5)
  await run()
  await sleep(5)
  clearInterval(turning)
  return { longest, memory }
}

try {
  const [whole, parts] = await inAlternation([{ name: `one alert of ${POINTS} points`, run: atOnce }, { name: `${PARTS} alerts of ${POINTS / PARTS}`, run: inParts }], ROUNDS, 2)
  compare(`a light curve of ${POINTS} points of ${POINTS / 2} visits, JSON to commit (engine ${engine.name}, model ${model.name}/${model.version})`, [whole!, parts!], {})
  const bytes = bytesOf('x', 0, POINTS)
  const decoding = await watched(async () => {
    let alerts = 0
    for await (const decoded of decodeFile(bytes, { schemas })) alerts += 'alert' in decoded ? 1 : 0
    if (alerts !== 1) throw new Error(`${alerts} alerts were decoded instead of 1`)
  })
  const processing = await watched(async () => await give(bytes))
  const MiB = 2 ** 20
  console.log(`  longest stretch of processor time: ${decoding.longest.toFixed(0)} ms decoding alone, ${processing.longest.toFixed(0)} ms in all; memory on top: ${(processing.memory / MiB).toFixed(0)} MiB`)
} finally {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}
