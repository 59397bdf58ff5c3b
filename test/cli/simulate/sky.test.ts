import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { readLightCurves } from '../../../src/alert/snana/light-curves.ts'
import { simulateCommand } from '../../../src/cli/simulate/simulate.ts'
import type { Mix } from '../../../src/simulator/rates/mix.ts'
import { DEFAULT_CLASSES } from '../../../src/simulator/settings.ts'
import { PROGRAM } from '../../e2e/candela-process.ts'
import { needs, sharedData } from '../../parts.ts'
import { temporaryFolder } from '../../pipeline.ts'

const run = async (...args: string[]): Promise<void> => {
  await simulateCommand().exitOverride().configureOutput({ outputError: () => {} }).parseAsync(args, { from: 'user' })
}

test('flags that make no sense together are refused by name', async () => {
  for (const [args, message] of [
    [['--sky', 'lsst'], /--sky without --sources/],
    [['--sources', 'x'], /--sources without --sky/],
    [['--rates'], /--rates without --sky/],
    [['--gzip', '--nights', '3'], /--gzip without --sky/],
    [['--sky', 'lsst', '--sources', 'x', '--nights', '3'], /--nights and --sky are both given/],
    [['--sky', 'lsst', '--sources', 'x', '--form', 'fink'], /--form and --sky/],
    [['--sky', 'lsst', '--sources', 'x', '--to', 'kafka', '--topic', 'y'], /--to and --sky/],
    [['--sky', 'lsst', '--sources', 'x', '--kafka-brokers', 'b:9092'], /--kafka-brokers and --sky/],
    [['--sky', 'lsst', '--sources', 'x', '--out', '-'], /--out - and --sky/],
    [['--sky', 'lsst', '--sources', 'x', '--rates', '--out', 'y'], /--out and --rates/],
    [['--sky', 'lsst', '--sources', 'x', '--attempts', '50'], /--attempts without --rates/],
    [['--sky', 'lsst', '--sources', 'x', '--shares', 'y.json'], /--shares without --rates/],
    [['--sky', 'lsst', '--sources', 'x', '--rates', '--followed', '2'], /--followed without --shares/],
    [['--sky', 'generic', '--sources', 'x', '--rates'], /--rates of the sky generic/],
    [['--sky', 'lsst', '--sources', 'x', '--objects', '100000001'], /--objects is 100000001, at most 100000000/],
    [['--sky', 'lsst', '--sources', 'x', '--classes', 'Ia,IIP'], /--classes: 'IIP' is no class/],
    [['--sky', 'lsst', '--sources', 'x', '--jobs', '0'], /--jobs is '0'/]
  ] as const) await assert.rejects(run(...args), { code: 'usage', message })
  await assert.rejects(run('--sky', 'euclid'), /Allowed choices are lsst, ztf, des, generic/)
})

test('settings of a file are refused with the key, and printed with what they leave out', async t => {
  const file = join(temporaryFolder(t), 'settings.json')
  writeFileSync(file, JSON.stringify({ classes: { Ia: { share: -2 } } }))
  await assert.rejects(run('--sky', 'lsst', '--sources', 'x', '--settings', file), { code: 'usage', message: /--settings .*settings\.json: classes\.Ia\.share: too small/ })
  writeFileSync(file, JSON.stringify({ classes: { Ia: { share: 2 } } }))
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, 'simulate', '--print-settings', '--settings', file])
  assert.equal(status, 0)
  assert.deepEqual(JSON.parse(stdout.toString()), { classes: { ...DEFAULT_CLASSES, Ia: { ...DEFAULT_CLASSES.Ia, share: 2 } } })
})

test('a folder of templates that is not there is named, from inside the thread that reads it', t => {
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, 'simulate', '--sky', 'des', '--sources', join(temporaryFolder(t), 'nowhere'), '--objects', '5', '--out', temporaryFolder(t)], { timeout: 60_000 })
  assert.equal(status, 1)
  assert.match(stderr.toString(), /nowhere\S* is missing: the simulated sky is made from it \[templates-missing\]\n {2}Give the folder of templates with --sources/)
})

test('the sky of a folder of templates is written, and the mix of a survey printed', async t => {
  if (!needs(t, 'shared-data')) return
  const out = temporaryFolder(t)
  const sky = ['simulate', '--sky', 'des', '--sources', join(sharedData, 'sky'), '--jobs', '1', '--classes', 'SLSN,TDE', '--json']
  const files = spawnSync(process.execPath, [PROGRAM, ...sky, '--objects', '12', '--seed', '3', '--out', out], { timeout: 120_000 })
  assert.equal(files.status, 0, files.stderr.toString())
  const { objects, observations, classes } = JSON.parse(files.stdout.toString()) as { objects: number, observations: number, classes: Record<string, number> }
  assert.deepEqual([objects, classes['SLSN']! + classes['TDE']!], [12, 12])
  let points = 0
  for await (const read of readLightCurves([out])) {
    assert.ok('curve' in read)
    points += read.curve.points.length
    assert.ok(['SLSN', 'TDE'].includes(read.curve.type!))
  }
  assert.equal(points, observations)
  const rates = spawnSync(process.execPath, [PROGRAM, ...sky, '--rates', '--attempts', '10'], { timeout: 120_000 })
  assert.equal(rates.status, 0, rates.stderr.toString())
  const mix = JSON.parse(rates.stdout.toString()) as Mix
  assert.deepEqual([mix.area, mix.classes.map(one => one.class)], [27, ['SLSN', 'TDE']])
})
