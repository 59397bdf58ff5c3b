import assert from 'node:assert/strict'
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { CandelaError } from '../../src/errors.ts'
import { CELL_NAMES } from '../../src/model/cells/layout.ts'
import { findModel, loadModel, saveModel } from '../../src/model/model-file.ts'
import { temporaryFolder, untrainedModel } from '../pipeline.ts'

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

test('a model that is not there is an error that lists those that are', async t => {
  const root = temporaryFolder(t)
  await saveModel(join(root, 'untrained', '1.0'), untrainedModel())
  assert.throws(() => findModel('sncc', [root]), (error: CandelaError) => error.code === 'model-not-found' && /untrained\/1\.0/.test(error.action!))
})

test('a model that does not match is refused with what is wrong', async t => {
  const changes: Array<[what: RegExp, change: (folder: string) => void]> = [
    [/feature version 99/, folder => edit(folder, { featureVersion: 99 })],
    [/fluxUnit/, folder => edit(folder, { fluxUnit: 'FLUXCAL' })],
    [/dropout/, folder => edit(folder, { dropout: 0.5 })],
    [/cell/, folder => edit(folder, { cell: 'transformer' })],
    [/weights are not those/, folder => edit(folder, { cell: 'gru' })],
    [/weights are not those/, folder => edit(folder, { width: 17 })],
    [/weights\.bin has 100 bytes/, folder => truncateSync(join(folder, 'weights.bin'), 100)],
    [/not finite/, folder => writeFileSync(join(folder, 'weights.bin'), readFileSync(join(folder, 'weights.bin')).fill(0xff, 0, 4))],
    [/not JSON/, folder => writeFileSync(join(folder, 'model.json'), '{')]
  ]
  for (const [what, change] of changes) {
    const folder = join(temporaryFolder(t), 'model')
    await saveModel(folder, untrainedModel())
    change(folder)
    assert.throws(() => loadModel(folder), (error: CandelaError) => error.code === 'model-invalid' && what.test(error.message) && error.message.includes(folder))
  }
})

function edit (folder: string, change: object): void {
  const path = join(folder, 'model.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')) as object, ...change }))
}
