import assert from 'node:assert/strict'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { CandelaError } from '../../src/errors.ts'
import { CELL_NAMES } from '../../src/model/cells/layout.ts'
import { findModel, loadModel, saveModel, SHIPPED_MODELS, type Model } from '../../src/model/model-file.ts'
import { temporaryFolder } from '../temporary-folder.ts'
import { untrainedModel } from '../untrained-model.ts'

const CLASSED = {
  ...untrainedModel({ features: 2, consensus: 'both', heads: 2, classes: 3 }),
  classes: [{ name: 'Ia', id: 2222, positive: true }, { name: 'II', id: 2224, positive: false }, { name: 'AGN', id: 2332, positive: false }],
  calibration: { byEpochs: [{ epochs: 1, slope: 0.5, offsets: [0, -1, 1] }, { epochs: 20, slope: 1.2, offsets: [0.5, 0, 0] }], spread: 1.5 },
  trainingShares: { name: 'training', detections: [1, 8], shares: [[0.2, 0.3, 0.5], [0.25, 0.25, 0.5]] }
}

test('a saved model comes back as it was, by folder, by name and version, and by name alone', async t => {
  const root = temporaryFolder(t)
  const model = { ...untrainedModel(), card: { purpose: 'test' } }
  for (const version of ['1.0', '1.9', '1.10']) await saveModel(join(root, 'untrained', version), { ...model, version })
  assert.deepEqual(loadModel(join(root, 'untrained', '1.0')), model)
  assert.equal(loadModel('untrained/1.9', [root]).version, '1.9')
  assert.equal(loadModel('untrained', [root]).version, '1.10', 'versions are numbers')
})

test('every cell comes back with its weights', async t => {
  for (const cell of CELL_NAMES) {
    const folder = temporaryFolder(t)
    const model = untrainedModel({ cell })
    await saveModel(folder, model)
    assert.deepEqual(loadModel(folder), model)
  }
})

test('a model of classes comes back as it was, and is of format 2', async t => {
  const folder = temporaryFolder(t)
  await saveModel(folder, CLASSED)
  assert.equal(description(folder)['format'], 2)
  assert.deepEqual(loadModel(folder), CLASSED)
})

test('a decoder comes back with its weights, and one that does not fit is refused', async t => {
  const folder = temporaryFolder(t)
  const made = untrainedModel({ features: 2, consensus: 'both', heads: 2, classes: 3, decoder: { width: 5, days: 30 } })
  const model = { ...CLASSED, shape: made.shape, weights: made.weights }
  await saveModel(folder, model)
  assert.deepEqual(loadModel(folder), model)
  assert.deepEqual(description(folder)['decoder'], { width: 5, days: 30 })
  await refused(t, model, [
    [/weights are not those/, folder => edit(folder, { decoder: { width: 6, days: 30 } })],
    [/weights are not those/, folder => edit(folder, { decoder: undefined })],
    [/decoder\.days/, folder => edit(folder, { decoder: { width: 5, days: 0 } })],
    [/decoder\.width/, folder => edit(folder, { decoder: { days: 30 } })],
    [/a decoder needs features of version 2/, folder => edit(folder, { featureVersion: 1 })]
  ])
  await assert.rejects(saveModel(folder, untrainedModel({ features: 2, decoder: { width: 5, days: 30 } })), { code: 'model-invalid' })
})

test('a model without classes is written as format 1, as the released ones are', async t => {
  const folder = temporaryFolder(t)
  const released = join(SHIPPED_MODELS, 'spcc', '1.2')
  await saveModel(folder, loadModel(released))
  for (const file of ['model.json', 'weights.bin', 'card.json']) assert.deepEqual(readFileSync(join(folder, file)), readFileSync(join(released, file)), file)
  await assert.rejects(saveModel(folder, untrainedModel({ heads: 3 })), { code: 'model-invalid' })
  await assert.rejects(saveModel(folder, { ...CLASSED, shape: { ...CLASSED.shape, classes: 4 } }), { code: 'model-invalid' })
})

test('a model that is not there is an error that lists those that are', async t => {
  const root = temporaryFolder(t)
  await saveModel(join(root, 'untrained', '1.0'), untrainedModel())
  assert.throws(() => findModel('sncc', [root]), (error: CandelaError) => error.code === 'model-not-found' && /untrained\/1\.0/.test(error.action!))
})

