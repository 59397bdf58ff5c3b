/**
 * `npm run orders -- [cases] [seed]`: promise 2 on very many random cases; exit code 1 and the smallest case found
 * where one fails. Stores lie in memory where the system has a folder for that, since nothing is to outlast them.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { loadEngine } from '../../src/model/load-engine.ts'
import { openLmdbStore } from '../../src/state/storage/store.ts'
import { createProcessor } from '../../src/state/processor/processor.ts'
import { untrainedModel } from '../pipeline.ts'
import { anyCase, checkCase, type Play } from './any-order.ts'

/** Cases that share their stores. */
const TOGETHER = 250

const [cases = 20_000, seed = 1] = process.argv.slice(2).map(Number)
const model = untrainedModel()
const engine = await loadEngine('auto')
const network = engine.load(model.shape, model.weights, [])
const began = performance.now()
let alerts = 0

async function play (count: number, seed: number): Promise<void> {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'candela-orders-'))
  const [other, sorted, once] = ['other', 'sorted', 'once'].map((name): Play => {
    const store = openLmdbStore(join(folder, name))
    return { store, processor: createProcessor({ store, network, model }) }
  }) as [Play, Play, Play]
  let done = 0
  try {
    await fc.assert(fc.asyncProperty(anyCase, async given => {
      alerts += await checkCase(given, [`a${done}`, `b${done++}`], { other, sorted, once })
    }), { numRuns: count, seed })
  } finally {
    for (const { store } of [other, sorted, once]) await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

for (let first = 0; first < cases; first += TOGETHER) {
  await play(Math.min(TOGETHER, cases - first), seed + first)
  process.stderr.write(`${Math.min(first + TOGETHER, cases)} cases, ${alerts} alerts, ${((performance.now() - began) / 1000).toFixed(0)} s\n`)
}
console.log(`${cases} cases, ${alerts} alerts, engine ${engine.name}: every order ended in the same records, byte for byte`)
