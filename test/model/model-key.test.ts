import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadModel, type Model } from '../../src/model/model-file.ts'
import { modelKey } from '../../src/model/model-key.ts'
import { untrainedModel } from '../untrained-model.ts'

test('the keys of released models stay: stores that they filled are theirs', () => {
  assert.equal(modelKey(loadModel('spcc/1.2')), 'spcc/1.2#305ba56d')
  assert.equal(modelKey(loadModel('spcc-10660-seed1/1.0')), 'spcc-10660-seed1/1.0#be1cacfe')
})

test('whatever changes what a kept output means changes the key, and what is computed from outputs does not', () => {
  const given = { features: 2, bands: ['g', 'r'], consensus: 'both', heads: 2, classes: 3 } as const
  const model = untrainedModel(given)
  const [ia, ii, agn] = model.classes!
  const keys = [
    model,
    ...[{ features: 1 }, { bands: ['r', 'g'] }, { consensus: 'attention' }, { consensus: 'mean' }, { heads: 1 }, { heads: 1, consensus: 'mean', classes: null }].map(change =>
      untrainedModel({ ...given, ...change as object })),
    untrainedModel(given, 12),
    { ...model, classes: [ia, agn, ii] },
    { ...model, classes: [ia, ii, { ...agn!, name: 'TDE' }] },
    { ...model, classes: [ia, ii, { ...agn!, positive: true }] },
    { ...model, version: '1.1' }
  ].map(one => modelKey(one as Model))
  assert.equal(new Set(keys).size, keys.length, keys.join(' '))
  const told = { trainingShares: { name: 'other', detections: [1], shares: [[0.2, 0.3, 0.5]] }, calibration: { byEpochs: [], spread: 3 }, classes: model.classes!.map(one => ({ ...one, id: 1 })) }
  assert.equal(modelKey({ ...model, ...told } as Model), keys[0])
})
