import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { PROGRAM } from '../../e2e/candela-process.ts'
import { needs } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'
import { generatedFiles } from '../../training/data/generated-light-curves.ts'
import { usages } from '../usages.ts'

function candela (...args: string[]): Promise<{ code: number, stdout: string, stderr: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [PROGRAM, ...args], { timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr }))
  })
}

test('train --architecture charnock-moss-2017 prints the table of the test part, and evaluate refuses what it wrote', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'data'))
  for (const { name, text } of generatedFiles(60)) writeFileSync(join(folder, 'data', name), text)
  writeFileSync(join(folder, 'data', 'bad.DAT'), 'SNID: 9\nOBS: 1 g\n')
  writeFileSync(join(folder, 'settings.json'), JSON.stringify({ trainingObjects: 40, widths: [8], rate: 0.02, batch: 8, dropout: 0 }))
  const args = ['train', '--architecture', 'charnock-moss-2017', '--data', join(folder, 'data'), '--model', 'reference/1.0', '--out', join(folder, 'models'), '--settings', join(folder, 'settings.json')]
  const { code, stdout, stderr } = await candela(...args, '--passes', '20')
  assert.equal(code, 1, stderr)
  assert.match(stderr, /passed over: .*bad\.DAT:2/)
  assert.match(stderr, /60 objects: 36 to train on, 4 for validation, 20 for test/)
  assert.match(stderr, /pass 20 of 20: loss [\d.]+, validation loss [\d.]+, [\d.]+ % right, learning rate [\d.e-]+, \d+ objects\/s, 0 s left/)
  assert.match(stdout, /photo-z known, 40 training objects\ntest part, whole light curves: 20 objects/)
  const [accuracy] = stdout.trimEnd().split('\n').at(-1)!.trim().split(/ +/)
  assert.ok(Number(accuracy) >= 90, stdout)
  assert.ok(['model.json', 'weights.bin', 'card.json', 'training.json'].every(file => existsSync(join(folder, 'models', 'reference', '1.0', file))))

  const [again, evaluated, wrong] = await Promise.all([
    candela(...args),
    candela('evaluate', '--data', join(folder, 'data'), '--model', join(folder, 'models', 'reference', '1.0'), '--engine', 'wasm'),
    candela('train', '--architecture', 'transformer', '--data', join(folder, 'data'), '--model', 'reference/1.1')
  ])
  assert.deepEqual([again.code, evaluated.code, wrong.code], [2, 1, 2])
  assert.match(evaluated.stderr, /model-retrospective/)
})

test('an interrupted training of the reference is no result: nothing is kept, and the exit code is 1', async t => {
  if (!needs(t, 'tensorflow')) return
  const folder = temporaryFolder(t)
  mkdirSync(join(folder, 'data'))
  for (const { name, text } of generatedFiles(60)) writeFileSync(join(folder, 'data', name), text)
  const settings = ['--training', '40', '--passes', '10000', '--batch', '4']
  const child = spawn(process.execPath, [PROGRAM, 'train', '--architecture', 'charnock-moss-2017', '--data', join(folder, 'data'), '--model', 'reference/1.0', '--out', join(folder, 'models'), ...settings])
  t.after(() => child.kill('SIGKILL'))
  let [printed, said] = ['', '']
  child.stdout.on('data', chunk => { printed += String(chunk) })
  child.stderr.on('data', chunk => {
    const before = said
    said += String(chunk)
    if (said.includes('pass 1 of') && !before.includes('pass 1 of')) child.kill('SIGINT')
  })
  assert.deepEqual(await once(child, 'close'), [1, null], said)
  assert.match(said, /interrupted in pass \d+ of 10000.*nothing was kept \[training-interrupted\]/)
  assert.deepEqual([printed, existsSync(join(folder, 'models', 'reference'))], ['', false])
})

test('flags that the reference does not have are refused, not ignored', async t => {
  const runs = await usages(t, [['--classes', 'classes.json'], ['--strict'], ['--resume'], ['--cell', 'gru']].map(flags =>
    ['train', '--architecture', 'charnock-moss-2017', '--data', 'data', '--model', 'reference/1.0', ...flags]))
  assert.deepEqual(runs.map(({ status }) => status), [2, 2, 2, 2])
  runs.forEach(({ stderr }, k) => assert.match(stderr, [/--classes/, /--strict/, /--resume/, /cell/][k]!))
})
