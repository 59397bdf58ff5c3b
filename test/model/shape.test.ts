import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadModel } from '../../src/model/model-file.ts'
import { hiddenStateLength, multiplyAdds, weightSpecs } from '../../src/model/shape.ts'

// Two bands make 28 features.
const of = { bands: ['g', 'r'], layers: 2, width: 4, headWidth: 3 } as const

test('weights and hidden state follow from the cell', () => {
  const sizes = (cell: 'lstm' | 'gru' | 'rnn'): unknown[] => weightSpecs({ cell, ...of }).map(({ name, shape }) => `${name} ${shape.join('×')}`)
  const head = ['head/kernel 8×3', 'head/bias 3', 'logits/kernel 3×2', 'logits/bias 2']
  assert.deepEqual(sizes('lstm'), ['lstm0/kernel 32×16', 'lstm0/bias 16', 'lstm1/kernel 8×16', 'lstm1/bias 16', ...head])
  assert.deepEqual(sizes('gru'), ['gru0/kernel 32×12', 'gru0/bias 12', 'gru1/kernel 8×12', 'gru1/bias 12', ...head])
  assert.deepEqual(sizes('rnn'), ['rnn0/kernel 32×4', 'rnn0/bias 4', 'rnn1/kernel 8×4', 'rnn1/bias 4', ...head])
  assert.deepEqual((['lstm', 'gru', 'rnn'] as const).map(cell => hiddenStateLength({ cell, ...of })), [20, 12, 12])
})

test('the multiply-adds of a step are those counted by hand', () => {
  // (28 + 4)·4·4 = 512 and (4 + 4)·4·4 = 128; head 8·3 = 24; logits 3·2 = 6; f·c, i·ĉ, o·tanh(c) of 2·4 units
  assert.deepEqual(multiplyAdds({ cell: 'lstm', ...of }), { layers: [512, 128], head: 24, logits: 6, total: 670, elementwise: 24 })
  // (28 + 4)·3·4 = 384 and (4 + 4)·3·4 = 96; r·h and z·(h − ĥ) of 2·4 units
  assert.deepEqual(multiplyAdds({ cell: 'gru', ...of }), { layers: [384, 96], head: 24, logits: 6, total: 510, elementwise: 16 })
  assert.deepEqual(multiplyAdds({ cell: 'rnn', ...of }), { layers: [128, 32], head: 24, logits: 6, total: 190, elementwise: 0 })
  // 42 features: 106·256 + 128·256 + 128·64 + 64·2
  assert.equal(multiplyAdds(loadModel('spcc').shape).total, 68_224)
})
