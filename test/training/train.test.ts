import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseSnana, snanaHost } from '../../src/alert/snana/snana.ts'
import { CELL_NAMES } from '../../src/model/cells/layout.ts'
import { loadModel, saveModel } from '../../src/model/model-file.ts'
import { weightSpecs } from '../../src/model/shape.ts'
import { loadTensorflowEngine } from '../../src/model/tensorflow-engine.ts'
import { evaluate, finalOutcomes } from '../../src/training/evaluation/evaluate.ts'
import type { LabelledObject } from '../../src/training/data/labelled-object.ts'
import { playObjects } from '../../src/training/evaluation/playback.ts'
import { trainingSettingsSchema } from '../../src/training/settings.ts'
import { trainNetwork, type PassReport } from '../../src/training/train.ts'
import { needs } from '../parts.ts'
import { generatedFiles } from './data/generated-light-curves.ts'
import { temporaryFolder } from '../pipeline.ts'

const objects = generatedFiles(80).map(({ name, text }): LabelledObject => {
  const curve = parseSnana(text, name)
  return { snid: curve.snid, points: curve.points, noiseFree: null, host: snanaHost(curve), type: curve.type!, isIa: curve.type === 'Ia', redshift: curve.redshift, peakMjd: curve.peakMjd }
})
const training = objects.slice(0, 60)
const validation = objects.slice(60)
const TOLD = { photoZ: 'known', context: 'known' } as const
const settings = trainingSettingsSchema.parse({ width: 8, headWidth: 8, passes: 16, batch: 10, peakRate: 0.02, validateEvery: 2 })

test('a small network learns two kinds of light curve, and the saved model says the same', async t => {
  if (!needs(t, 'tensorflow')) return
  const reports: PassReport[] = []
  const trained = await trainNetwork(training, validation, { ...settings, auxiliaryWeight: 0 }, { onPass: report => reports.push(report) })
  assert.equal(reports.length, 16)
  assert.ok(reports.at(-1)!.loss < reports[0]!.loss / 2, `${reports[0]!.loss} → ${reports.at(-1)!.loss}`)
  const engine = await loadTensorflowEngine()
  const played = playObjects(engine.load(trained.shape, trained.weights, []), validation, TOLD)
  assert.ok(evaluate(played, trained.calibrated).final.accuracy! >= 95)

  const folder = temporaryFolder(t)
  const { shape, weights, calibrated } = trained
  await saveModel(folder, { name: 'tiny', version: '0.1', shape, weights, card: {}, ...calibrated })
  const loaded = loadModel(folder)
  assert.deepEqual(loaded.calibration, calibrated.calibration)
  const again = playObjects(engine.load(loaded.shape, loaded.weights, []), validation, TOLD)
  assert.deepEqual(again.map(({ outputs }) => [...outputs]), played.map(({ outputs }) => [...outputs]))
})

test('a network that ends in classes learns them, and its model file says the same of the validation part', async t => {
  if (!needs(t, 'tensorflow')) return
  const classes = { classes: { II: ['II'], Ia: ['Ia'], never: ['TDE'] }, positive: ['Ia'], others: 'refuse', ids: { Ia: 2222, II: 2224 } }
  const trained = await trainNetwork(training, validation, {
    ...settings, classes, outcome: 'classes', features: 2, consensus: 'both', heads: 2, repeat: { generated: { Ia: 1.5 } }, mostSteps: 60
  })
  const { shape, weights, calibrated } = trained
  assert.deepEqual(calibrated.classes, [{ name: 'II', id: 2224, positive: false }, { name: 'Ia', id: 2222, positive: true }, { name: 'never', id: 0, positive: false }])
  const engine = await loadTensorflowEngine()
  const played = playObjects(engine.load(shape, weights, [1]), validation, TOLD)
  assert.ok(evaluate(played, calibrated).final.accuracy! >= 95, String(evaluate(played, calibrated).final.accuracy))

  const folder = temporaryFolder(t)
  await saveModel(folder, { name: 'tiny', version: '0.1', shape, weights, card: {}, ...calibrated })
  const loaded = loadModel(folder)
  const again = playObjects(engine.load(loaded.shape, loaded.weights, [1]), validation, TOLD)
  assert.deepEqual(again.map(object => finalOutcomes([object], loaded)), played.map(object => finalOutcomes([object], calibrated)))
})

for (const cell of CELL_NAMES) {
  test(`${cell} learns with gradients of few steps`, async t => {
    if (!needs(t, 'tensorflow')) return
    const losses: number[] = []
    const { shape } = await trainNetwork(training, validation, { ...settings, cell, truncate: 16, passes: 10, batch: 20 }, { onPass: ({ loss }) => losses.push(loss) })
    assert.equal(shape.cell, cell)
    assert.ok(losses.at(-1)! < losses[0]! / 1.5, `${losses[0]} → ${losses.at(-1)}`)
  })
}

test('the same seed gives the same weights, another seed others', async t => {
  if (!needs(t, 'tensorflow')) return
  const train = async (seed: number): Promise<Buffer> => {
    const { weights } = await trainNetwork(training, validation, { ...settings, passes: 2, seed })
    return Buffer.concat(Object.values(weights).map(({ buffer }) => Buffer.from(buffer)))
  }
  const first = await train(1)
  assert.equal(first.length, 4 * weightSpecs({ ...settings, classes: null }).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0))
  assert.ok((await train(1)).equals(first))
  assert.ok(!(await train(2)).equals(first))
})

test('parts of a time add up otherwise in another order, and no pass is taken for one that was cut short', async t => {
  if (!needs(t, 'tensorflow')) return
  const parts = training.map((object, k) => ({ ...object, source: `set-${k % 3}` }))
  const repeat = { 'set-0': { '*': 0.1 }, 'set-1': { '*': 0.4 }, 'set-2': { '*': 0.5 } }
  for (const seed of [1, 2, 3]) {
    const { ending } = await trainNetwork(parts, validation, { ...settings, width: 2, headWidth: 2, passes: 6, validateEvery: 6, repeat, seed })
    assert.equal(ending.reason, 'passes')
  }
})

test('a training that begins with the weights of another goes on from what it knew', async t => {
  if (!needs(t, 'tensorflow')) return
  const losses: number[] = []
  const alone = { ...settings, auxiliaryWeight: 0 }
  const { weights } = await trainNetwork(training, validation, alone)
  await trainNetwork(training, validation, { ...alone, peakRate: 1e-4, passes: 1, seed: 9 }, { start: weights, onPass: ({ loss }) => losses.push(loss) })
  await trainNetwork(training, validation, { ...alone, peakRate: 1e-4, passes: 1, seed: 9 }, { onPass: ({ loss }) => losses.push(loss) })
  assert.ok(losses[0]! < losses[1]! / 2, `${losses[0]} with, ${losses[1]} without`)
})

test('a signal ends training with the best weights so far', async t => {
  if (!needs(t, 'tensorflow')) return
  const ending = new AbortController()
  const trained = await trainNetwork(training, validation, settings, {
    signal: ending.signal, onPass: ({ pass }) => { if (pass === 3) ending.abort() }
  })
  assert.equal(trained.passesDone, 3)
  assert.equal(trained.bestPass, 2)
})

test('nothing to train on is refused', async () => {
  await assert.rejects(trainNetwork([], validation, settings), { code: 'too-few-objects' })
})
