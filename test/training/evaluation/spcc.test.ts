import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadEngine } from '../../../src/model/load-engine.ts'
import { loadModel } from '../../../src/model/model-file.ts'
import { evaluate } from '../../../src/training/evaluation/evaluate.ts'
import { isTypeIa, readLabelledObjects } from '../../../src/training/data/labelled-object.ts'
import { splitOfCard } from '../../../src/training/evaluation/model-card.ts'
import { playObjects } from '../../../src/training/evaluation/playback.ts'
import { needs, sharedData } from '../../parts.ts'

test('spcc-10660-seed1 tells the types of 1500 objects that it was not trained on', async t => {
  if (!needs(t, 'shared-data')) return
  const model = loadModel('spcc-10660-seed1')
  const { objects, passedOver } = await readLabelledObjects([join(sharedData, 'spcc', 'SIMGEN_PUBLIC_DES.tar.xz')])
  assert.equal(passedOver.length, 0)
  assert.deepEqual([objects.length, objects.filter(isTypeIa).length], [17_152, 4100])

  const split = splitOfCard(model.card, objects)
  assert.deepEqual([split.training.length + split.validation.length, split.test.length], [10_660, 6492])
  const chosen = new Set(split.test.slice(0, 1500))
  const engine = await loadEngine('auto')
  const network = engine.load(model.shape, model.weights, [])
  t.after(() => network.dispose())
  const test = objects.filter(({ snid }) => chosen.has(snid))
  const known = evaluate(playObjects(network, test, { photoZ: 'known', context: 'unknown' }), model)
  assert.ok(known.final.accuracy! >= 97, `${known.final.accuracy} %`)
  assert.ok(known.final.ece! < 0.02, String(known.final.ece))
  const unknown = evaluate(playObjects(network, test, { photoZ: 'unknown', context: 'unknown' }), model)
  assert.ok(unknown.final.accuracy! >= 95, `${unknown.final.accuracy} % without photo-z`)
})
