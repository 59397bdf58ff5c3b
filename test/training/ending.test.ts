import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CandelaError } from '../../src/errors.ts'
import { endingError } from '../../src/training/ending.ts'
import { AdamW } from '../../src/training/network/optimizer.ts'
import { trainingSettingsSchema } from '../../src/training/settings.ts'
import { trainNetwork, type PassReport } from '../../src/training/train.ts'
import { needs } from '../parts.ts'
import { labelledObjects } from './data/labelled.ts'

const objects = labelledObjects(40)
const [training, validation] = [objects.slice(0, 30), objects.slice(30)]
const small = { width: 6, headWidth: 6, batch: 10 }

test('training ends after as many passes without a better validation loss as patience allows', async t => {
  if (!needs(t, 'tensorflow')) return
  // Weights that hardly move: the validation loss stays within its rounding.
  const settings = trainingSettingsSchema.parse({ ...small, passes: 40, validateEvery: 2, peakRate: 1e-12, weightDecay: 0, patience: 3 })
  const reports: PassReport[] = []
  const trained = await trainNetwork(training, validation, settings, { onPass: report => { reports.push(report) } })
  const looks = reports.filter(({ validation }) => validation !== undefined).map(({ pass, validation }) => ({ pass, loss: validation!.loss }))
  const best = looks.reduce((best, look) => look.loss < best.loss ? look : best)
  assert.equal(trained.ending.reason, 'patience')
  assert.ok(trained.passesDone < 40)
  assert.deepEqual([trained.bestPass, trained.validationLoss], [best.pass, best.loss])
  // Looked at every second pass: four passes after the best is the first look with at least three.
  assert.equal(trained.passesDone, trained.bestPass + 4)
})

test('without patience all passes are done', async t => {
  if (!needs(t, 'tensorflow')) return
  const settings = trainingSettingsSchema.parse({ ...small, passes: 8, peakRate: 1e-12, weightDecay: 0 })
  const trained = await trainNetwork(training, validation, settings)
  assert.deepEqual([trained.ending.reason, trained.passesDone], ['passes', 8])
})

test('a loss that is not finite ends training with the last good weights', async t => {
  if (!needs(t, 'tensorflow')) return
  // One update a pass: the first begins with finite weights and leaves finite ones, which the next makes overflow.
  const settings = trainingSettingsSchema.parse({ ...small, batch: 30, passes: 30, validateEvery: 1, weightDecay: 0, peakRate: 1e19 })
  const trained = await trainNetwork(training, validation, settings)
  assert.ok(trained.ending.reason === 'diverged')
  assert.ok(trained.bestPass >= 1 && trained.bestPass < trained.ending.pass)
  assert.ok(Object.values(trained.weights).every(values => values.every(Number.isFinite)))
  const error = endingError(trained.ending, trained.passesDone, settings, { pass: trained.bestPass, where: 'models/x/1.0' })!
  assert.equal(error.code, 'training-diverged')
  assert.match(error.message, /^training diverged in pass \d+ of 30: the (loss|norm of the gradient|validation loss) is (NaN|-?Infinity) at update \d+; the last good weights, those of pass \d+, were kept in models\/x\/1\.0$/)
  assert.match(error.action!, /--rate, now 10000000000000000000/)
})

test('a divergence before there are good weights is an error, as is an interruption', async t => {
  if (!needs(t, 'tensorflow')) return
  const settings = trainingSettingsSchema.parse({ ...small, passes: 30, validateEvery: 20, peakRate: 1e38 })
  await assert.rejects(trainNetwork(training, validation, settings), (error: CandelaError) =>
    error.code === 'training-diverged' && /no weights were kept, as the first look at the validation part comes after pass 20/.test(error.message))
  await assert.rejects(trainNetwork(training, validation, settings, { signal: AbortSignal.abort() }), { code: 'training-interrupted' })
})

test('a gradient that is not finite changes neither weights nor moments', () => {
  const weights = { 'a/kernel': Float32Array.of(2, -1) }
  const optimizer = new AdamW(weights, 0.1, 1)
  optimizer.update({ 'a/kernel': Float32Array.of(1, 1) }, 0.01)
  const [before, state] = [weights['a/kernel'].slice(), optimizer.state()]
  for (const value of [Number.NaN, Infinity]) {
    assert.equal(Number.isFinite(optimizer.update({ 'a/kernel': Float32Array.of(value, 1) }, 0.01)), false)
    assert.deepEqual(weights['a/kernel'], before)
    assert.deepEqual(optimizer.state(), state)
  }
})
