import { Command } from 'commander'
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { UsageError } from '../../../src/errors.ts'
import { addTrainingFlags, trainingSettings } from '../../../src/cli/flags/training.ts'
import { defaultSettings, type TrainingSettings } from '../../../src/training/settings.ts'
import { PROGRAM } from '../../e2e/candela-process.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedLightCurve } from '../../training/data/generated-light-curves.ts'

function candela (...args: string[]): Promise<{ code: number, stdout: string, stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [PROGRAM, ...args], { timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }))
  })
}

const settingsOf = (...args: string[]): TrainingSettings => trainingSettings(addTrainingFlags(new Command()).parse(args, { from: 'user' }).opts())

/** A folder with data/ of light curves whose type is chosen by `isIa`, and the flags of a training on half of them. */
function prepared (t: TestContext, isIa: (k: number) => boolean): { folder: string, train: (...args: string[]) => string[] } {
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'data'))
  for (let k = 1; k <= 30; k++) writeFileSync(join(folder, 'data', `${k}.DAT`), generatedLightCurve(k, isIa(k)))
  const flags = ['--training', '24', '--validation', '8', '--width', '4', '--batch', '8', '--passes', '2']
  return { folder, train: (...args) => ['train', '--data', join(folder, 'data'), '--model', 'tiny/0.1', '--out', join(folder, 'models'), ...flags, ...args] }
}

test('flags are settings', () => {
  assert.deepEqual(settingsOf(), defaultSettings())
  assert.deepEqual(
    settingsOf('--seed', '7', '--split-seed', '8', '--sample', 'spectroscopic', '--training', '900', '--validation', '100', '--test', '50', '--bands', 'g, r', '--layers', '1', '--width', '32',
      '--dropout', '0.1', '--passes', '9', '--batch', '16', '--rate', '1e-3', '--patience', '4', '--checkpoint-every', '3'),
    {
      ...defaultSettings(),
      seed: 7,
      splitSeed: 8,
      trainingSample: 'spectroscopic',
      trainingObjects: 900,
      validationObjects: 100,
      testObjects: 50,
      bands: ['g', 'r'],
      layers: 1,
      width: 32,
      dropout: 0.1,
      passes: 9,
      batch: 16,
      peakRate: 1e-3,
      patience: 4,
      checkpointEvery: 3
    })
})

test('flags stand over the settings file, and none over a number in it', t => {
  const file = join(temporaryFolder(t), 'settings.json')
  writeFileSync(file, JSON.stringify({ width: 16, layers: 1, patience: 5, testObjects: 100 }))
  const { width, layers, patience, testObjects } = settingsOf('--settings', file, '--width', '24', '--patience', 'none')
  assert.deepEqual([width, layers, patience, testObjects], [24, 1, null, 100])
})

test('a wrong flag is named with its value and what was expected', () => {
  const wrong: Array<[string[], RegExp]> = [
    [['--dropout', '2'], /^--dropout is '2': .*<=0\.9/],
    [['--width', '1.5'], /^--width is '1\.5': .*int/],
    [['--rate', 'fast'], /^--rate is 'fast': .*expected number/],
    [['--rate', ''], /^--rate is '': .*expected number/],
    [['--passes', '0'], /^--passes is '0': .*>0/],
    [['--seed', 'none'], /^--seed is 'none': .*expected number/],
    [['--bands', 'g,x'], /^--bands is 'g,x': .*"u"\|"g"\|"r"\|"i"\|"z"\|"y"/],
    [['--bands', 'g,g'], /^--bands is 'g,g': a band is there twice/],
    [['--patience', '-1'], /^--patience is '-1': .*>0/]
  ]
  for (const [args, message] of wrong) {
    assert.throws(() => settingsOf(...args), (error: unknown) => error instanceof UsageError && message.test(error.message) && /^Expected: .+ \(default .+\)\.$/.test(error.action ?? ''), args.join(' '))
  }
})

