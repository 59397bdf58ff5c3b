import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadModel } from '../../src/model/model-file.ts'
import { hiddenStateLayout, multiplyAdds, outputLength, weightSpecs, type NetworkShape } from '../../src/model/shape.ts'

// Two bands make 28 features of version 1.
const of = { bands: ['g', 'r'], features: 1, layers: 2, width: 4, consensus: 'mean', heads: 1, headWidth: 3, classes: null, decoder: null } as const
const listed = (shape: NetworkShape): string[] => weightSpecs(shape).map(({ name, shape }) => `${name} ${shape.join('×')}`)

test('weights and hidden state follow from the cell', () => {
  const sizes = (cell: 'lstm' | 'gru' | 'rnn'): string[] => listed({ cell, ...of })
  const head = ['head/kernel 8×3', 'head/bias 3', 'logits/kernel 3×2', 'logits/bias 2']
  assert.deepEqual(sizes('lstm'), ['lstm0/kernel 32×16', 'lstm0/bias 16', 'lstm1/kernel 8×16', 'lstm1/bias 16', ...head])
  assert.deepEqual(sizes('gru'), ['gru0/kernel 32×12', 'gru0/bias 12', 'gru1/kernel 8×12', 'gru1/bias 12', ...head])
  assert.deepEqual(sizes('rnn'), ['rnn0/kernel 32×4', 'rnn0/bias 4', 'rnn1/kernel 8×4', 'rnn1/bias 4', ...head])
  const layouts = (['lstm', 'gru', 'rnn'] as const).map(cell => hiddenStateLayout({ cell, ...of }))
  assert.deepEqual(layouts, [16, 8, 8].map(sum => ({ sum, weighted: null, weight: null, length: sum + 4 })))
})

test('attention adds its weights and sums, heads and classes widen the head', () => {
  const attention: NetworkShape = { cell: 'lstm', ...of, consensus: 'attention', heads: 2, classes: 5 }
  const layers = ['lstm0/kernel 32×16', 'lstm0/bias 16', 'lstm1/kernel 8×16', 'lstm1/bias 16', 'attention/kernel 4×1', 'attention/bias 1']
  assert.deepEqual(listed(attention), [...layers, 'head/kernel 8×6', 'head/bias 6', 'logits/kernel 6×5', 'logits/bias 2×5'])
  assert.deepEqual(listed({ ...attention, consensus: 'both' }), [...layers, 'head/kernel 12×6', 'head/bias 6', 'logits/kernel 6×5', 'logits/bias 2×5'])
  assert.deepEqual(hiddenStateLayout(attention), { sum: null, weighted: 16, weight: 20, length: 21 })
  assert.deepEqual(hiddenStateLayout({ ...attention, consensus: 'both' }), { sum: 16, weighted: 20, weight: 24, length: 25 })
  assert.deepEqual([of, attention].map(outputLength), [1, 6])
})

test('the multiply-adds of a step are those counted by hand', () => {
  // (28 + 4)·4·4 = 512 and (4 + 4)·4·4 = 128; head 8·3 = 24; logits 3·2 = 6; f·c, i·ĉ, o·tanh(c) of 2·4 units
  assert.deepEqual(multiplyAdds({ cell: 'lstm', ...of }), { layers: [512, 128], attention: 0, head: 24, logits: 6, phase: 0, total: 670, elementwise: 24 })
  // (28 + 4)·3·4 = 384 and (4 + 4)·3·4 = 96; r·h and z·(h − ĥ) of 2·4 units
  assert.deepEqual(multiplyAdds({ cell: 'gru', ...of }), { layers: [384, 96], attention: 0, head: 24, logits: 6, phase: 0, total: 510, elementwise: 16 })
  assert.deepEqual(multiplyAdds({ cell: 'rnn', ...of }), { layers: [128, 32], attention: 0, head: 24, logits: 6, phase: 0, total: 190, elementwise: 0 })
  // h·w and weight·h of 4 units; head 12·2·3; logits 2·3·5
  assert.deepEqual(multiplyAdds({ cell: 'lstm', ...of, consensus: 'both', heads: 2, classes: 5 }), { layers: [512, 128], attention: 8, head: 72, logits: 30, phase: 0, total: 750, elementwise: 24 })
  // 42 features: 106·256 + 128·256 + 128·64 + 64·2
  assert.equal(multiplyAdds(loadModel('spcc').shape).total, 68_224)
})
