/**
 * From the start of `candela serve` until it listens, and to its first answer to GET /v1/statistics, with 1,000,000 objects in
 * the data folder against an empty one; and what opening the state store is of that. The answer comes after the first night of
 * the simulated sky has been made, which takes the same time in both.
 *
 *   START_OBJECTS=100000 npm run bench -- start
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { compare, inAlternation, type Measured } from './comparison.ts'
import { fill } from './peers/made-objects.ts'

const OBJECTS = Number(process.env['START_OBJECTS'] ?? 1_000_000)
const TOGETHER = 5000
const ROUNDS = 5
const CANDELA = join(import.meta.dirname, '../bin/candela.js')

interface Line { msg?: string }

/** Times from the start [ms]. */
interface Start {
  listening: number
  answered: number
}

/** Starts and asks, then stops again. */
async function start (folder: string): Promise<Start> {
  const began = performance.now()
  // The sky begins, and then hardly moves.
  const child = spawn(process.execPath, [CANDELA, 'serve', '--http-port', '0', '--data-dir', folder, '--sky-night-seconds', '86400'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'exit')
  try {
    for await (const line of createInterface(child.stdout)) {
      const url = /dashboard (\S+),/.exec((JSON.parse(line) as Line).msg ?? '')?.[1]
      if (url === undefined) continue
      const listening = performance.now() - began
      const { objects } = await (await fetch(`${url}/v1/statistics`)).json() as { objects: number }
      if (folder === full && objects < OBJECTS) throw new Error(`${objects} objects are served, and not ${OBJECTS}`)
      return { listening, answered: performance.now() - began }
    }
    throw new Error('candela serve has ended early')
  } finally {
    child.kill('SIGKILL')
    await ended
  }
}

async function open (folder: string): Promise<void> {
  const store = openLmdbStore(folder)
  store.reader.statistics()
  await store.close()
}

const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const full = join(folder, 'full')
const newFolder = (): string => mkdtempSync(join(folder, 'empty-'))
try {
  const store = openLmdbStore(full)
  await fill(store, OBJECTS, TOGETHER)
  await store.close()

  const starts: { full: Start[], empty: Start[] } = { full: [], empty: [] }
  for (let round = -1; round < ROUNDS; round++) {
    const [ofFull, ofEmpty] = [await start(full), await start(newFolder())]
    if (round < 0) continue
    starts.full.push(ofFull)
    starts.empty.push(ofEmpty)
  }
  for (const [what, until] of [['until it listens', 'listening'], ['to the first answer', 'answered']] as const) {
    const timesOf = (name: string, of: readonly Start[]): Measured => ({ name, times: of.map(times => times[until]) })
    compare(`start of candela serve ${what}`, [timesOf(`${OBJECTS} objects`, starts.full), timesOf('empty data folder', starts.empty)], { aim: { atMost: 2 } })
  }

  const [opened, made] = await inAlternation([
    { name: `${OBJECTS} objects`, run: async () => { await open(full) } },
    { name: 'an empty folder', run: async () => { await open(newFolder()) } }
  ], ROUNDS) as [Measured, Measured]
  compare('of which: state store opened, counted and closed', [opened, made], {})
} finally {
  rmSync(folder, { recursive: true, force: true })
}
