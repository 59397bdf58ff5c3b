import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitOfCard } from '../../../src/training/evaluation/model-card.ts'
import { seededRandom, shuffled } from '../../../src/training/data/random.ts'
import { fingerprintOf, splitObjects } from '../../../src/training/data/split.ts'

const snids = Array.from({ length: 1000 }, (_, k) => String(k * 7 + 3))
const settings = { splitSeed: 4, trainingObjects: 700, validationObjects: 100, testObjects: null }

test('parts have the sizes asked for and hold every object once', () => {
  const { training, validation, test } = splitObjects(snids, settings)
  assert.deepEqual([training.length, validation.length, test.length], [600, 100, 300])
  assert.deepEqual([...training, ...validation, ...test].sort(), [...snids].sort())
})

test('the order of the objects does not matter, the seed does', () => {
  const split = splitObjects(snids, settings)
  assert.deepEqual(splitObjects(snids.toReversed(), settings), split)
  assert.notDeepEqual(splitObjects(snids, { ...settings, splitSeed: 5 }).test, split.test)
})

test('the split of a seed stays the same from version to version', () => {
  assert.deepEqual(splitObjects(snids, settings).test.slice(0, 6), ['969', '2593', '4490', '185', '2467', '458'])
})

test('a test part of given size is the same for any number of training objects', () => {
  const many = splitObjects(snids, { ...settings, testObjects: 250 })
  const few = splitObjects(snids, { ...settings, trainingObjects: 150, validationObjects: 50, testObjects: 250 })
  assert.deepEqual(few.test, many.test)
  assert.deepEqual([few.training.length, few.validation.length, few.test.length], [100, 50, 250])
  assert.deepEqual(many.test, splitObjects(snids, settings).test.slice(50))
  assert.equal(new Set([...few.training, ...few.validation, ...few.test]).size, 400)
  const card = { split: { seed: 4, trainingObjects: 150, validationObjects: 50, testObjects: 250, objects: 1000, fingerprint: fingerprintOf(snids) } }
  assert.deepEqual(splitOfCard(card, snids), few)
})

test('an object that is there twice, or too few of them, cannot be split', () => {
  assert.throws(() => splitObjects([...snids, '10'], settings), { code: 'split-impossible', message: /SNID 10 is there twice/ })
  assert.throws(() => splitObjects(snids.slice(0, 699), settings), { code: 'split-impossible' })
  assert.throws(() => splitObjects(snids, { ...settings, testObjects: 301 }), { code: 'split-impossible', message: /301 for test cannot be cut from 1000/ })
})

test('a card finds its test part again, and only in the same objects', () => {
  // A card written before there was testObjects.
  const card = { split: { seed: 4, trainingObjects: 700, validationObjects: 100, objects: 1000, fingerprint: fingerprintOf(snids) } }
  assert.deepEqual(splitOfCard(card, snids.toReversed()), splitObjects(snids, settings))
  assert.throws(() => splitOfCard(card, snids.slice(1)), { code: 'other-objects' })
  assert.throws(() => splitOfCard({}, snids), { code: 'model-split-unknown' })
})

test('random numbers are uniform and normal, and repeat with the seed', () => {
  const random = seededRandom(9)
  const uniform = Array.from({ length: 20_000 }, () => random.uniform())
  const normal = Array.from({ length: 20_000 }, () => random.normal())
  const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length
  assert.ok(Math.abs(mean(uniform) - 0.5) < 0.01 && uniform.every(value => value >= 0 && value < 1))
  assert.ok(Math.abs(mean(normal)) < 0.03)
  assert.ok(Math.abs(mean(normal.map(value => value * value)) - 1) < 0.04)
  const again = seededRandom(9)
  assert.deepEqual(uniform.slice(0, 5), Array.from({ length: 5 }, () => again.uniform()))
  assert.deepEqual(shuffled([1, 2, 3, 4], seededRandom(2)).sort(), [1, 2, 3, 4])
})
