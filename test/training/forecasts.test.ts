import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NJY_PER_FLUXCAL } from '../../src/alert/alert.ts'
import { NO_CONTEXT } from '../../src/light-curve/features/context.ts'
import { featureSet } from '../../src/light-curve/features/features.ts'
import { FLUX_SCALE } from '../../src/light-curve/features/version-2.ts'
import { steppedPoints } from '../../src/light-curve/window.ts'
import { daysOf } from '../../src/model/forecast/phase.ts'
import { dayLength, outputLength, weightSpecs } from '../../src/model/shape.ts'
import { loadTensorflowEngine } from '../../src/model/tensorflow-engine.ts'
import type { LabelledObject } from '../../src/training/data/labelled-object.ts'
import { makeBatch } from '../../src/training/data/batch.ts'
import { trainingSettingsSchema } from '../../src/training/settings.ts'
import { trainNetwork, type TrainedNetwork } from '../../src/training/train.ts'
import { needs } from '../parts.ts'

const none = {
  hidePhotoZ: 0, hideExtinction: 0, redrawNoise: 0, redrawPhotoZ: 0, reobserve: 0, dropPoints: 0, dropBands: 0, noiseShare: 0, noiseFactor: 1, cutStart: 0, cutEnd: 0, hideContext: 1
}
const settings = trainingSettingsSchema.parse({
  outcome: 'classes',
  classes: { classes: { Ia: ['Ia'], II: ['II'] }, positive: ['Ia'] },
  bands: ['g', 'r'],
  features: 2,
  decoder: { width: 16, days: 30 },
  forecastWeight: 1,
  forecastEpochs: 4,
  width: 16,
  headWidth: 16,
  passes: 260,
  batch: 6,
  peakRate: 0.012,
  gradientNorm: 100,
  dropout: 0,
  weightDecay: 0,
  auxiliaryWeight: 0,
  validateEvery: 260,
  augmentation: none
})

/** A bump in two bands whose time and width tell its class: seen every fourth day, its noise-free fluxes known. */
const objects = Array.from({ length: 6 }, (_, k): LabelledObject => {
  const [isIa, peakMjd] = [k % 2 === 0, 60020 + 2 * k]
  const flux = (time: number): number => 400 * NJY_PER_FLUXCAL * Math.exp(-(((time - peakMjd) / (isIa ? 9 : 16)) ** 2))
  const times = Array.from({ length: 14 }, (_, visit) => 60000 + 4 * visit + 0.1 * k)
  return {
    snid: String(k),
    points: times.map((midpointMjdTai, visit) => ({ midpointMjdTai, band: visit % 2 === 0 ? 'g' : 'r', psfFlux: flux(midpointMjdTai), psfFluxErr: 5 * NJY_PER_FLUXCAL })),
    noiseFree: Float64Array.from(times, flux),
    host: { redshift: null, redshiftErr: null, mwebv: null },
    type: isIa ? 'Ia' : 'II',
    isIa,
    redshift: null,
    peakMjd
  }
})

/** Root mean squares over all later points within 30 d of the fourth step from the first detection: of the forecast and of the last flux of the band carried forward. */
async function errors ({ shape, weights }: TrainedNetwork): Promise<{ forecast: number, lastFlux: number, phase: number }> {
  const network = (await loadTensorflowEngine()).load(shape, weights, [0])
  const squares = { forecast: 0, lastFlux: 0, phase: 0 }
  let count = 0
  for (const object of objects) {
    const points = steppedPoints(object.points, shape.bands)
    const steps = points.findIndex(({ psfFlux, psfFluxErr }) => psfFlux > 4 * psfFluxErr) + 4
    const seen = points.slice(0, steps)
    const item = { object, variant: { points: seen, host: object.host, context: NO_CONTEXT, redshift: null, brightness: 1 } }
    let outlook: Float32Array = new Float32Array()
    const { features } = makeBatch([item], shape, [], 0, (_row, _step, accumulator) => { outlook = featureSet(2).outlook(shape.bands, accumulator) })
    const { hidden, outputs } = network.sequence(features, steps, 1)
    const { days } = network.forecast({ hidden: hidden.subarray((steps - 1) * hidden.length / steps), steps: Float32Array.of(steps), outlook }, 1)
    const now = seen.at(-1)!.midpointMjdTai
    const phase = daysOf(outputs[steps * outputLength(shape) - 2]!)
    squares.phase += (phase - (now - object.peakMjd!)) ** 2 / objects.length
    for (const { midpointMjdTai, band, psfFlux } of object.points) {
      const [ahead, place] = [midpointMjdTai - now, shape.bands.indexOf(band)]
      if (ahead <= 0 || ahead >= 30 || place < 0) continue
      const value = (day: number): number => days[day * dayLength(shape) + place]!
      const [day, fraction] = [Math.floor(ahead), ahead % 1]
      const truth = Math.asinh(psfFlux / FLUX_SCALE)
      squares.forecast += ((1 - fraction) * value(day) + fraction * value(day + 1) - truth) ** 2
      squares.lastFlux += (outlook[place]! - truth) ** 2
      count++
    }
  }
  network.dispose()
  assert.ok(count > 30, String(count))
  return { forecast: Math.sqrt(squares.forecast / count), lastFlux: Math.sqrt(squares.lastFlux / count), phase: Math.sqrt(squares.phase) }
}

test('the future of a tiny set is learned by heart, and a network without a decoder may be the start', async t => {
  if (!needs(t, 'tensorflow')) return
  const trained = await trainNetwork(objects, objects, settings)
  const { forecast, lastFlux, phase } = await errors(trained)
  assert.ok(forecast < 0.3 * lastFlux, `${forecast} of ${lastFlux}`)
  assert.ok(phase < 4, `${phase} d`)

  const again = { ...settings, passes: 1, validateEvery: 1, peakRate: 1e-12 }
  const without = weightSpecs({ ...trained.shape, decoder: null })
  const begun = await trainNetwork(objects, objects, again, { start: Object.fromEntries(without.map(({ name }) => [name, trained.weights[name]!])) })
  for (const { name } of without) begun.weights[name]!.forEach((value, k) => assert.ok(Math.abs(value - trained.weights[name]![k]!) < 1e-6, name))
  assert.notDeepEqual(begun.weights['decoder/day/kernel'], trained.weights['decoder/day/kernel'])
})
