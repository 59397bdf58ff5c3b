import * as tf from '@tensorflow/tfjs-core'
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NO_CONTEXT } from '../../src/light-curve/features/context.ts'
import { steppedPoints } from '../../src/light-curve/window.ts'
import { probabilitiesOf } from '../../src/model/probabilities.ts'
import { loadEngine } from '../../src/model/load-engine.ts'
import { loadModel, saveModel } from '../../src/model/model-file.ts'
import { inputLength } from '../../src/model/shape.ts'
import { loadTensorflow } from '../../src/model/tensorflow-backend.ts'
import { makeBatch } from '../../src/training/data/batch.ts'
import { trainingSettingsSchema } from '../../src/training/settings.ts'
import { playObjects } from '../../src/training/evaluation/playback.ts'
import { trainNetwork, type PassReport } from '../../src/training/train.ts'
import { TrainableNetwork } from '../../src/training/network/trainable-network.ts'
import { needs } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { labelledObjects } from './data/labelled.ts'

const none = {
  hidePhotoZ: 0, hideExtinction: 0, redrawNoise: 0, redrawPhotoZ: 0, reobserve: 0, dropPoints: 0, dropBands: 0, noiseShare: 0, noiseFactor: 1, cutStart: 0, cutEnd: 0
}

test('a tiny set is learned by heart, and the saved model says of it what the network said in training', async t => {
  if (!needs(t, 'tensorflow')) return
  const objects = labelledObjects(16)
  const settings = trainingSettingsSchema.parse({
    width: 16, headWidth: 16, passes: 200, batch: 8, peakRate: 0.03, dropout: 0, weightDecay: 0, auxiliaryWeight: 0, validateEvery: 200, augmentation: none
  })
  const reports: PassReport[] = []
  const trained = await trainNetwork(objects, objects, settings, { onPass: report => { reports.push(report) } })
  const { loss } = reports.at(-1)!
  assert.ok(reports[0]!.loss > 0.5, String(reports[0]!.loss))
  assert.ok(loss < 0.01, String(loss))

  const { shape, weights, calibrated } = trained
  const network = new TrainableNetwork(await loadTensorflow(), shape, 2)
  t.after(() => network.dispose())
  const heads = Object.fromEntries(network.specs.map(({ name, shape }) => [name, new Float32Array(shape.reduce((a, b) => a * b, 1))]))
  network.assign({ ...heads, ...weights })
  const items = objects.map(object => ({ object, variant: { points: steppedPoints(object.points, shape.bands), host: object.host, context: NO_CONTEXT, redshift: object.redshift, brightness: 1 } }))
  const batch = makeBatch(items, shape, ['II', 'Ia'], settings.lastStepShare)
  const pairs = tf.tidy(() => network.forward(tf.tensor3d(batch.features, [batch.steps, batch.rows, inputLength(shape)]), 0, 0).logits.dataSync())
  const inTraining = items.map(({ variant }, row) => variant.points.map((_, step) => {
    const at = 2 * (step * batch.rows + row)
    return probabilitiesOf(calibrated, [pairs[at + 1]! - pairs[at]!], { epochs: step + 1, detections: 0 }, null).probabilityIa
  }))

  const folder = temporaryFolder(t)
  await saveModel(folder, { name: 'tiny', version: '0.1', shape, weights, card: {}, ...calibrated })
  const model = loadModel(folder)
  for (const [engine, tolerance] of [['tensorflow', 1e-6], ['wasm', 1e-5]] as const) {
    const loaded = (await loadEngine(engine)).load(model.shape, model.weights, [])
    t.after(() => loaded.dispose())
    playObjects(loaded, objects, { photoZ: 'known', context: 'known' }).forEach(({ outputs }, k) => {
      assert.equal(outputs.length, inTraining[k]!.length)
      outputs.forEach((output, step) => {
        const difference = Math.abs(probabilitiesOf(model, [output], { epochs: step + 1, detections: 0 }, null).probabilityIa - inTraining[k]![step]!)
        assert.ok(difference <= tolerance, `${engine}: object ${k}, step ${step}: ${difference}`)
      })
    })
  }
})