test('a model that does not match is refused with what is wrong', async t => {
  const changes: Changes = [
    [/features of version 99/, folder => edit(folder, { featureVersion: 99 })],
    [/fluxUnit/, folder => edit(folder, { fluxUnit: 'FLUXCAL' })],
    [/dropout/, folder => edit(folder, { dropout: 0.5 })],
    [/cell/, folder => edit(folder, { cell: 'transformer' })],
    [/weights are not those/, folder => edit(folder, { cell: 'gru' })],
    [/weights are not those/, folder => edit(folder, { width: 17 })],
    [/weights\.bin has 100 bytes/, folder => truncateSync(join(folder, 'weights.bin'), 100)],
    [/not finite/, folder => writeFileSync(join(folder, 'weights.bin'), readFileSync(join(folder, 'weights.bin')).fill(0xff, 0, 4))],
    [/not JSON/, folder => writeFileSync(join(folder, 'model.json'), '{')]
  ]
  await refused(t, untrainedModel(), changes)
})

test('classes, calibration and shares that do not fit are refused with what is wrong', async t => {
  const { classes: [ia, ii, agn], calibration: { byEpochs: [knot] }, trainingShares } = CLASSED
  const classes = (...classes: unknown[]) => (folder: string) => edit(folder, { classes })
  const calibration = (...byEpochs: unknown[]) => (folder: string) => edit(folder, { calibration: { byEpochs, spread: 1 } })
  const shares = (change: object) => (folder: string) => edit(folder, { trainingShares: { ...trainingShares, ...change } })
  await refused(t, CLASSED, [
    [/format/, folder => edit(folder, { format: 3 })],
    [/heads/, folder => edit(folder, { format: 1 })],
    [/consensus/, folder => edit(folder, { consensus: 'median' })],
    [/weights are not those/, folder => edit(folder, { consensus: 'mean' })],
    [/weights are not those/, folder => edit(folder, { heads: 4 })],
    [/names of classes must differ/, classes(ia, ii, { ...agn, name: 'Ia' })],
    [/one class must be positive and at least one not/, classes({ ...ia, positive: false }, ii, agn)],
    [/one class must be positive and at least one not/, classes(...CLASSED.classes.map(one => ({ ...one, positive: true })))],
    [/classes\[1\]\.name/, classes(ia, { ...ii, name: 'II <b>' }, agn)],
    [/classes\[2\]\.id/, classes(ia, ii, { ...agn, id: 1.5 })],
    [/3 values of 2 classes.* calibration\.byEpochs\[0\]\.offsets/, classes(ia, ii)],
    [/2 values of 3 classes.* calibration\.byEpochs\[1\]\.offsets/, calibration(knot, { ...knot, epochs: 2, offsets: [0, 0] })],
    [/epochs must rise/, calibration(knot, knot)],
    [/byEpochs/, calibration()],
    [/slope/, calibration({ ...knot, slope: 0 })],
    [/2 values of 3 classes.* trainingShares\.shares\[0\]/, shares({ detections: [1], shares: [[0.5, 0.5]] })],
    [/must sum to 1/, shares({ detections: [1], shares: [[0.5, 0.3, 0.200002]] })],
    [/shares\[0\]\[2\]/, shares({ detections: [1], shares: [[0.5, 0.5, 0]] })],
    [/as many rows/, shares({ detections: [1, 2, 3] })],
    [/must rise/, shares({ detections: [2, 1] })],
    [/detections/, shares({ detections: [0, 1] })]
  ])
})

type Changes = ReadonlyArray<[what: RegExp, change: (folder: string) => void]>

async function refused (t: TestContext, model: Model, changes: Changes): Promise<void> {
  for (const [what, change] of changes) {
    const folder = join(temporaryFolder(t), 'model')
    await saveModel(folder, model)
    change(folder)
    assert.throws(() => loadModel(folder), (error: CandelaError) => {
      assert.equal(error.code, 'model-invalid')
      assert.match(error.message, what)
      return error.message.includes(folder)
    })
  }
}

const description = (folder: string): Record<string, unknown> => JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8')) as Record<string, unknown>

function edit (folder: string, change: object): void {
  const path = join(folder, 'model.json')
  writeFileSync(path, JSON.stringify({ ...description(folder), ...change }))
}
