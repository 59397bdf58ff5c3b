import assert from 'node:assert/strict'
import { test } from 'node:test'
import { splitOfCard } from '../../../src/training/evaluation/model-card.ts'
import { seededRandom, shuffled } from '../../../src/training/data/random.ts'
import { fingerprintOf, splitObjects } from '../../../src/training/data/split.ts'

const snids = Array.from({ length: 1000 }, (_, k) => String(k * 7 + 3))
const objects = snids.map(snid => ({ snid }))
const settings = { splitSeed: 4, trainingSample: 'any' as const, trainingObjects: 700, validationObjects: 100, testObjects: null }

test('parts have the sizes asked for and hold every object once', () => {
  const { training, validation, test } = splitObjects(objects, settings)
  assert.deepEqual([training.length, validation.length, test.length], [600, 100, 300])
  assert.deepEqual([...training, ...validation, ...test].sort(), [...snids].sort())
})

test('the order of the objects does not matter, the seed does', () => {
  const split = splitObjects(objects, settings)
  assert.deepEqual(splitObjects(objects.toReversed(), settings), split)
  assert.notDeepEqual(splitObjects(objects, { ...settings, splitSeed: 5 }).test, split.test)
})

test('the split of a seed stays the same from version to version', () => {
  assert.deepEqual(splitObjects(objects, settings).test.slice(0, 6), ['969', '2593', '4490', '185', '2467', '458'])
})

test('a test part of given size is the same for any number of training objects', () => {
  const many = splitObjects(objects, { ...settings, testObjects: 250 })
  const few = splitObjects(objects, { ...settings, trainingObjects: 150, validationObjects: 50, testObjects: 250 })
  assert.deepEqual(few.test, many.test)
  assert.deepEqual([few.training.length, few.validation.length, few.test.length], [100, 50, 250])
  assert.deepEqual(many.test, splitObjects(objects, settings).test.slice(50))
  assert.equal(new Set([...few.training, ...few.validation, ...few.test]).size, 400)
  const card = { split: { seed: 4, trainingObjects: 150, validationObjects: 50, testObjects: 250, objects: 1000, fingerprint: fingerprintOf(snids) } }
  assert.deepEqual(splitOfCard(card, objects), few)
})

test('an object that is there twice, or too few of them, cannot be split', () => {
  assert.throws(() => splitObjects([...objects, { snid: '10' }], settings), { code: 'split-impossible', message: /SNID 10 is there twice/ })
  assert.throws(() => splitObjects(objects.slice(0, 699), settings), { code: 'split-impossible' })
  assert.throws(() => splitObjects(objects, { ...settings, testObjects: 301 }), { code: 'split-impossible', message: /301 for test cannot be cut from 1000/ })
})

test('of a spectroscopic sample, no object with a spectrum is tested and none without is trained on', () => {
  const sample = objects.map(({ snid }, k) => k % 4 === 0 ? { snid, isSpectroscopic: true as const } : { snid })
  const withSpectrum = new Set(sample.flatMap(({ snid, isSpectroscopic }) => isSpectroscopic ? [snid] : []))
  const bySpectrum = { ...settings, trainingSample: 'spectroscopic' as const, trainingObjects: 200, validationObjects: 20 }
  const split = splitObjects(sample, bySpectrum)
  assert.deepEqual([split.training.length, split.validation.length, split.test.length], [180, 20, 750])
  assert.ok([...split.training, ...split.validation].every(snid => withSpectrum.has(snid)))
  assert.ok(split.test.every(snid => !withSpectrum.has(snid)))
  assert.deepEqual(splitObjects(sample.toReversed(), { ...bySpectrum, testObjects: 300 }).test, split.test.slice(450))
  const { splitSeed: seed, ...parts } = bySpectrum
  assert.deepEqual(splitOfCard({ split: { seed, ...parts, objects: 1000, fingerprint: fingerprintOf(snids) } }, sample), split)
  assert.throws(() => splitObjects(sample, { ...bySpectrum, trainingObjects: 251 }), { code: 'split-impossible', message: /251 objects for training, .* cannot be cut from 250 with a spectroscopic type and 750 without/ })
  assert.throws(() => splitObjects(sample, { ...bySpectrum, testObjects: 751 }), { code: 'split-impossible' })
})

test('a card finds its test part again, and only in the same objects', () => {
  // A card written before there was testObjects.
  const card = { split: { seed: 4, trainingObjects: 700, validationObjects: 100, objects: 1000, fingerprint: fingerprintOf(snids) } }
  assert.deepEqual(splitOfCard(card, objects.toReversed()), splitObjects(objects, settings))
  assert.throws(() => splitOfCard(card, objects.slice(1)), { code: 'other-objects' })
  assert.throws(() => splitOfCard({}, objects), { code: 'model-split-unknown' })
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
