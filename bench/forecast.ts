/**
 * What do forecasts cost? 1,000 objects in one call of the decoder beside calls of one each, and beside one step of the same objects;
 * on random weights, since the cost does not depend on them.
 */
import { featureSet } from '../src/light-curve/features/features.ts'
import type { ForecastStart } from '../src/model/engine.ts'
import { loadEngine, type EngineChoice } from '../src/model/load-engine.ts'
import { hiddenStateLength, inputLength, weightSpecs, type NetworkShape } from '../src/model/shape.ts'
import { randomFrom } from '../src/simulator/random.ts'
import { BRIEF, inAlternation, median, tell, type Measured } from './comparison.ts'

const OBJECTS = 1000
/** Calls of one object each in a round. */
const CALLS = 20
const ROUNDS = BRIEF ? 5 : 20
const SHAPE: NetworkShape = {
  cell: 'lstm', bands: ['u', 'g', 'r', 'i', 'z', 'y'], features: 2, layers: 2, width: 64, consensus: 'both', heads: 4, headWidth: 32, classes: 16, decoder: { width: 64, days: 30 }
}

const random = randomFrom(7, 1)
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1)

const engine = await loadEngine((process.env['CANDELA_ENGINE'] ?? 'auto') as EngineChoice)
const weights = Object.fromEntries(weightSpecs(SHAPE).map(({ name, shape }) => [name, noise(shape.reduce((a, b) => a * b, 1)).map(value => value / 4)]))
const network = engine.load(SHAPE, weights, [0])
const [ofState, ofOutlook] = [hiddenStateLength(SHAPE), featureSet(SHAPE.features).outlookLength(SHAPE.bands)]
const all: ForecastStart = { hidden: noise(OBJECTS * ofState).map(Math.abs), steps: new Float32Array(OBJECTS).fill(30), outlook: noise(OBJECTS * ofOutlook) }
const each = Array.from({ length: CALLS }, (_, row): ForecastStart => ({
  hidden: all.hidden.slice(row * ofState, (row + 1) * ofState), steps: all.steps.slice(row, row + 1), outlook: all.outlook.slice(row * ofOutlook, (row + 1) * ofOutlook)
}))
const features = noise(OBJECTS * inputLength(SHAPE))

const together = { name: 'in one call', run: async (): Promise<void> => { network.forecast(all, OBJECTS) } }
const alone = { name: 'one by one', run: async (): Promise<void> => { for (const one of each) network.forecast(one, 1) } }
const step = { name: 'a step', run: async (): Promise<void> => { network.sequence(features, 1, OBJECTS, all) } }

for (const [question, reference, objects] of [['in one call by one by one', alone, CALLS], ['in one call by a step of as many objects', step, OBJECTS]] as const) {
  const [before, after] = await inAlternation([reference, together], ROUNDS) as [Measured, Measured]
  const milliseconds = ({ name, times }: Measured, objects: number): string => `${name}: ${(median(times) / objects).toPrecision(3)} ms an object`
  tell({
    question: `${OBJECTS} forecasts of ${SHAPE.decoder!.days} days ${question} (${engine.name})`,
    measured: milliseconds(after, OBJECTS),
    reference: milliseconds(before, objects),
    ratios: after.times.map((time, round) => time / OBJECTS / (before.times[round]! / objects))
  })
}
network.dispose()
