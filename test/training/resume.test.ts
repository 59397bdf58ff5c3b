import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test, type TestContext } from 'node:test'
import type { TrainingProgress } from '../../src/training/checkpoint.ts'
import { trainingSettingsSchema } from '../../src/training/settings.ts'
import { trainNetwork } from '../../src/training/train.ts'
import { PROGRAM } from '../e2e/candela-process.ts'
import { needs } from '../parts.ts'
import { temporaryFolder } from '../pipeline.ts'
import { generatedFiles } from './data/generated-light-curves.ts'
import { labelledObjects } from './data/labelled.ts'

const bytes = (weights: Record<string, Float32Array>): Buffer => Buffer.concat(Object.values(weights).map(values => Buffer.from(values.buffer)))

test('a training goes on from any of its checkpoints to the very same weights', async t => {
  if (!needs(t, 'tensorflow')) return
  const objects = labelledObjects(40)
  const settings = trainingSettingsSchema.parse({ width: 6, headWidth: 6, passes: 6, batch: 10, checkpointEvery: 1, validateEvery: 2 })
  const [training, validation] = [objects.slice(0, 30), objects.slice(30)]
  const checkpoints: TrainingProgress[] = []
  const whole = await trainNetwork(training, validation, settings, { onCheckpoint: async progress => { checkpoints.push(structuredClone(progress)) } })
  assert.deepEqual(checkpoints.map(({ pass }) => pass), [1, 2, 3, 4, 5, 6])
  for (const from of checkpoints) {
    const resumed = await trainNetwork(training, validation, settings, { from })
    assert.ok(bytes(resumed.weights).equals(bytes(whole.weights)), `after pass ${from.pass}`)
    assert.deepEqual([resumed.bestPass, resumed.validationLoss, resumed.calibrated], [whole.bestPass, whole.validationLoss, whole.calibrated])
  }
})

test('a signal within a pass leaves the checkpoint of the last whole pass', async t => {
  if (!needs(t, 'tensorflow')) return
  const objects = labelledObjects(40)
  const settings = trainingSettingsSchema.parse({ width: 6, headWidth: 6, passes: 6, batch: 5, checkpointEvery: 100, validateEvery: 2 })
  const [training, validation] = [objects.slice(0, 30), objects.slice(30)]
  const whole = await trainNetwork(training, validation, settings)
  const ending = new AbortController()
  const checkpoints: TrainingProgress[] = []
  const interrupted = await trainNetwork(training, validation, settings, {
    signal: ending.signal,
    onPass: ({ pass }) => { if (pass === 3) setImmediate(() => setImmediate(() => ending.abort())) },
    onCheckpoint: async progress => { checkpoints.push(structuredClone(progress)) }
  })
  assert.deepEqual([interrupted.ending.reason, interrupted.passesDone, interrupted.bestPass], ['interrupted', 3, 2])
  assert.deepEqual(checkpoints.map(({ pass }) => pass), [3])
  const resumed = await trainNetwork(training, validation, settings, { from: checkpoints[0]! })
  assert.ok(bytes(resumed.weights).equals(bytes(whole.weights)))
})

interface Run {
  code: number | null
  stderr: string
}

/** Runs the command line; `onLine` sees every line on stderr. */
async function candela (args: readonly string[], onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => void = () => {}): Promise<Run> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'pipe'] })
  const lines: string[] = []
  createInterface(child.stderr).on('line', line => {
    lines.push(line)
    onLine(line, signal => child.kill(signal))
  })
  const [code] = await once(child, 'close') as [number | null]
  return { code, stderr: lines.join('\n') }
}

function prepared (t: TestContext): { folder: string, train: (...args: string[]) => string[], out: string } {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'data'))
  for (const { name, text } of generatedFiles(60)) writeFileSync(join(folder, 'data', name), text)
  const flags = ['--training', '40', '--validation', '10', '--width', '8', '--batch', '10', '--passes', '30', '--checkpoint-every', '2']
  const train = (...args: string[]): string[] => ['train', '--data', join(folder, 'data'), '--model', 'tiny/0.1', ...flags, ...args]
  return { folder, train, out: join(folder, 'models') }
}

