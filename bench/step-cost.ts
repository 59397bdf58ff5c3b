/**
 * What does a step of a network with classes cost beside one of the released model? 100 objects together and one alone, each
 * network on random weights, since the cost does not depend on them; with multiply-adds and carried bytes.
 */
import { featureSet } from '../src/light-curve/features/features.ts'
import type { Network } from '../src/model/engine.ts'
import { loadEngine, type EngineChoice } from '../src/model/load-engine.ts'
import { loadModel } from '../src/model/model-file.ts'
import { hiddenStateLength, inputLength, multiplyAdds, weightSpecs, type NetworkShape } from '../src/model/shape.ts'
import { randomFrom } from '../src/simulator/random.ts'
import { BRIEF, inAlternation, median, tell, type Measured } from './comparison.ts'

const OBJECTS = 100
const ROUNDS = BRIEF ? 40 : 200
/** Steps of a round of one object alone. */
const CALLS = 20

const SHAPES: ReadonlyArray<[name: string, shape: NetworkShape]> = [
  ['spcc', loadModel('spcc').shape],
  ['16 classes, both means, 4 heads', {
    cell: 'lstm', bands: ['u', 'g', 'r', 'i', 'z', 'y'], features: 2, layers: 2, width: 64, consensus: 'both', heads: 4, headWidth: 32, classes: 16, decoder: null
  }]
]

const random = randomFrom(7, 1)
const noise = (length: number): Float32Array => Float32Array.from({ length }, () => 2 * random() - 1)

/** A call of some steps of `rows` objects each. */
function stepping (network: Network, rows: number, calls: number): () => Promise<void> {
  const features = noise(rows * inputLength(network.shape))
  const hidden = noise(rows * hiddenStateLength(network.shape)).map(Math.abs)
  const steps = new Float32Array(rows).fill(30)
  return async () => { for (let call = 0; call < calls; call++) network.sequence(features, 1, rows, { hidden, steps }) }
}

const engine = await loadEngine((process.env['CANDELA_ENGINE'] ?? 'auto') as EngineChoice)
const networks = SHAPES.map(([name, shape]) => {
  const weights = Object.fromEntries(weightSpecs(shape).map(({ name, shape }) => [name, noise(shape.reduce((a, b) => a * b, 1)).map(value => value / 4)]))
  const accumulator = featureSet(shape.features).accumulatorLength(shape.bands)
  console.log(`${name}: ${inputLength(shape)} features, ${multiplyAdds(shape).total} multiply-adds a step, ${4 * hiddenStateLength(shape)} + ${8 * accumulator} bytes carried`)
  return { name, network: engine.load(shape, weights, [0]) }
})

for (const [what, rows, calls] of [[`${OBJECTS} objects together`, OBJECTS, 1], ['one object alone', 1, CALLS]] as const) {
  const [before, after] = await inAlternation(networks.map(({ name, network }) => ({ name, run: stepping(network, rows, calls) })), ROUNDS) as [Measured, Measured]
  const microseconds = ({ name, times }: Measured): string => `${name}: ${(1000 * median(times) / (rows * calls)).toPrecision(3)} µs an object`
  tell({
    question: `a step with classes by one of spcc, ${what} (${engine.name})`,
    measured: microseconds(after),
    reference: microseconds(before),
    ratios: after.times.map((time, round) => time / before.times[round]!),
    guard: { atMost: 5 }
  })
}
for (const { network } of networks) network.dispose()
