import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isTypeIa } from '../../src/training/data/labelled-object.ts'
import { defaultSettings } from '../../src/training/settings.ts'
import { checkTrainingData } from '../../src/training/training-check.ts'
import { labelledObjects } from './data/labelled.ts'

const objects = labelledObjects(20)
const [training, validation] = [objects.slice(0, 14), objects.slice(14)]
const settings = defaultSettings()
const undetected = { ...objects[1]!, points: objects[1]!.points.map(point => ({ ...point, psfFlux: point.psfFluxErr })) }

test('objects that were never detected are not trained on', () => {
  assert.deepEqual(checkTrainingData([...training, undetected], validation, settings), training)
})

test('a part of one class is refused, with the counts by type', () => {
  const [typeIa, others] = [objects.filter(isTypeIa), objects.filter(object => !isTypeIa(object))]
  assert.throws(() => checkTrainingData(typeIa, validation, settings), { code: 'one-class', message: 'the training part has nothing but Ia: 10 Ia' })
  const mixed = others.map((object, k) => k < 3 ? { ...object, type: 'IIn' } : object)
  assert.throws(() => checkTrainingData(mixed, validation, settings), { code: 'one-class', message: 'the training part has no Ia: 7 II, 3 IIn' })
  assert.throws(() => checkTrainingData(training, validation.filter(isTypeIa), settings), { code: 'one-class', message: 'the validation part has nothing but Ia: 3 Ia' })
})

test('where the only Ia was never detected, the training part has one class', () => {
  const onlyIa = { ...undetected, type: 'Ia', isIa: true }
  assert.throws(() => checkTrainingData([...training.filter(object => !isTypeIa(object)), onlyIa], validation, settings), { code: 'one-class' })
})

test('bands that no light curve has are refused, with those found and those wanted', () => {
  assert.throws(() => checkTrainingData(training, validation, { bands: ['u', 'y'] }), {
    code: 'no-common-band', message: 'the light curves have points in g, r, i, z, and the settings want u, y', action: 'Choose bands of the data: --bands g,r,i,z.'
  })
  assert.deepEqual(checkTrainingData(training, validation, { bands: ['g', 'y'] }), training)
})

test('too few detected objects are refused, with how many there are', () => {
  assert.throws(() => checkTrainingData(training.map(() => undetected), validation, settings), { code: 'too-few-objects', message: /^0 of 14 objects for training and 6 of 6 for validation/ })
  assert.throws(() => checkTrainingData(training, [], settings), { code: 'too-few-objects', message: /0 of 0 for validation/ })
})
