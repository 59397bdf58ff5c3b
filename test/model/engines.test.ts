import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { join } from 'node:path'
import { featureLength, hostFeatures, newAccumulator, stepFeatures } from '../../src/light-curve/features.ts'
import { steppedPoints } from '../../src/light-curve/window.ts'
import { readLightCurveFiles } from '../../src/alert/snana/light-curve-files.ts'
import { parseSnana, snanaHost } from '../../src/alert/snana/snana.ts'
import type { EngineName, Network } from '../../src/model/engine.ts'
import { CELL_NAMES } from '../../src/model/cells/layout.ts'
import { loadEngine } from '../../src/model/load-engine.ts'
import { loadModel } from '../../src/model/model-file.ts'
import { hiddenStateLength } from '../../src/model/shape.ts'
import { needs, sharedData } from '../parts.ts'
import { generator, untrainedModel } from '../pipeline.ts'

interface Curve { features: Float32Array, steps: number }

/** Features [steps, featureLength] of the first real light curves, and how many steps each has. */
async function realLightCurves (count: number): Promise<Curve[]> {
  const { shape: { bands } } = loadModel('spcc')
  const curves = []
  for await (const { text, path } of readLightCurveFiles([join(sharedData, 'spcc', 'SIMGEN_PUBLIC_DES.tar.xz')], { onUnreadable: error => { throw error } })) {
    const curve = parseSnana(text, path)
    const points = steppedPoints([...curve.points].sort((a, b) => a.midpointMjdTai - b.midpointMjdTai), bands)
    if (points.length === 0) continue
    const features = new Float32Array(points.length * featureLength(bands))
    const accumulator = newAccumulator(bands)
    points.forEach((point, k) => stepFeatures(bands, accumulator, point, hostFeatures(snanaHost(curve)), features, k * featureLength(bands)))
    curves.push({ features, steps: points.length })
    if (curves.length === count) break
  }
  return curves
}

/** Hidden states and logits of a light curve, carried step by step. */
function carried (network: Network, features: Float32Array, steps: number): { hidden: Float32Array, logits: Float32Array } {
  const inputs = featureLength(network.shape.bands)
  const length = hiddenStateLength(network.shape)
  const all = { hidden: new Float32Array(steps * length), logits: new Float32Array(steps) }
  let hidden: Float32Array = new Float32Array(length)
  for (let k = 0; k < steps; k++) {
    const result = network.sequence(features.subarray(k * inputs, (k + 1) * inputs), 1, 1, { hidden, steps: Float32Array.of(k) })
    hidden = result.hidden
    all.hidden.set(hidden, k * length)
    all.logits[k] = result.logits[0]!
  }
  return all
}

const played = new Map<EngineName, Promise<Array<Curve & ReturnType<typeof carried>>>>()

/** 100 real light curves carried by the shipped model, once an engine: two tests look at them, and wasm takes its time. */
function playedCurves (network: Network, engine: EngineName): Promise<Array<Curve & ReturnType<typeof carried>>> {
  const known = played.get(engine) ?? realLightCurves(100).then(curves => curves.map(curve => ({ ...curve, ...carried(network, curve.features, curve.steps) })))
  played.set(engine, known)
  return known
}

const largestDifference = (a: Float32Array, b: Float32Array): number => {
  assert.equal(a.length, b.length)
  return a.reduce((largest, value, k) => Math.max(largest, Math.abs(value - b[k]!)), 0)
}

/** Cell states are not bounded: differences are relative where a value is larger than 1. */
const largestRelativeDifference = (a: Float32Array, b: Float32Array): number =>
  largestDifference(a.map((value, k) => value / Math.max(1, Math.abs(b[k]!))), b.map(value => value / Math.max(1, Math.abs(value))))

/** The running sum of h grows with the number of steps; what is compared is the mean that the head sees. */
function meansInstead (network: Network, hidden: Float32Array): Float32Array {
  const length = hiddenStateLength(network.shape)
  return hidden.map((value, k) => k % length >= length - network.shape.width ? value / (Math.floor(k / length) + 1) : value)
}

async function loaded (t: TestContext, engine: EngineName, model = loadModel('spcc')): Promise<Network> {
  const network = (await loadEngine(engine)).load(model.shape, model.weights)
  t.after(() => network.dispose())
  return network
}

