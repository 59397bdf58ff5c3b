import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { join } from 'node:path'
import { NO_CONTEXT } from '../../src/light-curve/features/context.ts'
import { featureSet } from '../../src/light-curve/features/features.ts'
import { steppedPoints } from '../../src/light-curve/window.ts'
import { readLightCurveFiles } from '../../src/alert/snana/light-curve-files.ts'
import { parseSnana, snanaHost } from '../../src/alert/snana/snana.ts'
import type { EngineName, Network, SequenceResult } from '../../src/model/engine.ts'
import { CELL_NAMES } from '../../src/model/cells/layout.ts'
import { positivePlaces } from '../../src/model/classes.ts'
import { loadEngine } from '../../src/model/load-engine.ts'
import { loadModel } from '../../src/model/model-file.ts'
import { hasAttention, hiddenStateLayout, hiddenStateLength, inputLength, outputLength, type NetworkShape } from '../../src/model/shape.ts'
import { generator } from '../generator.ts'
import { needs, sharedData } from '../parts.ts'
import { untrainedModel } from '../untrained-model.ts'

interface Curve { features: Float32Array, steps: number }

/** Features [steps, featureLength] of the first real light curves, and how many steps each has. */
async function realLightCurves (count: number): Promise<Curve[]> {
  const { shape } = loadModel('spcc')
  const set = featureSet(shape.features)
  const inputs = inputLength(shape)
  const curves = []
  for await (const { text, path } of readLightCurveFiles([join(sharedData, 'spcc', 'SIMGEN_PUBLIC_DES.tar.xz')], { onUnreadable: error => { throw error } })) {
    const curve = parseSnana(text, path)
    const points = steppedPoints([...curve.points].sort((a, b) => a.midpointMjdTai - b.midpointMjdTai), shape.bands)
    if (points.length === 0) continue
    const features = new Float32Array(points.length * inputs)
    const accumulator = set.newAccumulator(shape.bands)
    const fixed = set.fixed({ host: snanaHost(curve), context: NO_CONTEXT })
    points.forEach((point, k) => set.step(shape.bands, accumulator, point, fixed, features, k * inputs))
    curves.push({ features, steps: points.length })
    if (curves.length === count) break
  }
  return curves
}

/** What a network gives of one object after each of its steps. */
type Played = Pick<SequenceResult, 'hidden' | 'outputs' | 'weights'>

/** A light curve, carried step by step. */
function carried (network: Network, features: Float32Array, steps: number): Played {
  const { shape } = network
  const [inputs, length, outputs] = [inputLength(shape), hiddenStateLength(shape), outputLength(shape)]
  const all = { hidden: new Float32Array(steps * length), outputs: new Float32Array(steps * outputs), weights: hasAttention(shape) ? new Float32Array(steps) : null }
  let hidden: Float32Array = new Float32Array(length)
  for (let k = 0; k < steps; k++) {
    const result = network.sequence(features.subarray(k * inputs, (k + 1) * inputs), 1, 1, { hidden, steps: Float32Array.of(k) })
    hidden = result.hidden
    all.hidden.set(hidden, k * length)
    all.outputs.set(result.outputs, k * outputs)
    all.weights?.set(result.weights!, k)
  }
  return all
}

/** Light curves carried side by side: each by itself from step to step, and few large steps instead of many small ones. A row depends on no other, see below. */
function carriedTogether (network: Network, curves: readonly Curve[]): Played[] {
  const { shape } = network
  const [inputs, length, outputs] = [inputLength(shape), hiddenStateLength(shape), outputLength(shape)]
  const all = curves.map(({ steps }): Played =>
    ({ hidden: new Float32Array(steps * length), outputs: new Float32Array(steps * outputs), weights: hasAttention(shape) ? new Float32Array(steps) : null }))
  // The longest first: those that go on are the first rows.
  const order = curves.map((_, row) => row).sort((a, b) => curves[b]!.steps - curves[a]!.steps)
  let hidden = new Float32Array(curves.length * length)
  for (let k = 0, rows = curves.length; rows > 0; k++, rows = order.filter(row => curves[row]!.steps > k).length) {
    const features = new Float32Array(rows * inputs)
    for (let row = 0; row < rows; row++) features.set(curves[order[row]!]!.features.subarray(k * inputs, (k + 1) * inputs), row * inputs)
    const result = network.sequence(features, 1, rows, { hidden: hidden.subarray(0, rows * length), steps: new Float32Array(rows).fill(k) })
    hidden = result.hidden.slice()
    for (let row = 0; row < rows; row++) {
      const one = all[order[row]!]!
      one.hidden.set(result.hidden.subarray(row * length, (row + 1) * length), k * length)
      one.outputs.set(result.outputs.subarray(row * outputs, (row + 1) * outputs), k * outputs)
      one.weights?.set(result.weights!.subarray(row, row + 1), k)
    }
  }
  return all
}

