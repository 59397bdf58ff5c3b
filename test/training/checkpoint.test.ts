import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { checkSameTraining, hasCheckpoint, partsFingerprint, readCheckpoint, removeCheckpoint, writeCheckpoint, type TrainingIdentity, type TrainingProgress } from '../../src/training/checkpoint.ts'
import { resumedRandom, seededRandom } from '../../src/training/data/random.ts'
import { defaultSettings } from '../../src/training/settings.ts'
import { temporaryFolder } from '../pipeline.ts'
import { labelledObjects } from './data/labelled.ts'

const identity: TrainingIdentity = { settings: defaultSettings(), fingerprint: 'abc', tensorflow: '2.9.1', start: null }
const progress: TrainingProgress = {
  pass: 4,
  learner: {
    weights: { 'head/bias': Float32Array.of(0.1, -0, 1e-30) },
    optimizer: { updates: 80, moments: { 'head/bias': { mean: Float64Array.of(0.1, 2, 3), square: Float64Array.of(1e-300, 5, 6) } } },
    random: [-1, 2 ** 31 - 1, -(2 ** 31), 7],
    update: 80
  },
  best: { pass: 0, loss: Infinity, weights: { 'head/bias': Float32Array.of(4, 5, 6) } }
}

test('a checkpoint is read as it was written, and replaced by the next', async t => {
  const folder = join(temporaryFolder(t), 'a', 'checkpoint')
  assert.equal(hasCheckpoint(folder), false)
  await writeCheckpoint(folder, identity, progress)
  assert.deepEqual(readCheckpoint(folder).progress, progress)
  checkSameTraining(readCheckpoint(folder), identity)
  await writeCheckpoint(folder, identity, { ...progress, pass: 6 })
  assert.equal(readCheckpoint(folder).progress.pass, 6)
  assert.deepEqual(readdirSync(folder), ['checkpoint.bin'])
  await removeCheckpoint(folder)
  assert.equal(hasCheckpoint(folder), false)
})

test('a checkpoint that is not there, cut short or changed is named', async t => {
  const folder = temporaryFolder(t)
  const file = join(folder, 'checkpoint.bin')
  assert.throws(() => readCheckpoint(folder), (error: Error) => error.message.includes(file) && (error as { code?: string }).code === 'checkpoint-not-found')
  await writeCheckpoint(folder, identity, progress)
  const whole = readFileSync(file)
  const changed = Buffer.from(whole)
  changed[whole.length - 20]! ^= 1
  for (const content of [whole.subarray(0, -1), whole.subarray(0, 10), Buffer.alloc(0), changed]) {
    writeFileSync(file, content)
    assert.throws(() => readCheckpoint(folder), (error: Error) => error.message.includes(file) && (error as { code?: string }).code === 'checkpoint-damaged')
  }
})

test('what an interrupted write leaves behind is not read', async t => {
  const folder = temporaryFolder(t)
  await writeCheckpoint(folder, identity, progress)
  writeFileSync(join(folder, 'checkpoint.bin.unfinished'), 'half')
  assert.equal(readCheckpoint(folder).progress.pass, 4)
})

test('a checkpoint of another training is refused, with all that differs', async t => {
  const folder = temporaryFolder(t)
  await writeCheckpoint(folder, identity, progress)
  const settings = { ...identity.settings, width: 32, augmentation: { ...identity.settings.augmentation, dropBands: 0.5 } }
  assert.throws(() => checkSameTraining(readCheckpoint(folder), { settings, fingerprint: 'other', tensorflow: '2.9.2', start: 'sky/1.0#12345678' }), {
    code: 'checkpoint-of-other-training',
    message: /width was 64 and is 32; augmentation was .*; the light curves are others.*; TensorFlow was 2\.9\.1 and is 2\.9\.2; it began with random weights, and now with sky\/1\.0#12345678$/
  })
})

test('settings that leave the weights as they are may change', async t => {
  const folder = temporaryFolder(t)
  await writeCheckpoint(folder, identity, progress)
  checkSameTraining(readCheckpoint(folder), { ...identity, settings: { ...identity.settings, about: { note: 'x' }, checkpointEvery: 7 } })
})

test('the fingerprint of the parts knows every point and every part', () => {
  const objects = labelledObjects(6)
  const [a, b, c, d, e, f] = objects.map(({ snid }) => snid) as [string, string, string, string, string, string]
  const split = { training: [a, b, c], validation: [d, e], test: [f] }
  const bySnid = (changed = objects): Map<string, typeof objects[number]> => new Map(changed.map(object => [object.snid, object]))
  const original = partsFingerprint(split, bySnid())
  assert.equal(partsFingerprint(split, bySnid(objects.toReversed())), original)
  assert.notEqual(partsFingerprint({ training: [a, b], validation: [c, d, e], test: [f] }, bySnid()), original)
  const points = objects[2]!.points.with(5, { ...objects[2]!.points[5]!, psfFlux: objects[2]!.points[5]!.psfFlux + 1e-9 })
  assert.notEqual(partsFingerprint(split, bySnid(objects.with(2, { ...objects[2]!, points }))), original)
})

test('random numbers go on from a state', () => {
  const random = seededRandom(12)
  for (let k = 0; k < 99; k++) random.uniform()
  const resumed = resumedRandom(random.state())
  assert.deepEqual(Array.from({ length: 50 }, () => resumed.normal()), Array.from({ length: 50 }, () => random.normal()))
})
