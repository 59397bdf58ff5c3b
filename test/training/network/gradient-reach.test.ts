import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UNKNOWN_HOST } from '../../../src/alert/alert.ts'
import { CELL_NAMES } from '../../../src/model/cells/layout.ts'
import { inputLength, weightSpecs, type NetworkShape } from '../../../src/model/shape.ts'
import { loadTensorflow } from '../../../src/model/tensorflow-backend.ts'
import { gradientReach } from '../../../src/training/network/gradient-reach.ts'
import type { LabelledObject } from '../../../src/training/data/labelled-object.ts'
import { seededRandom } from '../../../src/training/data/random.ts'
import { initialWeights } from '../../../src/training/network/trainable-network.ts'
import { needs } from '../../parts.ts'

const twoLogits = { bands: ['r'], features: 1, consensus: 'mean', heads: 1, classes: null, decoder: null } as const

const object = (snid: string, length: number): LabelledObject => ({
  snid,
  points: Array.from({ length }, (_, k) => ({ midpointMjdTai: 56000 + k, band: 'r' as const, psfFlux: 1000, psfFluxErr: 100 })),
  noiseFree: null,
  host: UNKNOWN_HOST,
  type: snid === '1' ? 'Ia' : 'II',
  isIa: snid === '1',
  redshift: null,
  peakMjd: null
})

test('a linear unit with weight ½ on its own h halves the gradient with every step back', async t => {
  if (!needs(t, 'tensorflow')) return
  // h' = tanh(0.5·h) near h = 0: its slope is ½. The features drive h by so little that tanh stays linear.
  const shape: NetworkShape = { ...twoLogits, cell: 'rnn', layers: 1, width: 1, headWidth: 1 }
  const kernel = new Float32Array(inputLength(shape) + 1).fill(1e-6)
  kernel[kernel.length - 1] = 0.5
  const weights = {
    'rnn0/kernel': kernel,
    'rnn0/bias': Float32Array.of(0),
    'head/kernel': Float32Array.of(1, 0),
    'head/bias': Float32Array.of(1),
    'logits/kernel': Float32Array.of(-1, 1),
    'logits/bias': Float32Array.of(0, 0)
  }
  const reach = gradientReach(await loadTensorflow(), { shape, weights }, [object('1', 12), object('2', 9), object('3', 8)], 8)!
  assert.equal(reach.objects, 2, 'a light curve of 8 steps has no step 8 back')
  assert.deepEqual(reach.stepsBack, [0, 1, 2, 3, 4, 5, 6, 7, 8])
  // The head does not see the running mean, so both ways are one.
  for (const values of [reach.network, reach.recurrence]) {
    values.forEach((value, back) => assert.ok(Math.abs(value / 2 ** -back - 1) < 1e-3, `${back} back: ${value}`))
  }
})

test('the running mean carries gradient to steps that the cells have forgotten', async t => {
  if (!needs(t, 'tensorflow')) return
  const shape: NetworkShape = { ...twoLogits, cell: 'rnn', layers: 1, width: 1, headWidth: 1 }
  const kernel = new Float32Array(inputLength(shape) + 1).fill(1e-6)
  kernel[kernel.length - 1] = 0
  const weights = {
    'rnn0/kernel': kernel,
    'rnn0/bias': Float32Array.of(0),
    'head/kernel': Float32Array.of(1, 1),
    'head/bias': Float32Array.of(1),
    'logits/kernel': Float32Array.of(-1, 1),
    'logits/bias': Float32Array.of(0, 0)
  }
  const { network, recurrence } = gradientReach(await loadTensorflow(), { shape, weights }, [object('1', 10)], 4)!
  // h of the last step counts 1 + 1/10, that of any other 1/10.
  network.forEach((value, back) => assert.ok(Math.abs(value - (back === 0 ? 1 : 1 / 11)) < 1e-4, `${back} back: ${value}`))
  assert.deepEqual(recurrence, [1, 0, 0, 0, 0])
})

test('it is given for every cell, and null where no light curve is long enough', async t => {
  if (!needs(t, 'tensorflow')) return
  const tensorflow = await loadTensorflow()
  for (const cell of CELL_NAMES) {
    const shape: NetworkShape = { ...twoLogits, cell, layers: 2, width: 4, headWidth: 4 }
    const weights = initialWeights(weightSpecs(shape), seededRandom(1))
    const reach = gradientReach(tensorflow, { shape, weights }, [object('1', 30)], 20)!
    assert.equal(reach.cell, cell)
    assert.equal(reach.network[0], 1)
    assert.ok([...reach.network, ...reach.recurrence].every(Number.isFinite))
    assert.equal(gradientReach(tensorflow, { shape, weights }, [object('1', 20)], 20), null)
  }
})
