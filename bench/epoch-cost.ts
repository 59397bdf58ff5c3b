/**
 * Does the 1000th epoch of an object cost what its 10th did? Each round takes 64 objects a few epochs further, once
 * objects at their 10th and once objects at their 1000th epoch, through the whole pipeline: merge, step, commit.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { positivePlaces } from '../src/model/classes.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { openLmdbStore } from '../src/state/storage/store.ts'
import { createProcessor, type Processor } from '../src/state/processor/processor.ts'
import { BRIEF, compare, inAlternation } from './comparison.ts'
import { alertAt } from './peers/epochs.ts'

const OBJECTS = 64
const EPOCHS = 8
const ROUNDS = BRIEF ? 12 : 60
const OLD = BRIEF ? 300 : 1000

/** Plays the epochs from `first` up to, not including, `last` for a set of objects, one epoch a batch. */
async function play (processor: Processor, objects: readonly string[], first: number, last: number): Promise<void> {
  for (let epoch = first; epoch < last; epoch++) {
    await processor.process(objects.map(id => ({ alert: alertAt(id, epoch), origin: 'bench' })))
  }
}

const folder = mkdtempSync(join(tmpdir(), 'candela-bench-'))
const model = loadModel(process.env['CANDELA_MODEL'] ?? 'spcc')
const engine = await loadEngine('auto')
const store = openLmdbStore(folder)
const processor = createProcessor({ store, network: engine.load(model.shape, model.weights, positivePlaces(model.classes)), model })
try {
  const named = (prefix: string): string[] => Array.from({ length: OBJECTS }, (_, k) => `${prefix}${k}`)
  const old = named('old')
  await play(processor, old, 0, OLD)
  let round = 0
  let epoch = OLD
  // A fresh set for every round, brought to its 10th epoch outside the measured time.
  const sets = Array.from({ length: ROUNDS + 6 }, (_, k) => named(`young${k}-`))
  for (const set of sets) await play(processor, set, 0, 10)
  const [late, early] = await inAlternation([
    { name: `epochs ${OLD} to ${OLD + EPOCHS * ROUNDS}`, run: async () => { await play(processor, old, epoch, epoch += EPOCHS) } },
    { name: `epochs 10 to ${10 + EPOCHS}`, run: async () => { await play(processor, sets[round++]!, 10, 10 + EPOCHS) } }
  ], ROUNDS, 6)
  compare(`${EPOCHS} epochs of ${OBJECTS} objects (engine ${engine.name}, model ${model.name}/${model.version})`, [late!, early!], { aim: { atMost: 1.1 }, guard: { atMost: 2 } })
} finally {
  await store.close()
  rmSync(folder, { recursive: true, force: true })
}