test('after kill -9 a training is resumed to the weights of an uninterrupted one, byte for byte', async t => {
  if (!needs(t, 'tensorflow')) return
  const { folder, train, out } = prepared(t)
  const model = join(out, 'tiny', '0.1')
  const killed = await candela(train('--out', out), (line, kill) => { if (line.startsWith('pass 7 of')) kill('SIGKILL') })
  assert.equal(killed.code, null)
  assert.ok(existsSync(join(model, 'checkpoint', 'checkpoint.bin')))
  assert.ok(!existsSync(join(model, 'model.json')))

  await t.test('what does not fit is refused, and the checkpoint stays', async () => {
    cpSync(join(folder, 'data'), join(folder, 'other'), { recursive: true })
    writeFileSync(join(folder, 'other', 'more.DAT'), generatedFiles(1, 61)[0]!.text)
    const [again, otherSettings, otherData, both] = await Promise.all([
      candela(train('--out', out)),
      candela(train('--out', out, '--resume', '--seed', '2')),
      candela(train('--out', out, '--resume').map(argument => argument === join(folder, 'data') ? join(folder, 'other') : argument)),
      candela(train('--out', out, '--resume', '--force'))
    ]) as [Run, Run, Run, Run]
    assert.deepEqual([again.code, otherSettings.code, otherData.code, both.code], [2, 1, 1, 2])
    assert.match(again.stderr, /holds the checkpoint of a training that did not end.*\n.*--resume.*--force/)
    assert.match(otherSettings.stderr, /seed was 1 and is 2 \[checkpoint-of-other-training\]/)
    assert.match(otherData.stderr, /the light curves are others.* \[checkpoint-of-other-training\]/)
    assert.match(both.stderr, /--resume and --force exclude each other/)
  })

  // The settings are those of the checkpoint: only data and model are named again.
  const [resumed, whole] = await Promise.all([
    candela(['train', '--data', join(folder, 'data'), '--model', 'tiny/0.1', '--out', out, '--resume']),
    candela(train('--out', join(folder, 'whole')))
  ])
  assert.equal(resumed.code, 0, resumed.stderr)
  assert.equal(whole.code, 0, whole.stderr)
  assert.match(resumed.stderr, /going on after pass ([6-9]|1\d) of 30\npass/)
  const file = (name: string): Buffer[] => [out, join(folder, 'whole')].map(root => readFileSync(join(root, 'tiny', '0.1', name)))
  for (const name of ['weights.bin', 'model.json', 'training.json']) assert.ok(file(name)[0]!.equals(file(name)[1]!), name)
  assert.ok(!existsSync(join(model, 'checkpoint')))

  const nothing = await candela(train('--out', out, '--resume'))
  assert.equal(nothing.code, 1)
  assert.match(nothing.stderr, /there is no checkpoint to go on from: .*checkpoint\.bin is not there \[checkpoint-not-found\]/)
})

test('SIGTERM keeps the best weights so far and a checkpoint to go on from', async t => {
  if (!needs(t, 'tensorflow')) return
  const { folder, train, out } = prepared(t)
  const model = join(out, 'tiny', '0.1')
  const stopped = await candela(train('--out', out), (line, kill) => { if (line.startsWith('pass 5 of')) kill('SIGTERM') })
  assert.equal(stopped.code, 1)
  assert.match(stopped.stderr, /training was interrupted after pass (\d+) of 30; the last good weights, those of pass \d+, were kept in .* \[training-interrupted\]\n.*--resume/)
  assert.ok(existsSync(join(model, 'weights.bin')) && existsSync(join(model, 'checkpoint', 'checkpoint.bin')))
  const [resumed, whole] = await Promise.all([candela(train('--out', out, '--resume')), candela(train('--out', join(folder, 'whole')))])
  assert.deepEqual([resumed.code, whole.code], [0, 0], resumed.stderr)
  assert.ok(readFileSync(join(model, 'weights.bin')).equals(readFileSync(join(folder, 'whole', 'tiny', '0.1', 'weights.bin'))))
  assert.ok(!existsSync(join(model, 'checkpoint')))
})