const played = new Map<EngineName, Promise<Array<Curve & Played>>>()

/** 100 real light curves carried by the shipped model, once an engine: two tests look at them, and wasm takes its time. */
function playedCurves (network: Network, engine: EngineName): Promise<Array<Curve & Played>> {
  const known = played.get(engine) ?? realLightCurves(100).then(curves => {
    const results = carriedTogether(network, curves)
    return curves.map((curve, k) => ({ ...curve, ...results[k]! }))
  })
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

/** The running sums grow with the number of steps; what is compared are the means that the head sees. */
function meansInstead (network: Network, hidden: Float32Array): Float32Array {
  const { length, sum, weighted, weight } = hiddenStateLayout(network.shape)
  const means = hidden.slice()
  for (let epochs = 1, at = 0; at < hidden.length; epochs++, at += length) {
    for (let unit = 0; unit < network.shape.width; unit++) {
      if (sum !== null) means[at + sum + unit]! /= epochs
      if (weighted !== null) means[at + weighted + unit]! /= hidden[at + weight!]!
    }
    if (weight !== null) means[at + weight]! /= epochs
  }
  return means
}

const SIZE = { width: 64, headWidth: 64 }
/** Every cell with the consensus and the head of format 1; what a network may have beside on the cell that is in use. */
const NETWORKS: ReadonlyArray<[name: string, given: Partial<NetworkShape>]> = [
  ...CELL_NAMES.map((cell): [string, Partial<NetworkShape>] => [cell, { cell }]),
  ['lstm with attention and 5 classes', { consensus: 'attention', classes: 5 }],
  ['lstm with both means, 4 heads and 16 classes', { features: 2, bands: ['u', 'g', 'r', 'i', 'z', 'y'], consensus: 'both', heads: 4, headWidth: 32, classes: 16 }],
  ['gru with both means and 3 heads', { cell: 'gru', consensus: 'both', heads: 3, classes: 2 }]
]

/** Features in (-2, 2). */
function noise (length: number, seed: number): Float32Array {
  const random = generator(seed)
  return Float32Array.from({ length }, () => 4 * random() - 2)
}

/** One row of a result. */
function ofRow ({ hidden, outputs, weights }: Played, { steps, rows, row }: { steps: number, rows: number, row: number }): Played {
  const column = (values: Float32Array): Float32Array => {
    const length = values.length / (steps * rows)
    return Float32Array.from({ length: steps * length }, (_, k) => values[(Math.floor(k / length) * rows + row) * length + k % length]!)
  }
  return { hidden: column(hidden), outputs: column(outputs), weights: weights && column(weights) }
}

/** Results one after the other. */
function joined (parts: readonly Played[]): Played {
  const join = (values: ReadonlyArray<Float32Array>): Float32Array => Float32Array.from(values.flatMap(part => [...part]))
  return {
    hidden: join(parts.map(({ hidden }) => hidden)),
    outputs: join(parts.map(({ outputs }) => outputs)),
    weights: parts[0]!.weights && join(parts.map(({ weights }) => weights!))
  }
}

async function loaded (t: TestContext, engine: EngineName, model = loadModel('spcc')): Promise<Network> {
  const network = (await loadEngine(engine)).load(model.shape, model.weights, positivePlaces(model.classes))
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

  for (const [name, given] of NETWORKS) {
    test(`${engine}: ${name} carried step by step is the whole sequence at once, bit for bit`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const network = await loaded(t, engine, untrainedModel({ ...SIZE, ...given }))
      const steps = 90
      const features = noise(steps * inputLength(network.shape), 5)
      assert.deepEqual(carried(network, features, steps), network.sequence(features, steps, 1))
    })

    test(`${engine}: ${name} in pieces, each from where the last ended and among other objects, is the whole sequence at once, bit for bit`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const network = await loaded(t, engine, untrainedModel({ ...SIZE, ...given }))
      const [inputs, length] = [inputLength(network.shape), hiddenStateLength(network.shape)]
      const random = generator(8)
      const pieces = [1, 2, 16, 64, 7, 1]
      const steps = pieces.reduce((sum, piece) => sum + piece, 0)
      const features = noise(steps * inputs, 8)
      const parts: Played[] = []
      let before = new Float32Array(length)
      let done = 0
      for (const [k, piece] of pieces.entries()) {
        const rows = 1 + 5 * k
        const row = 3 * k
        const among = Float32Array.from({ length: piece * rows * inputs }, () => 2 * random() - 1)
        for (let step = 0; step < piece; step++) among.set(features.subarray((done + step) * inputs, (done + step + 1) * inputs), (step * rows + row) * inputs)
        const from = { hidden: Float32Array.from({ length: rows * length }, () => random() - 0.5), steps: Float32Array.from({ length: rows }, () => Math.floor(50 * random())) }
        from.hidden.set(before, row * length)
        from.steps[row] = done
        parts.push(ofRow(network.sequence(among, piece, rows, from), { steps: piece, rows, row }))
        before = parts.at(-1)!.hidden.slice(-length)
        done += piece
      }
      assert.deepEqual(joined(parts), network.sequence(features, steps, 1))
    })

    test(`${engine}: the result for an object of ${name} does not depend on the batch around it, bit for bit`, async t => {
      if (engine === 'tensorflow' && !needs(t, 'tensorflow')) return
      const network = await loaded(t, engine, untrainedModel({ ...SIZE, ...given }))
      const rows = 41
      const [inputs, length] = [inputLength(network.shape), hiddenStateLength(network.shape)]
      const features = noise(rows * inputs, 3)
      const hidden = noise(rows * length, 4)
      const steps = Float32Array.from({ length: rows }, (_, k) => k)
      const together = network.sequence(features, 1, rows, { hidden, steps })
      for (const size of [1, 2, 3, 7, 16]) {
        for (let first = 0; first + size <= rows; first += size) {
          const part = network.sequence(features.subarray(first * inputs, (first + size) * inputs), 1, size, {
            hidden: hidden.subarray(first * length, (first + size) * length),
            steps: steps.subarray(first, first + size)
          })
          const expected = Array.from({ length: size }, (_, k) => ofRow(together, { steps: 1, rows, row: first + k }))
          assert.deepEqual(part, joined(expected))
        }
      }
    })
  }
}

