import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { startingModel } from '../../../src/cli/training/starting-model.ts'
import { saveModel } from '../../../src/model/model-file.ts'
import { defaultSettings } from '../../../src/training/settings.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { untrainedModel } from '../../untrained-model.ts'

test('a training begins with a model of the network that its settings make, and refuses another', async t => {
  const folder = join(temporaryFolder(t), 'tiny')
  const model = untrainedModel()
  await saveModel(folder, model)
  const { layers, width, headWidth } = model.shape
  const settings = { ...defaultSettings(), layers, width, headWidth }
  assert.deepEqual(startingModel(folder, settings).weights, model.weights)
  assert.throws(() => startingModel(folder, { ...settings, width: 24, bands: ['g', 'r'] }), /bands is \["g","r","i","z"\] in the model and \["g","r"\] in the settings; width is 16 in the model and 24 in the settings/)
  assert.throws(() => startingModel('no-such-model', settings), { code: 'model-not-found' })
})

test('a model without a decoder may be the start of one with it, and a decoder of another width is refused', async t => {
  const folder = join(temporaryFolder(t), 'tiny')
  const model = untrainedModel({ features: 2, classes: 2 })
  const classes = { classes: { [model.classes![0]!.name]: ['Ia'], [model.classes![1]!.name]: ['II'] }, positive: [model.classes![0]!.name], others: 'refuse' }
  const { layers, width, headWidth } = model.shape
  const settings = { ...defaultSettings(), layers, width, headWidth, features: 2 as const, outcome: 'classes' as const, classes, decoder: { width: 8, days: 30 } }
  await saveModel(folder, model)
  assert.deepEqual(startingModel(folder, settings).weights, model.weights)
  await saveModel(folder, untrainedModel({ features: 2, classes: 2, decoder: { width: 9, days: 30 } }))
  assert.throws(() => startingModel(folder, settings), /decoder is \{"width":9,"days":30\} in the model and \{"width":8,"days":30\} in the settings/)
})
