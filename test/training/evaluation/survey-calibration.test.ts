import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { promises } from '../../../bench/survey/reliability.ts'
import { alertOutcomes, surveyStream, type AlertOutcome } from '../../../bench/survey/stream.ts'
import { loadClassShares } from '../../../src/model/class-shares.ts'
import { loadNetwork } from '../../../src/model/load-engine.ts'
import { loadModel, SHIPPED_MODELS } from '../../../src/model/model-file.ts'
import { expectedCalibrationError } from '../../../src/training/evaluation/metrics.ts'
import { needs, sharedData } from '../../parts.ts'
import { untrainedModel } from '../../pipeline.ts'

const folder = join(sharedData, 'sky')
/** Of each class; four times as many Ia and nuclei. */
const EACH = 40

/** CANDELA_SKY_MODEL names another model than the one that comes with Candela. */
const skyModel = process.env['CANDELA_SKY_MODEL'] ?? 'sky'

function hasModel (t: TestContext): boolean {
  if (existsSync(join(SHIPPED_MODELS, 'sky')) || process.env['CANDELA_SKY_MODEL'] !== undefined) return true
  t.skip('models/sky is not here: train it by `npm run reproduce -- --only sky`')
  return false
}

const outcome = (probabilityIa: number, isIa: boolean, weight: number, place: number): AlertOutcome =>
  ({ probabilityIa, isIa, weight, place, class: isIa ? 'Ia' : 'AGN', detections: 3 })

test('a bin promises the mean P(Ia) of its alerts; alerts of one object are no more than one object', () => {
  const [low, high] = promises([outcome(0.02, false, 3, 0), outcome(0.02, false, 3, 0), outcome(0.92, true, 1, 1), outcome(0.94, true, 1, 2), outcome(0.94, true, 1, 3), outcome(0.92, false, 1, 4)])
  assert.deepEqual([low!.alerts, low!.shareIa, low!.error], [6, 0, 1])
  assert.ok(Math.abs(high!.meanProbabilityIa - 0.93) < 1e-12)
  // Three of four: √(3·.25² + .75²)/4.
  assert.deepEqual([high!.from, high!.alerts, high!.shareIa], [0.9, 4, 0.75])
  assert.ok(Math.abs(high!.error - Math.sqrt(3 * 0.0625 + 0.5625) / 4) < 1e-12)
})

test('a stream has the classes of its survey, each object as heavy as there are of it', async t => {
  if (!needs(t, 'shared-data')) return
  const model = untrainedModel({ features: 2, classes: 16, bands: ['g', 'r', 'i'] })
  const stream = await surveyStream('ztf', folder, 5, 2, model.classes!)
  assert.equal(new Set(stream.map(object => object.class)).size, 16)
  const night = (skyClass: string): number => stream.filter(object => object.class === skyClass).reduce((sum, { alerts, weight }) => sum + alerts.length * weight, 0) / 365.25
  // docs/simulation.md: some 580 and 26,000 a night; eight objects of each are good to a factor of some
  assert.ok(night('Ia') > 100 && night('Ia') < 3000, String(night('Ia')))
  assert.ok(night('AGN') > 5000 && night('AGN') < 80_000, String(night('AGN')))
  const { network } = await loadNetwork(model, 'wasm')
  const outcomes = alertOutcomes(stream, network, model, null, { photoZ: 'known', context: 'known' })
  network.dispose()
  assert.equal(outcomes.length, stream.reduce((sum, { alerts }) => sum + alerts.length, 0))
  assert.ok(outcomes.every(({ detections, probabilityIa }) => detections >= 1 && probabilityIa >= 0 && probabilityIa <= 1))
})

for (const sky of ['lsst', 'ztf'] as const) {
  test(`P(Ia) holds on the stream of ${sky}: of the alerts with a P(Ia) of 0.9, nine in ten are of Ia`, async t => {
    if (!hasModel(t) || !needs(t, 'shared-data')) return
    const model = loadModel(skyModel)
    const { network } = await loadNetwork(model, 'auto')
    const stream = await surveyStream(sky, folder, 31, EACH, model.classes!)
    const outcomes = alertOutcomes(stream, network, model, loadClassShares(sky, model)(''), { photoZ: 'known', context: 'known' })
    network.dispose()
    const ece = expectedCalibrationError(outcomes)!
    assert.ok(ece < 0.015, `expected calibration error ${ece}`)
    for (const { from, to, meanProbabilityIa, shareIa, error } of promises(outcomes, [0, 0.1, 0.5, 0.9, 1])) {
      assert.ok(Math.abs(shareIa - meanProbabilityIa) < 0.05 + 3 * error, `P(Ia) of ${from} to ${to}: ${meanProbabilityIa} is said, ${shareIa} ± ${error} are Ia`)
    }
  })
}
