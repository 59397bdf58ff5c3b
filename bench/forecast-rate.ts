/** Forecasts of 1,000 objects in one call of the network, against 1,000 calls of one object each, in alternation. */
import { positivePlaces } from '../src/model/classes.ts'
import { loadEngine } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { createForecasts, type Carried } from '../src/state/processor/forecasts.ts'
import { playLightCurves, type LightCurve } from '../src/state/processor/play.ts'
import type { PlayedTip } from '../src/state/processor/replays.ts'
import { UNKNOWN_HOST } from '../src/alert/alert.ts'
import { storedPoint } from '../src/light-curve/stored-point.ts'
import { forecastingModel } from '../test/support/forecasting-model.ts'
import { median, tell } from './comparison.ts'

const OBJECTS = 1000
const ROUNDS = 5
const POINTS = 20

const named = process.env['FORECAST_MODEL']
const model = named === undefined ? forecastingModel() : loadModel(named)
const engine = await loadEngine('auto')
const network = engine.load(model.shape, model.weights, positivePlaces(model.classes))
const { bands } = model.shape
const forecasts = createForecasts({ network, model, reader: { carried: () => undefined } })
const asked = { days: forecasts.horizon!.days, step: 1, bands }

const curve = (k: number): LightCurve => ({
  host: UNKNOWN_HOST,
  points: Array.from({ length: POINTS }, (_, n) => storedPoint({
    midpointMjdTai: 60000 + n, band: bands[(n + k) % bands.length]!, psfFlux: 1000 + (50 + k) * n, psfFluxErr: 100, kind: 'detection', visit: n, timeProcessedMjdTai: null, withdrawn: false
  })!)
})
const tips: PlayedTip[] = []
await playLightCurves(Array.from({ length: OBJECTS }, (_, k) => curve(k)), { network, model, tips })
const carried = tips.map((tip): Carried => ({ tip: tip! }))

function timeOf (work: () => void): number {
  const began = performance.now()
  work()
  return performance.now() - began
}
const rounds = Array.from({ length: ROUNDS + 1 }, () => ({
  together: timeOf(() => { forecasts.of(carried, asked) }),
  alone: timeOf(() => { for (const one of carried) forecasts.of([one], asked) })
})).slice(1)

tell({
  question: `forecasts of ${OBJECTS} objects, ${asked.days} days in ${bands.length} bands, ${model.name}/${model.version} on ${engine.name}`,
  measured: `one call: ${median(rounds.map(({ together }) => together)).toFixed(0)} ms`,
  reference: `a call for each: ${median(rounds.map(({ alone }) => alone)).toFixed(0)} ms`,
  ratios: rounds.map(({ together, alone }) => together / alone),
  aim: { atMost: 0.5 }
})
network.dispose()