for (const engine of ['tensorflow', 'wasm'] as const) {
  test(`${engine}: the hidden state carried step by step equals the whole sequence at once to 1e-6 on 100 real light curves`, async t => {
    if (!needs(t, 'shared-data') || (engine === 'tensorflow' && !needs(t, 'tensorflow'))) return
    const network = await loaded(t, engine)
    const curves = await playedCurves(network, engine)
    assert.equal(curves.length, 100)
    let worst = 0
    for (const { features, steps, hidden } of curves) {
      const once = network.sequence(features, steps, 1)
      worst = Math.max(worst, largestDifference(meansInstead(network, once.hidden), meansInstead(network, hidden)))
    }
    t.diagnostic(`largest difference ${worst}`)
    assert.ok(worst <= 1e-6, `largest difference ${worst}`)
  })

  for (const cell of CELL_NAMES) {
    test(`${engine}: ${cell} carried step by step is the whole sequence at once, bit for bit`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const network = await loaded(t, engine, untrainedModel({ cell, width: 64, headWidth: 64 }))
      const random = generator(5)
      const steps = 90
      const features = Float32Array.from({ length: steps * featureLength(network.shape.bands) }, () => 4 * random() - 2)
      const once = network.sequence(features, steps, 1)
      const stepwise = carried(network, features, steps)
      assert.deepEqual(stepwise.hidden, once.hidden)
      assert.deepEqual(stepwise.logits, once.logits)
    })

    test(`${engine}: ${cell} in pieces, each from where the last ended and among other objects, is the whole sequence at once, bit for bit`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const network = await loaded(t, engine, untrainedModel({ cell, width: 64, headWidth: 64 }))
      const inputs = featureLength(network.shape.bands)
      const width = hiddenStateLength(network.shape)
      const random = generator(8)
      const pieces = [1, 2, 16, 64, 7, 1]
      const steps = pieces.reduce((sum, piece) => sum + piece, 0)
      const features = Float32Array.from({ length: steps * inputs }, () => 4 * random() - 2)
      const once = network.sequence(features, steps, 1)
      const hidden = new Float32Array(steps * width)
      const logits: number[] = []
      let before = new Float32Array(width)
      for (const [k, piece] of pieces.entries()) {
        const rows = 1 + 5 * k
        const row = 3 * k
        const among = Float32Array.from({ length: piece * rows * inputs }, () => 2 * random() - 1)
        for (let step = 0; step < piece; step++) among.set(features.subarray((logits.length + step) * inputs, (logits.length + step + 1) * inputs), (step * rows + row) * inputs)
        const from = { hidden: Float32Array.from({ length: rows * width }, () => random() - 0.5), steps: Float32Array.from({ length: rows }, () => Math.floor(50 * random())) }
        from.hidden.set(before, row * width)
        from.steps[row] = logits.length
        const result = network.sequence(among, piece, rows, from)
        for (let step = 0; step < piece; step++) {
          before = result.hidden.slice((step * rows + row) * width, (step * rows + row + 1) * width)
          hidden.set(before, logits.length * width)
          logits.push(result.logits[step * rows + row]!)
        }
      }
      assert.deepEqual(hidden, once.hidden)
      assert.deepEqual(Float32Array.from(logits), once.logits)
    })

    test(`${engine}: the result for an object of ${cell} does not depend on the batch around it, bit for bit`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const model = untrainedModel({ cell, width: 64, headWidth: 64 })
      const network = await loaded(t, engine, model)
      const random = generator(3)
      const rows = 41
      const inputs = featureLength(model.shape.bands)
      const length = hiddenStateLength(model.shape)
      const draw = (count: number): Float32Array => Float32Array.from({ length: count }, () => 2 * random() - 1)
      const features = draw(rows * inputs)
      const hidden = draw(rows * length)
      const steps = Float32Array.from({ length: rows }, (_, k) => k)
      const together = network.sequence(features, 1, rows, { hidden, steps })
      for (const size of [1, 2, 3, 7, 16]) {
        for (let first = 0; first + size <= rows; first += size) {
          const part = network.sequence(features.subarray(first * inputs, (first + size) * inputs), 1, size, {
            hidden: hidden.subarray(first * length, (first + size) * length),
            steps: steps.subarray(first, first + size)
          })
          assert.deepEqual(part.hidden, together.hidden.slice(first * length, (first + size) * length))
          assert.deepEqual(part.logits, together.logits.slice(first, first + size))
        }
      }
    })
  }
}