test('--help shows the defaults', async () => {
  const { code, stdout } = await candela('train', '--help')
  assert.equal(code, 0)
  const help = stdout.replace(/\s+/g, ' ')
  for (const line of [/--bands <list> .* \(default g,r,i,z\)/, /--rate <rate> .* \(default 0\.006\)/, /--patience <n> .* \(default none\)/]) assert.match(help, line)
})

test('files that cannot be used are named up to twenty, counted beyond, and refused with --strict', async t => {
  if (!needs(t, 'tensorflow')) return
  const { folder, train } = prepared(t, k => k % 2 === 0)
  for (let k = 1; k <= 23; k++) writeFileSync(join(folder, 'data', `bad-${k}.DAT`), `SNID: ${900 + k}\nOBS: 1 g\n`)
  const strict = await candela(...train('--strict'))
  assert.equal(strict.code, 1)
  assert.match(strict.stderr, /23 light curves cannot be used, and --strict wants all \[light-curves-unusable\]/)
  assert.ok(!existsSync(join(folder, 'models', 'tiny')))
  const { code, stderr } = await candela(...train())
  assert.equal(code, 1, stderr)
  assert.equal(stderr.match(/^passed over: .*bad-\d+\.DAT:2: /mg)?.length, 20)
  assert.match(stderr, /^passed over: 3 more$/m)
  assert.match(stderr.trimEnd().split('\n').at(-1)!, /weights of pass 2, .*; 23 light curves not read \(snana-damaged 23\)$/)
})

test('data that cannot teach anything is refused before training', async t => {
  if (!needs(t, 'tensorflow')) return
  const [oneClass, mixed] = [prepared(t, () => true), prepared(t, k => k % 2 === 0)]
  const runs = await Promise.all([
    candela(...oneClass.train()), candela(...mixed.train('--bands', 'u,y')), candela(...mixed.train('--training', '400'))
  ])
  assert.deepEqual(runs.map(({ code }) => code), [1, 1, 1])
  const expected = [
    /the training part has nothing but Ia: 16 Ia \[one-class\]/,
    /points in g, r, i, z, and the settings want u, y \[no-common-band\]/,
    /400 objects for training, 8 of them for validation, cannot be cut from 30 \[split-impossible\]\n.*--training/
  ]
  runs.forEach(({ stderr }, k) => {
    assert.match(stderr, expected[k]!)
    assert.doesNotMatch(stderr, /^pass /m)
  })
})

test('a training that diverges exits with 1 and leaves the last good weights as a model', async t => {
  if (!needs(t, 'tensorflow')) return
  const { folder, train } = prepared(t, k => k % 2 === 0)
  const settings = join(folder, 'settings.json')
  writeFileSync(settings, JSON.stringify({ validateEvery: 1, weightDecay: 0 }))
  const { code, stdout, stderr } = await candela(...train('--settings', settings, '--rate', '1e19', '--batch', '16', '--passes', '30', '--json'))
  assert.equal(code, 1)
  assert.match(stderr, /training diverged in pass \d+ of 30: .*were kept in .*0\.1 \[training-diverged\]\n.*--rate/)
  const model = join(folder, 'models', 'tiny', '0.1')
  assert.deepEqual(JSON.parse(readFileSync(join(model, 'card.json'), 'utf8')), JSON.parse(stdout))
  assert.equal((JSON.parse(stdout) as { training: { ended: string } }).training.ended, 'diverged')
  assert.ok(existsSync(join(model, 'weights.bin')) && !existsSync(join(model, 'checkpoint')))
})

test('a model folder that cannot be written is refused before the data is read', async t => {
  if (!needs(t, 'tensorflow')) return
  const { folder, train } = prepared(t, k => k % 2 === 0)
  mkdirSync(join(folder, 'models'))
  writeFileSync(join(folder, 'models', 'tiny'), 'a file where a folder is wanted')
  const { code, stderr } = await candela(...train())
  assert.equal(code, 1)
  assert.match(stderr, /tiny.0\.1 cannot be written: .*\[output-not-writable\]\n.*--out/)
  assert.doesNotMatch(stderr, /reading/)
})
