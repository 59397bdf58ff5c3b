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
