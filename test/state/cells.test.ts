import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UNKNOWN_HOST, type Alert } from '../../src/alert/alert.ts'
import { NO_CONTEXT } from '../../src/light-curve/features/context.ts'
import { featureSet } from '../../src/light-curve/features/features.ts'
import { probabilitiesOf } from '../../src/model/probabilities.ts'
import { CELL_NAMES } from '../../src/model/cells/layout.ts'
import { hiddenStateLength, inputLength } from '../../src/model/shape.ts'
import { needs } from '../parts.ts'
import { publishedProbability } from '../../src/state/record/record.ts'
import { alertFor, openPipeline, point, temporaryFolder, untrainedModel } from '../pipeline.ts'

const ID = '313853499462582277'
const points = Array.from({ length: 60 }, (_, k) => point({
  midpointMjdTai: 60000 + Math.floor(k / 4) + 0.01 * (k % 4), band: (['g', 'r', 'i', 'z'] as const)[k % 4]!, psfFlux: 600 + 37 * (k * 7 % 60), visit: 1000 + k
}))
const alerts = points.map(one => alertFor(ID, [one]))
const received = (given: readonly Alert[]): Array<{ alert: Alert, origin: string }> => given.map(alert => ({ alert, origin: 'test' }))

for (const engine of ['tensorflow', 'wasm'] as const) {
  for (const cell of CELL_NAMES) {
    test(`${engine}: ${cell} is carried through records, a restart, rewinds and replays, bit for bit as played once`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const model = untrainedModel({ cell, width: 24 })
      const { bands } = model.shape

      const folder = temporaryFolder(t)
      const before = await openPipeline(t, { folder, model, engine })
      const late = new Set([10, 37, 55])
      for (const alert of alerts.slice(0, 40).filter((_, k) => !late.has(k))) await before.processor.process(received([alert]))
      await before.close()
      const { store, processor, network } = await openPipeline(t, { folder, model, engine })
      await processor.process(received(alerts.slice(40).filter((_, k) => !late.has(40 + k))))
      const rewound = await processor.process(received([...late].reverse().map(k => alerts[k]!)))
      assert.deepEqual(rewound.map(({ outcome }) => outcome), ['classified', 'classified', 'classified'])

      const set = featureSet(1)
      const features = new Float32Array(60 * inputLength(model.shape))
      const accumulator = set.newAccumulator(bands)
      const fixed = set.fixed({ host: UNKNOWN_HOST, context: NO_CONTEXT })
      points.forEach((one, k) => set.step(bands, accumulator, one, fixed, features, k * inputLength(model.shape)))
      const once = network.sequence(features, 60, 1)
      const tip = store.objects.get(ID)!.tip!
      assert.equal(tip.steps, 60)
      assert.equal(tip.network.length, hiddenStateLength(model.shape))
      assert.deepEqual(tip.network, once.hidden.slice(59 * hiddenStateLength(model.shape)))
      assert.equal(store.reader.object(ID)!.classification!.probabilityIa, publishedProbability(probabilitiesOf(model, once.outputs.slice(59), { epochs: 60, detections: 60 }, null).probabilityIa))
    })
  }
}

test('a model of another cell under the same name rebuilds the hidden state from the light curve', async t => {
  const folder = temporaryFolder(t)
  for (const cell of CELL_NAMES) {
    const model = untrainedModel({ cell })
    const { store, processor, close } = await openPipeline(t, { folder, model })
    const steps = 30 + CELL_NAMES.indexOf(cell)
    await processor.process(received(alerts.slice(0, steps)))
    const fresh = await openPipeline(t, { model })
    await fresh.processor.process(received(alerts.slice(0, steps)))
    assert.deepEqual(store.objects.get(ID)!.tip, fresh.store.objects.get(ID)!.tip)
    await close()
  }
})
