/**
 * Requests a second of GET /v1/objects/{diaObjectId} by `wrk`, against a bare Fastify route that sends the same bytes, in
 * alternation: 1,000 objects of 40 points, each server a process of its own over a copy of one data folder.
 */
import { execFile, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { UNKNOWN_HOST, type PhotometricPoint } from '../src/alert/alert.ts'
import { positivePlaces } from '../src/model/classes.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor } from '../src/state/processor/processor.ts'
import { median, tell } from './comparison.ts'

const OBJECTS = 1000
const POINTS = 40
const ROUNDS = 7
const SECONDS = 2
const CONNECTIONS = 32

const run = promisify(execFile)

async function fill (folder: string): Promise<void> {
  const model = loadModel('spcc')
  const network = (await loadEngine('auto')).load(model.shape, model.weights, positivePlaces(model.classes))
  const store = openLmdbStore(folder)
  const processor = createProcessor({ store, network, model })
  const point = (k: number): PhotometricPoint => ({ midpointMjdTai: 60000 + k, band: 'griz'[k % 4] as 'g', psfFlux: 1000 + 50 * k, psfFluxErr: 100, kind: 'detection', visit: k, timeProcessedMjdTai: null, withdrawn: false })
  for (const points of [Array.from({ length: POINTS - 10 }, (_, k) => point(k)), Array.from({ length: POINTS }, (_, k) => point(k))]) {
    await processor.process(Array.from({ length: OBJECTS }, (_, k) => ({
      alert: { diaObjectId: String(313000000000000000n + BigInt(k)), diaSourceId: '1', midpointMjdTai: points.at(-1)!.midpointMjdTai, ra: 150, dec: 2, points, omitted: [], host: UNKNOWN_HOST, solarSystem: false },
      origin: 'bench'
    })))
  }
  await store.close()
  network.dispose()
}

interface Server {
  port: number
  ids: string[]
  /** Processor time so far [ms], where Linux tells; NaN elsewhere. */
  spent: () => number
  stop: () => void
}

/** Clock ticks are hundredths of a second on every Linux. */
function processorTime (pid: number | undefined): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return 10 * (Number(fields[11]) + Number(fields[12]))
  } catch {
    return NaN
  }
}

async function serve (kind: 'candela' | 'bare', folder: string): Promise<Server> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'peers/object-server.ts'), kind, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  const { value, done } = await createInterface(child.stdout)[Symbol.asyncIterator]().next()
  if (done === true) throw new Error(`the server ${kind} did not start`)
  return { ...JSON.parse(value) as Pick<Server, 'port' | 'ids'>, spent: () => processorTime(child.pid), stop: () => child.kill() }
}

/** Every answer was a 200. */
async function measure ({ port, spent }: Server, script: string): Promise<{ rate: number, processor: number }> {
  const before = spent()
  const { stdout } = await run('wrk', ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '-s', script, `http://127.0.0.1:${port}`])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(stdout)
  const requests = Number(/(\d+) requests in/.exec(stdout)![1])
  return { rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)![1]), processor: (spent() - before) / requests }
}

try {
  await run('wrk', ['-v']).catch((error: { code?: unknown }) => { if (error.code === 'ENOENT') throw new Error('wrk is not here: install it (https://github.com/wg/wrk)') })
} catch (error) {
  console.log((error as Error).message)
  process.exit(1)
}
const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const servers: Server[] = []
try {
  const [first, second] = [join(folder, 'candela'), join(folder, 'bare')]
  await fill(first)
  cpSync(first, second, { recursive: true })
  servers.push(await serve('candela', first), await serve('bare', second))
  const script = join(folder, 'objects.lua')
  writeFileSync(script, `local ids = {${servers[0]!.ids.map(id => `"${id}"`).join(',')}}\nlocal k = 0\nrequest = function() k = k % #ids + 1 return wrk.format("GET", "/v1/objects/" .. ids[k]) end\n`)
  const rounds = servers.map((): Array<{ rate: number, processor: number }> => [])
  for (let round = -1; round < ROUNDS; round++) {
    for (const [k, server] of servers.entries()) {
      const measured = await measure(server, script)
      if (round >= 0) rounds[k]!.push(measured)
    }
  }

  const words = (name: string, k: number): string =>
    `${name}: ${median(rounds[k]!.map(({ rate }) => rate)).toFixed(0)} requests/s, ${(1000 * median(rounds[k]!.map(({ processor }) => processor))).toFixed(0)} µs of processor time each`
  tell({
    question: `GET /v1/objects/{diaObjectId}, ${POINTS} points, wrk with ${CONNECTIONS} connections`,
    measured: words('candela', 0),
    reference: words('bare Fastify route, the same bytes', 1),
    ratios: rounds[0]!.map(({ rate }, round) => rate / rounds[1]![round]!.rate),
    aim: { atLeast: 0.5 }
  })
} finally {
  for (const { stop } of servers) stop()
  rmSync(folder, { recursive: true, force: true })
}