for (const cell of CELL_NAMES) {
  test(`TensorFlow and wasm agree on ${cell} to 1e-5`, async t => {
    if (!needs(t, 'tensorflow')) return
    const model = untrainedModel({ cell, width: 64, headWidth: 64 })
    const [tensorflow, wasm] = [await loaded(t, 'tensorflow', model), await loaded(t, 'wasm', model)]
    const random = generator(8)
    const steps = 60
    const features = Float32Array.from({ length: steps * featureLength(model.shape.bands) }, () => 4 * random() - 2)
    const [a, b] = [tensorflow, wasm].map(network => carried(network, features, steps)) as [ReturnType<typeof carried>, ReturnType<typeof carried>]
    const worst = { hidden: largestRelativeDifference(meansInstead(tensorflow, a.hidden), meansInstead(wasm, b.hidden)), logits: largestDifference(a.logits, b.logits) }
    t.diagnostic(`largest differences ${JSON.stringify(worst)}`)
    assert.ok(worst.hidden <= 1e-5 && worst.logits <= 1e-5, JSON.stringify(worst))
  })
}

test('TensorFlow and wasm agree to 1e-5 on 100 real light curves', async t => {
  if (!needs(t, 'shared-data') || !needs(t, 'tensorflow')) return
  const tensorflow = await loaded(t, 'tensorflow')
  const wasm = await loaded(t, 'wasm')
  const worst = { probability: 0, hidden: 0 }
  const [ofTensorflow, ofWasm] = [await playedCurves(tensorflow, 'tensorflow'), await playedCurves(wasm, 'wasm')]
  for (const [k, a] of ofTensorflow.entries()) {
    const b = ofWasm[k]!
    const probability = ({ logits }: { logits: Float32Array }): Float32Array => logits.map(logit => 1 / (1 + Math.exp(-logit)))
    worst.probability = Math.max(worst.probability, largestDifference(probability(a), probability(b)))
    worst.hidden = Math.max(worst.hidden, largestRelativeDifference(meansInstead(tensorflow, a.hidden), meansInstead(wasm, b.hidden)))
  }
  t.diagnostic(`largest differences ${JSON.stringify(worst)}`)
  assert.ok(worst.probability <= 1e-5, `P(Ia) differs by ${worst.probability}`)
  assert.ok(worst.hidden <= 1e-5, `the hidden state differs by ${worst.hidden}`)
})

test('a step by hand: one unit, one layer, weights chosen so that every gate is known', async t => {
  const bands = ['r'] as const
  const shape = { cell: 'lstm', bands, layers: 1, width: 1, headWidth: 1 } as const
  const inputs = featureLength(bands)
  const kernel = new Float32Array((inputs + 1) * 4)
  // The first feature drives the cell input by 1, h drives the output gate by 2; biases i 0, f ln 3, c 0, o 0.
  kernel[2] = 1
  kernel[inputs * 4 + 3] = 2
  const weights = {
    'lstm0/kernel': kernel,
    'lstm0/bias': Float32Array.of(0, Math.log(3), 0, 0),
    'head/kernel': Float32Array.of(1, 1),
    'head/bias': Float32Array.of(0.5),
    'logits/kernel': Float32Array.of(-1, 2),
    'logits/bias': Float32Array.of(0.25, 0)
  }
  const network = await loaded(t, 'wasm', { name: 'hand', version: '1.0', shape, calibration: { temperature: 1 }, weights, card: {} })
  const features = new Float32Array(inputs)
  features[0] = 0.5
  const { hidden, logits } = network.sequence(features, 1, 1, { hidden: Float32Array.of(0.4, 0.3, 0.6), steps: Float32Array.of(2) })
  // c' = 0.75·0.4 + 0.5·tanh 0.5 = 0.531059; h' = σ(0.6)·tanh c' = 0.645656·0.486189 = 0.313912
  // sum' = 0.913912, mean 0.304637; head = 0.313912 + 0.304637 + 0.5 = 1.118549; logits 2·head − (0.25 − head) = 3.105646
  ;[0.531059, 0.313912, 0.913912].forEach((value, k) => assert.ok(Math.abs(hidden[k]! - value) < 2e-6, `${hidden[k]}`))
  assert.ok(Math.abs(logits[0]! - 3.105646) < 1e-5, `${logits[0]}`)
})