for (const [name, given] of NETWORKS) {
  test(`TensorFlow and wasm agree on ${name} to 1e-5`, async t => {
    if (!needs(t, 'tensorflow')) return
    const model = untrainedModel({ ...SIZE, ...given })
    const [tensorflow, wasm] = [await loaded(t, 'tensorflow', model), await loaded(t, 'wasm', model)]
    const steps = 60
    const features = noise(steps * inputLength(model.shape), 8)
    const [a, b] = [tensorflow, wasm].map(network => carried(network, features, steps)) as [Played, Played]
    const worst = {
      hidden: largestRelativeDifference(meansInstead(tensorflow, a.hidden), meansInstead(wasm, b.hidden)),
      outputs: largestDifference(a.outputs, b.outputs),
      weights: a.weights && b.weights ? largestRelativeDifference(a.weights, b.weights) : 0
    }
    t.diagnostic(`largest differences ${JSON.stringify(worst)}`)
    assert.ok(Math.max(...Object.values(worst)) <= 1e-5, JSON.stringify(worst))
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
    const probability = ({ outputs }: Played): Float32Array => outputs.map(logit => 1 / (1 + Math.exp(-logit)))
    worst.probability = Math.max(worst.probability, largestDifference(probability(a), probability(b)))
    worst.hidden = Math.max(worst.hidden, largestRelativeDifference(meansInstead(tensorflow, a.hidden), meansInstead(wasm, b.hidden)))
  }
  t.diagnostic(`largest differences ${JSON.stringify(worst)}`)
  assert.ok(worst.probability <= 1e-5, `P(Ia) differs by ${worst.probability}`)
  assert.ok(worst.hidden <= 1e-5, `the hidden state differs by ${worst.hidden}`)
})
