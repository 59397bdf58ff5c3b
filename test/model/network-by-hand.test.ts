import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { featureSet } from '../../src/light-curve/features/features.ts'
import { positivePlaces } from '../../src/model/classes.ts'
import type { EngineName, Network } from '../../src/model/engine.ts'
import { loadEngine } from '../../src/model/load-engine.ts'
import { loadModel, type Model } from '../../src/model/model-file.ts'
import { hiddenStateLayout, inputLength, type NetworkShape, type Weights } from '../../src/model/shape.ts'
import { generator } from '../generator.ts'
import { needs } from '../parts.ts'
import { untrainedModel } from '../untrained-model.ts'

async function loaded (t: TestContext, engine: EngineName, model: Model): Promise<Network> {
  const network = (await loadEngine(engine)).load(model.shape, model.weights, positivePlaces(model.classes))
  t.after(() => network.dispose())
  return network
}

const near = (actual: number, expected: number, tolerance: number, what = 'it'): void =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${what} is ${actual}, and not ${expected}`)

test('a step by hand: one unit, one layer, weights chosen so that every gate is known', async t => {
  const bands = ['r'] as const
  const inputs = featureSet(1).length(bands)
  const kernel = new Float32Array((inputs + 1) * 4)
  // The first feature drives the cell input by 1, h drives the output gate by 2; biases i 0, f ln 3, c 0, o 0.
  kernel[2] = 1
  kernel[inputs * 4 + 3] = 2
  const model = untrainedModel({ bands, layers: 1, width: 1, headWidth: 1 })
  const weights = {
    'lstm0/kernel': kernel,
    'lstm0/bias': Float32Array.of(0, Math.log(3), 0, 0),
    'head/kernel': Float32Array.of(1, 1),
    'head/bias': Float32Array.of(0.5),
    'logits/kernel': Float32Array.of(-1, 2),
    'logits/bias': Float32Array.of(0.25, 0)
  }
  const network = await loaded(t, 'wasm', { ...model, weights })
  const features = new Float32Array(inputs)
  features[0] = 0.5
  const { hidden, outputs } = network.sequence(features, 1, 1, { hidden: Float32Array.of(0.4, 0.3, 0.6), steps: Float32Array.of(2) })
  // c' = 0.75·0.4 + 0.5·tanh 0.5 = 0.531059; h' = σ(0.6)·tanh c' = 0.645656·0.486189 = 0.313912
  // sum' = 0.913912, mean 0.304637; head = 0.313912 + 0.304637 + 0.5 = 1.118549; logits 2·head − (0.25 − head) = 3.105646
  ;[0.531059, 0.313912, 0.913912].forEach((value, k) => near(hidden[k]!, value, 2e-6))
  near(outputs[0]!, 3.105646, 1e-5)
})

/** Of each epoch: the weight, the logits of each head and the spread, written out in float64 from h of the top layer. */
function byHand ({ shape, weights }: { shape: NetworkShape, weights: Weights }, h: readonly number[][], positive: readonly number[]): Array<{ weight: number, outputs: number[] }> {
  const { width, consensus, heads, headWidth } = shape
  const classes = shape.classes!
  const weightOf = (values: readonly number[]): number =>
    Math.exp(4 * Math.tanh(values.reduce((sum, value, k) => sum + value * weights['attention/kernel']![k]!, weights['attention/bias']![0]!)))
  return h.map((newest, epoch) => {
    const past = h.slice(0, epoch + 1)
    const total = past.reduce((sum, values) => sum + weightOf(values), 0)
    const mean = newest.map((_, unit) => past.reduce((sum, values) => sum + values[unit]!, 0) / past.length)
    const weighted = newest.map((_, unit) => past.reduce((sum, values) => sum + weightOf(values) * values[unit]!, 0) / total)
    const seen = [...newest, ...(consensus === 'both' ? mean : []), ...weighted]
    assert.equal(seen.length, (consensus === 'both' ? 3 : 2) * width)
    const units = Array.from({ length: heads * headWidth }, (_, unit) =>
      Math.max(0, seen.reduce((sum, value, k) => sum + value * weights['head/kernel']![k * heads * headWidth + unit]!, weights['head/bias']![unit]!)))
    const logits = Array.from({ length: heads }, (_, head) => Array.from({ length: classes }, (_, k) =>
      units.slice(head * headWidth, (head + 1) * headWidth).reduce((sum, value, unit) =>
        sum + value * weights['logits/kernel']![(head * headWidth + unit) * classes + k]!, weights['logits/bias']![head * classes + k]!)))
    const odds = logits.map(of => {
      const sum = of.reduce((sum, logit) => sum + Math.exp(logit), 0)
      const probability = positive.reduce((part, k) => part + Math.exp(of[k]!), 0) / sum
      return Math.log(probability / (1 - probability))
    })
    const mid = odds.reduce((a, b) => a + b, 0) / heads
    const spread = Math.sqrt(odds.reduce((sum, value) => sum + (value - mid) ** 2, 0) / heads)
    return { weight: weightOf(newest), outputs: [...Array.from({ length: classes }, (_, k) => logits.reduce((sum, of) => sum + of[k]!, 0) / heads), spread] }
  })
}

/** Larger weights than those drawn, so that the epochs differ by much. */
const FACTORS: Readonly<Record<string, number>> = { 'lstm0/kernel': 3, 'lstm1/kernel': 6, 'attention/kernel': 12 }

for (const engine of ['tensorflow', 'wasm'] as const) {
  for (const given of [{ consensus: 'attention', heads: 1 }, { consensus: 'both', heads: 3 }] as const) {
    test(`${engine}: weights, means, heads and their spread are those written out, with the consensus '${given.consensus}' and ${given.heads} heads`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const model = untrainedModel({ bands: ['r'], layers: 2, width: 6, headWidth: 4, classes: 4, ...given })
      // Two of the classes count as Ia.
      const classes = model.classes!.map((one, k) => ({ ...one, positive: k === 0 || k === 2 }))
      const weights: Weights = Object.fromEntries(Object.entries(model.weights).map(([name, values]) => [name, values.map(value => (FACTORS[name] ?? 1) * value)]))
      const network = await loaded(t, engine, { ...model, classes, weights } as Model)
      const steps = 12
      const random = generator(4)
      const inputs = Float32Array.from({ length: steps * inputLength(model.shape) }, () => 6 * random() - 3)
      const result = network.sequence(inputs, steps, 1)
      const { length, sum, weighted, weight } = hiddenStateLayout(model.shape)
      const top = (sum ?? weighted!) - 6
      const h = Array.from({ length: steps }, (_, step) => [...result.hidden.subarray(step * length + top, step * length + top + 6)])
      const expected = byHand({ shape: model.shape, weights }, h, [0, 2])
      let total = 0
      expected.forEach((epoch, step) => {
        total += epoch.weight
        near(result.weights![step]! / epoch.weight, 1, 1e-6, 'a weight by the expected one')
        near(result.hidden[step * length + weight!]! / total, 1, 1e-6, 'the sum of the weights by the expected one')
        epoch.outputs.forEach((value, k) => near(result.outputs[step * 5 + k]!, value, 2e-6, `output ${k} of step ${step}`))
      })
      const spreads = expected.map(({ outputs }) => outputs[4]!)
      assert.ok(given.heads === 1 ? spreads.every(spread => spread === 0) : spreads.every(spread => spread > 0.01))
      const all = expected.map(({ weight }) => weight)
      assert.ok(Math.max(...all) > 5 * Math.min(...all), 'the test has epochs that weigh differently')
    })
  }
}

test('logits beyond what exp() holds give the log odds all the same', async t => {
  const model = untrainedModel({ heads: 2, classes: 3 })
  const network = await loaded(t, 'wasm', { ...model, weights: { ...model.weights, 'logits/kernel': new Float32Array(2 * 8 * 3), 'logits/bias': Float32Array.of(5000, -5000, -5000, -3000, 2000, 2000) } })
  const { outputs } = network.sequence(new Float32Array(inputLength(model.shape)), 1, 1)
  // ln(P/(1 − P)) of the heads: 10000 − ln 2 and −5000 − ln 2; their mean 2500 − ln 2, each 7500 from it.
  assert.deepEqual([...outputs], [1000, -1500, -1500, 7500])
})

/** Place among the outputs, and its value at commit 2e30a49, on TensorFlow. */
const BEFORE = [[0, -0.729618371], [4, -5.0477891], [37, -1.3041954], [60, -1.62322724], [95, -0.927269518], [99, -1.57284725]] as const

for (const engine of ['tensorflow', 'wasm'] as const) {
  test(`${engine}: the shipped model of format 1 gives what it gave before there were classes`, async t => {
    if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
    const network = await loaded(t, engine, loadModel('spcc/1.2'))
    const random = generator(7)
    const { outputs, weights } = network.sequence(Float32Array.from({ length: 20 * 5 * 42 }, () => 4 * random() - 2), 20, 5)
    assert.equal(weights, null)
    assert.equal(outputs.length, 100)
    for (const [place, value] of BEFORE) near(outputs[place]!, value, 2e-6, `output ${place}`)
  })
}
